"""The whole twin: the text of each of its modules."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from codegen.blocking.imports import with_imports
from codegen.blocking.modules import RUNTIME, TWIN, Modules, modules_of
from codegen.blocking.rewrite import rewritten
from codegen.naming import export_order, import_order


def twin(runtime: Path) -> dict[PurePosixPath, str]:
    """Return the text of every file of the blocking runtime, by its path in the output folder.

    Args:
        runtime: the folder of the asynchronous one.
    """
    modules = modules_of(runtime)
    files = {PurePosixPath("py.typed"): "", PurePosixPath("__init__.py"): _header("__init__") + _root(modules)}
    for name in sorted(modules.twinned):
        path = PurePosixPath(*name.split(".")).relative_to(RUNTIME)
        text = with_imports(rewritten(modules.sources[name]), lambda module, _: modules.in_twin(module))
        files[path.with_suffix(".py")] = _header(str(path)) + text
        for folder in list(path.parents)[:-1]:
            text = rewritten(modules.sources[".".join((RUNTIME, *folder.parts))])
            files[folder / "__init__.py"] = _header(f"{folder}/__init__") + text
    return {TWIN / path: text for path, text in files.items()}


def _header(module: str) -> str:
    return f"# Made by codegen from overrides/{RUNTIME}/{module}.py; do not edit.\n"


def _root(modules: Modules) -> str:
    """Return the package itself: it exports what the asynchronous one exports from modules with a twin."""
    exported: dict[str, list[str]] = {}
    for module, name in sorted(_exports(modules), key=lambda each: (import_order(each[0]), import_order(each[1]))):
        exported.setdefault(module, []).append(name)
    imports = "".join(f"from {module} import {', '.join(names)}\n" for module, names in exported.items())
    every = sorted((name for names in exported.values() for name in names), key=export_order)
    listed = "".join(f'    "{name}",\n' for name in every)
    summary = '"""Blocking behaviour that the generated classes of `graph_meetings.blocking` inherit."""'
    return f"{summary}\n\n{imports}\n__all__ = [\n{listed}]\n"


def _exports(modules: Modules) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(modules.sources[RUNTIME])):
        if isinstance(node, ast.ImportFrom) and node.module and modules.in_twin(node.module) != node.module:
            yield from ((modules.in_twin(node.module), alias.name) for alias in node.names)
