"""From what is in scope to a Python package: every decision about names, bases, imports and order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from codegen import plan
from codegen.lower.aliases import AliasLowering, Classes
from codegen.lower.builders import BuilderLowering
from codegen.lower.client import ClientLowering
from codegen.lower.lowering import Lowering
from codegen.lower.models import EnumLowering, ModelLowering
from codegen.lower.operations import OperationLowering
from codegen.lower.runtime.exports import ASYNC_EXPORTS, SELDOM_USED_EXPORTS, SHARED_EXPORTS
from codegen.lower.runtime.imports import LAZY_IMPORTS_MODULE, RENAMED_MODULE, RUNTIME, ImportCollector
from codegen.lower.tables import lower_tables
from codegen.naming import ModuleName, check_distinct, export_order
from codegen.plan.former_names import ClassAlias
from codegen.rules.tables import TableRules


def lower(lowering: Lowering, tables: TableRules) -> plan.Package:
    """Decide what the package of one version looks like.

    Args:
        lowering: what is lowered, and by which rules.
        tables: the tables, which one version has.

    Raises:
        CodegenError: two things would have one name, or something has no description.
    """
    return replace(_PackageLowering(lowering).package(), tables=lower_tables(lowering, tables))


class _PackageLowering:
    def __init__(self, lowering: Lowering) -> None:
        self._lowering = lowering
        self._enums = EnumLowering(lowering)
        self._models = ModelLowering(lowering)
        self._builders = BuilderLowering(lowering)
        self._client = ClientLowering(lowering)
        self._operations = OperationLowering(lowering)

    def package(self) -> plan.Package:
        operations = self._operations.operations()
        imports = {
            "enums": self._enums.imports,
            "models": self._models.imports,
            "request_builders": self._builders.imports,
            "client": self._client.imports,
        }
        made = Classes(
            self._enums.enums(), self._models.models(), self._builders.builders(), self._client.client(), former={}
        )
        aliases = AliasLowering(self._lowering, imports)
        classes = aliases.with_aliases(made)
        builder_names = [builder.name for builder in made.builders]
        exported = self._exports(made)
        exports = _sorted_exports(exported)
        former = tuple(alias for name in ("enums", "models") for alias in classes.former.get(name, ()))
        if former:
            exported.use(RENAMED_MODULE, "renamed_classes")
            exported.use_typing("TYPE_CHECKING")
        return plan.Package(
            name=ModuleName(self._lowering.package),
            version=self._lowering.scope.rules.version,
            enums_module=self._module("enums", self._enums.imports, [e.name for e in made.enums], classes.former),
            models_module=self._module("models", self._models.imports, [m.name for m in made.models], classes.former),
            builders_module=self._module("request_builders", self._builders.imports, builder_names, classes.former),
            client_module=self._module("client", self._client.imports, [plan.CLIENT_CLASS]),
            operations_module=self._module("operations", self._operations.imports, operations.constants),
            init_module=self._module("__init__", exported, former={"__init__": former}),
            enums=classes.enums,
            models=classes.models,
            builders=classes.builders,
            client=classes.client,
            operations=operations,
            exports=exports,
            schema=self._lowering.scope.schema,
            notes=(*self._client.left_out, *aliases.left_out),
            outside=(*self._lowering.scope.outside, *self._operations.covered()),
        )

    def _module(
        self,
        name: str,
        collected: ImportCollector,
        defined: Sequence[str] = (),
        former: Mapping[str, tuple[ClassAlias, ...]] | None = None,
    ) -> plan.Module:
        """Return a module with its imports.

        Raises:
            CodegenError: two things in it have the same name.
        """
        imports = collected.imports()
        imported = [*imports.standard, *imports.own, *imports.typing_only]
        names = [(imported_name, module.module) for module in imported for imported_name in module.names]
        aliases = former.get(name, ()) if former else ()
        own = [*defined, *(alias.name for alias in aliases)]
        rules = self._lowering.scope.rules
        hint = f"{rules.file}: an entry in versions.{rules.version}.rename can rename one"
        check_distinct([*names, *((own_name, f"{self._lowering.package}.{name}") for own_name in own)], hint)
        return plan.Module(ModuleName(f"{self._lowering.package}.{name}"), imports, aliases)

    def _exports(self, classes: Classes) -> ImportCollector:
        package = self._lowering.package
        exported = ImportCollector()
        exported.use(LAZY_IMPORTS_MODULE, "lazy_imports")
        exported.annotate(f"{package}.client", plan.CLIENT_CLASS)
        for enum in classes.enums:
            exported.use(f"{package}.enums", enum.name)
        for model in classes.models:
            exported.use(f"{package}.models", model.name)
        for name in SHARED_EXPORTS:
            exported.use(RUNTIME, name)
        for name in (*ASYNC_EXPORTS, *SELDOM_USED_EXPORTS):
            exported.annotate(RUNTIME, name)
        return exported


def _sorted_exports(exported: ImportCollector) -> tuple[str, ...]:
    imports = exported.imports()
    modules = [module for module in (*imports.own, *imports.typing_only) if module.module != LAZY_IMPORTS_MODULE]
    names = [name for module in modules for name in module.names]
    return tuple(sorted(names, key=export_order))
