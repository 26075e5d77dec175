"""The imports of a module of the twin: from the right modules, without unused names, and sorted like ruff's."""

import ast
import re
from collections.abc import Callable
from itertools import groupby
from typing import TypeAlias

from codegen.naming import import_order

InTwin: TypeAlias = Callable[[str, str], str]


def with_imports(source: str, in_twin: InTwin) -> str:
    """Rewrite the imports of a module.

    Args:
        source: of the module, already blocking except for its imports.
        in_twin: returns the module to import a name from instead.
    """
    lines = source.splitlines()
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    covered = {number for node in statements for number in range(node.lineno - 1, _end(node))}
    rest = "\n".join(line for number, line in enumerate(lines) if number not in covered)
    texts: dict[int, tuple[tuple[object, ...], str]] = {}
    for node in statements:
        behind = lines[_end(node) - 1].encode()[node.end_col_offset or 0 :].decode()
        texts[node.lineno - 1] = _rewritten(node, rest, in_twin, behind)
    kept = [(texts.get(number), line) for number, line in enumerate(lines) if number in texts or number not in covered]
    made: list[str] = []
    for is_import, block in groupby(kept, lambda each: each[0] is not None):
        if is_import:
            made += [text for _, text in sorted(each for each, _ in block if each is not None) if text]
        else:
            made += [line for _, line in block]
    return "\n".join(made) + "\n"


def _end(node: ast.Import | ast.ImportFrom) -> int:
    return node.end_lineno or node.lineno


def _rewritten(
    node: ast.Import | ast.ImportFrom, rest: str, in_twin: InTwin, behind: str
) -> tuple[tuple[object, ...], str]:
    """Return the sort key and the text of an import; the text is empty if none of its names are used."""
    indentation = " " * node.col_offset
    names = sorted(
        {_as_written(alias) for alias in node.names if re.search(rf"\b{re.escape(_bound(alias))}\b", rest)},
        key=import_order,
    )
    if isinstance(node, ast.Import):
        return (0, import_order(node.names[0].name)), f"{indentation}import {', '.join(names)}" if names else ""
    by_module: dict[str, list[str]] = {}
    for name in names:
        by_module.setdefault(in_twin(node.module or "", name.partition(" ")[0]), []).append(name)
    texts = [
        f"{indentation}from {module} import {', '.join(by_module[module])}{behind}"
        for module in sorted(by_module, key=import_order)
    ]
    return (1, import_order(min(by_module, default="", key=import_order))), "\n".join(texts)


def _as_written(alias: ast.alias) -> str:
    return alias.name if alias.asname is None else f"{alias.name} as {alias.asname}"


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
