"""All that is generated for one version of the API."""

from dataclasses import dataclass

from codegen.csdl import Schema
from codegen.naming import ModuleName
from codegen.outside import OutsideScope
from codegen.plan.builders import Builder
from codegen.plan.client import Client
from codegen.plan.models import Enum, Model
from codegen.plan.modules import Module
from codegen.plan.operations import OperationTable
from codegen.plan.tables import NO_TABLES, TablePlans


@dataclass(frozen=True, slots=True)
class Package:
    """Everything generated for one version of the API.

    Args:
        schema: what is in scope, in CSDL's words.
        kind: what its first line says about it besides the version.
        notes: what a maintainer should know, one sentence each, such as an alias that names nothing.
        outside: what the metadata has outside the scope.
    """

    name: ModuleName
    version: str
    enums_module: Module
    models_module: Module
    builders_module: Module
    client_module: Module
    operations_module: Module
    init_module: Module
    enums: tuple[Enum, ...]
    models: tuple[Model, ...]
    builders: tuple[Builder, ...]
    client: Client
    operations: OperationTable
    exports: tuple[str, ...]
    schema: Schema
    tables: TablePlans = NO_TABLES
    kind: str = ""
    notes: tuple[str, ...] = ()
    outside: tuple[OutsideScope, ...] = ()
