"""Tests that cannot be translated: they need several tasks at once, or a library of the asynchronous client."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_UNTRANSLATABLE: Final = frozenset(
    {
        "ASGITransport",
        "AiohttpTransport",
        "AnonymousAuthenticationProvider",
        "BaseBearerTokenAuthenticationProvider",
        "HttpxRequestAdapter",
        "NativeResponseHandler",
        "OriginAuthenticationProvider",
        "ResponseHandlerOption",
        "StaticTokens",
        "aiohttp",
        "asyncio",
        "send_collection_async",
        "send_no_response_content_async",
        "send_primitive_async",
        "yarl",
    }
)
_LONGEST_ANNOTATION: Final = 100


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of a module.

    Args:
        uses: the names that each definition uses.
        imported: modules and names that are imported from them.
    """

    uses: Mapping[str, frozenset[str]]
    imported: tuple[tuple[str, str], ...]


def definitions_of(source: str) -> Definitions:
    """Find the definitions of a module."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    uses = {name: frozenset(_names(node)) for name, node in _definitions(tree)}
    return Definitions(uses, tuple((node.module or "", alias.name) for node in imports for alias in node.names))


def left_out(defined: Definitions, elsewhere: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the definitions of a translated module that must be dropped, each with a name that it lacks.

    Args:
        defined: the definitions of the module.
        elsewhere: those of the other modules, by their names.
    """
    missing = {name: name for name in _UNTRANSLATABLE}
    missing |= {name: reason for module, name in defined.imported if (reason := elsewhere.get(module, {}).get(name))}
    found: dict[str, str] = {}
    while added := {
        name: missing[min(lacking)]
        for name, used in defined.uses.items()
        if name not in found and (lacking := used & missing.keys())
    }:
        found |= added
        missing |= added
    return found


def without(source: str, names: Collection[str]) -> str:
    """Remove definitions from a module."""
    lines = source.splitlines(keepends=True)
    for name, node in _definitions(ast.parse(source)):
        if name in names:
            decorators: list[ast.expr] = getattr(node, "decorator_list", [])
            begin = min([node.lineno, *(each.lineno for each in decorators)]) - 1
            for number in range(begin, node.end_lineno or node.lineno):
                lines[number] = ""
    return "".join(lines)


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (name for target in targets for name in ast.walk(target))
            yield from ((name.id, node) for name in names if isinstance(name, ast.Name))


def _names(definition: ast.stmt) -> set[str]:
    """Return the names that a definition uses, including fixtures, annotations in quotes, and programs in strings."""
    names: set[str] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Attribute) and node.attr in _UNTRANSLATABLE:
            names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_code = len(node.value) < _LONGEST_ANNOTATION or "import " in node.value
            names |= _UNTRANSLATABLE & set(re.findall(r"\w+", node.value)) if is_code else set()
    return names - {getattr(definition, "name", "")}
