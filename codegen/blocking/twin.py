"""The texts of the modules of the twins."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from codegen.blocking.imports import with_imports
from codegen.blocking.modules import TARGETS, Modules, modules_of
from codegen.blocking.rewrite import rewritten
from codegen.naming import export_order, import_order


def twins(root: Path) -> dict[PurePosixPath, str]:
    """Return the text of every file of the blocking packages, by its path in the output folder.

    Args:
        root: of the repository.
    """
    files: dict[PurePosixPath, str] = {}
    modules: Modules | None = None
    for target in TARGETS:
        modules = modules_of(root / target.source_root / target.package, target, modules)
        files.update(_twin(modules))
    return files


def _twin(modules: Modules) -> dict[PurePosixPath, str]:
    package = modules.target.package
    files = {PurePosixPath("py.typed"): "", PurePosixPath("__init__.py"): _header(modules, "__init__") + _root(modules)}
    for name in sorted(modules.twinned):
        path = PurePosixPath(*name.split(".")).relative_to(package)
        text = with_imports(rewritten(modules.sources[name]), modules.in_twin)
        files[path.with_suffix(".py")] = _header(modules, str(path)) + text
        for folder in list(path.parents)[:-1]:
            text = rewritten(modules.sources[".".join((package, *folder.parts))])
            files[folder / "__init__.py"] = _header(modules, f"{folder}/__init__") + text
    return {modules.target.twin / path: text for path, text in files.items()}


def _header(modules: Modules, module: str) -> str:
    target = modules.target
    return f"# Made by codegen from {target.source_root}/{target.package}/{module}.py; do not edit.\n"


def _root(modules: Modules) -> str:
    """Return the `__init__` of the twin: it exports what the asynchronous one exports from modules with a twin."""
    exported: dict[str, list[str]] = {}
    for module, name in sorted(_exports(modules), key=lambda each: (import_order(each[0]), import_order(each[1]))):
        exported.setdefault(module, []).append(name)
    imports = "".join(f"from {module} import {', '.join(names)}\n" for module, names in exported.items())
    every = sorted((name for names in exported.values() for name in names), key=export_order)
    listed = "".join(f'    "{name}",\n' for name in every)
    return f'"""{modules.target.purpose}"""\n\n{imports}\n__all__ = [\n{listed}]\n'


def _exports(modules: Modules) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(modules.sources[modules.target.package])):
        if isinstance(node, ast.ImportFrom) and node.module and modules.in_twin(node.module) != node.module:
            yield from ((modules.in_twin(node.module), alias.name) for alias in node.names)
