"""The imports of a module of the twin: from the right modules, only what is used, sorted as ruff sorts."""

import ast
import re
from collections.abc import Callable
from itertools import groupby

from codegen.naming import import_order


def with_imports(source: str, in_twin: Callable[[str], str]) -> str:
    """Rewrite the imports of a module.

    Args:
        source: of the module, already blocking but for its imports.
        in_twin: returns the module to import from in place of one.
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
    node: ast.Import | ast.ImportFrom, rest: str, in_twin: Callable[[str], str], behind: str
) -> tuple[tuple[object, ...], str]:
    """Return the sort key and the text of an import; the text is empty if nothing of it is used."""
    indentation = " " * node.col_offset
    names = sorted(
        {alias.name for alias in node.names if re.search(rf"\b{re.escape(_bound(alias))}\b", rest)}, key=import_order
    )
    if isinstance(node, ast.Import):
        return (0, import_order(node.names[0].name)), f"{indentation}import {', '.join(names)}" if names else ""
    module = in_twin(node.module or "")
    text = f"{indentation}from {module} import {', '.join(names)}{behind}" if names else ""
    return (1, import_order(module)), text


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
