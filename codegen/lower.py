"""From what is in scope to a Python package: every decision about names, bases, imports and order."""

from collections.abc import Mapping, Sequence

from codegen import plan
from codegen.clouds import Availability
from codegen.docs import Docs
from codegen.imports import RUNTIME, ImportCollector
from codegen.lower_builders import lower_builders
from codegen.lower_client import lower_client
from codegen.lower_operations import lower_operations
from codegen.lower_types import CLIENT_CLASS, RUNTIME_EXPORTS, Lowering, lower_enums, lower_models, name_classes
from codegen.naming import ModuleName, check_distinct, import_order
from codegen.path_rules import PathRules
from codegen.permissions import Permissions
from codegen.scope import Scope


def lower(
    scope: Scope, docs: Docs, permissions: PathRules[Permissions], availability: Mapping[str, Availability]
) -> plan.Package:
    """Decide what the package of one version looks like.

    Args:
        scope: what is offered.
        docs: the descriptions.
        permissions: what a token needs.
        availability: where each request can be made.

    Raises:
        CodegenError: two things would have one name, or something has no description.
    """
    lowering = Lowering(scope, docs, permissions, availability, name_classes(scope))
    enums, enum_imports = lower_enums(lowering)
    models, model_imports = lower_models(lowering)
    builders, builder_imports = lower_builders(lowering)
    client, client_imports = lower_client(lowering)
    functions, permission_facts, operations, operation_imports = lower_operations(lowering)
    exported = _exports(lowering, enums, models)
    constants = ["OPERATIONS", *(f.constant for f in functions), *(p.constant for p in permission_facts)]
    return plan.Package(
        name=ModuleName(lowering.package),
        version=scope.rules.version,
        enums_module=_module(lowering, "enums", enum_imports, [enum.name for enum in enums]),
        models_module=_module(lowering, "models", model_imports, [model.name for model in models]),
        builders_module=_module(lowering, "request_builders", builder_imports, [builder.name for builder in builders]),
        client_module=_module(lowering, "client", client_imports, [CLIENT_CLASS]),
        operations_module=_module(lowering, "operations", operation_imports, constants),
        init_module=_module(lowering, "__init__", exported, []),
        enums=enums,
        models=models,
        builders=builders,
        client=client,
        functions=functions,
        permissions=permission_facts,
        operations=operations,
        exports=_sorted_exports(exported),
    )


def _module(lowering: Lowering, name: str, collected: ImportCollector, defined: Sequence[str]) -> plan.Module:
    """Name a module and its imports; nothing in it may have the name of something else in it."""
    imports = collected.imports()
    imported = [*imports.standard, *imports.own, *imports.typing_only]
    names = [(imported_name, module.module) for module in imported for imported_name in module.names]
    rules = lowering.scope.rules
    hint = f"{rules.file}: an entry in versions.{rules.version}.rename can tell them apart"
    check_distinct([*names, *((own, f"{lowering.package}.{name}") for own in defined)], hint)
    return plan.Module(ModuleName(f"{lowering.package}.{name}"), imports)


def _exports(lowering: Lowering, enums: tuple[plan.Enum, ...], models: tuple[plan.Model, ...]) -> ImportCollector:
    exported = ImportCollector()
    exported.use(f"{lowering.package}.client", CLIENT_CLASS)
    for enum in enums:
        exported.use(f"{lowering.package}.enums", enum.name)
    for model in models:
        exported.use(f"{lowering.package}.models", model.name)
    for name in RUNTIME_EXPORTS:
        exported.use(RUNTIME, name)
    return exported


def _sorted_exports(exported: ImportCollector) -> tuple[str, ...]:
    names = [name for module in exported.imports().own for name in module.names]
    return tuple(sorted(names, key=import_order))
