"""From what is in scope to a Python package: every decision about names, bases, imports and order."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from codegen import plan
from codegen.former_names import ClassAlias
from codegen.lower.aliases import Classes, with_aliases
from codegen.lower.builders import lower_builders
from codegen.lower.client import lower_client
from codegen.lower.imports import RENAMED_MODULE, RUNTIME, ImportCollector
from codegen.lower.models import RUNTIME_EXPORTS, Lowering, lower_enums, lower_models, name_classes
from codegen.lower.operations import lower_operations
from codegen.naming import ModuleName, check_distinct, export_order
from codegen.rules.docs import Docs
from codegen.rules.path_rules import PathRules
from codegen.rules.permissions import Permissions
from codegen.scope.availability import Availability
from codegen.scope.scope import Scope


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
    imports = {
        "enums": enum_imports,
        "models": model_imports,
        "request_builders": builder_imports,
        "client": client_imports,
    }
    classes = with_aliases(lowering, Classes(enums, models, builders, client, {}), imports)
    exported = _exports(lowering, enums, models)
    exports = _sorted_exports(exported)
    former = tuple(alias for name in ("enums", "models") for alias in classes.former.get(name, ()))
    if former:
        exported.use(RENAMED_MODULE, "renamed_classes")
        exported.check_types()
    constants = ["OPERATIONS", *(f.constant for f in functions), *(p.constant for p in permission_facts)]
    return plan.Package(
        name=ModuleName(lowering.package),
        version=scope.rules.version,
        enums_module=_module(lowering, "enums", enum_imports, [enum.name for enum in enums], classes.former),
        models_module=_module(lowering, "models", model_imports, [model.name for model in models], classes.former),
        builders_module=_module(
            lowering, "request_builders", builder_imports, [builder.name for builder in builders], classes.former
        ),
        client_module=_module(lowering, "client", client_imports, [plan.CLIENT_CLASS]),
        operations_module=_module(lowering, "operations", operation_imports, constants),
        init_module=_module(lowering, "__init__", exported, [], {"__init__": former}),
        enums=classes.enums,
        models=classes.models,
        builders=classes.builders,
        client=classes.client,
        functions=functions,
        permissions=permission_facts,
        operations=operations,
        exports=exports,
    )


def _module(
    lowering: Lowering,
    name: str,
    collected: ImportCollector,
    defined: Sequence[str],
    former: Mapping[str, tuple[ClassAlias, ...]] = MappingProxyType({}),
) -> plan.Module:
    """Name a module and its imports; nothing in it may have the name of something else in it."""
    imports = collected.imports()
    imported = [*imports.standard, *imports.own, *imports.typing_only]
    names = [(imported_name, module.module) for module in imported for imported_name in module.names]
    aliases = former.get(name, ())
    own = [*defined, *(alias.name for alias in aliases)]
    rules = lowering.scope.rules
    hint = f"{rules.file}: an entry in versions.{rules.version}.rename can tell them apart"
    check_distinct([*names, *((own_name, f"{lowering.package}.{name}") for own_name in own)], hint)
    return plan.Module(ModuleName(f"{lowering.package}.{name}"), imports, aliases)


def _exports(lowering: Lowering, enums: tuple[plan.Enum, ...], models: tuple[plan.Model, ...]) -> ImportCollector:
    exported = ImportCollector()
    exported.use(f"{lowering.package}.client", plan.CLIENT_CLASS)
    for enum in enums:
        exported.use(f"{lowering.package}.enums", enum.name)
    for model in models:
        exported.use(f"{lowering.package}.models", model.name)
    for name in RUNTIME_EXPORTS:
        exported.use(RUNTIME, name)
    return exported


def _sorted_exports(exported: ImportCollector) -> tuple[str, ...]:
    names = [name for module in exported.imports().own for name in module.names]
    return tuple(sorted(names, key=export_order))
