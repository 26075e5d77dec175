"""The blocking form of a package: the same builders and client with other base classes, beside the same models."""

from dataclasses import replace

from codegen import plan
from codegen.lower.runtime.exports import ASYNC_EXPORTS
from codegen.lower.runtime.imports import RUNTIME
from codegen.naming import ModuleName, import_order
from codegen.plan import Import, Imports, Module

_BLOCKING_RUNTIME = "graph_meetings_blocking_runtime"
_MODULES = ("client", "request_builders")


def blocking_of(package: plan.Package) -> plan.Package:
    """Return the plan of the blocking package; of its modules only the package itself and those two are written."""
    own = {f"{package.name}.{module}": f"{package.name}.blocking.{module}" for module in _MODULES}
    return replace(
        package,
        name=ModuleName(f"{package.name}.blocking"),
        kind=", without an event loop",
        builders_module=_module(package.builders_module, own),
        client_module=_module(package.client_module, own),
        init_module=_module(package.init_module, own),
    )


def _module(module: Module, own: dict[str, str]) -> Module:
    imports = module.imports
    changed = Imports(imports.standard, _imports(imports.own, own), _imports(imports.typing_only, own))
    return replace(module, imports=changed)


def _imports(imports: tuple[Import, ...], own: dict[str, str]) -> tuple[Import, ...]:
    made: list[Import] = []
    for each in imports:
        names = tuple(name for name in each.names if each.module == RUNTIME and name in ASYNC_EXPORTS)
        made.append(Import(ModuleName(_BLOCKING_RUNTIME), names))
        others = tuple(name for name in each.names if name not in names)
        made.append(Import(ModuleName(own.get(each.module, each.module)), others))
    return tuple(sorted((each for each in made if each.names), key=lambda each: import_order(each.module)))
