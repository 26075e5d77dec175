"""Tests and their helpers in blocking form, and the programs that they run in other processes."""

import ast
import re
from typing import Final

from codegen.blocking.imports import with_imports
from codegen.blocking.modules import RUNTIME, TWIN, Modules
from codegen.blocking.rewrite import rewritten
from codegen.blocking.tokens import Token, closing, joined, tokens_of
from codegen.blocking.words import NAMES

PACKAGE: Final = "blocking_tests"
BY_HAND: Final = frozenset({"tests.client.tls", "tests.support.listener", "tests.support.raw_server"})
"""The helpers that have a hand-written counterpart in tests/support/blocking/."""

_TRANSLATED: Final = frozenset({"tests.client", "tests.support"})
_PUBLIC: Final = frozenset({"graph_meetings", "graph_meetings.beta"})
_SHARED: Final = frozenset({"models", "enums", "operations", "beta", "blocking"})
_NAMES: Final = {
    "AsyncBaseTransport": "BaseTransport",
    "EmulatorCredential": "BlockingEmulatorCredential",
    "handle_async_request": "handle_request",
}
_CALLS: Final = {
    "run": "",
    "sleep": "__import__('time').sleep",
    "timeout": "__import__('contextlib').nullcontext",
    "to_thread": "run_in_thread",
    "wait_for": "",
}
"""The replacements of asyncio's functions; an empty one means the first argument of the call."""


class SourceTranslator:
    """Translates the sources of tests.

    Args:
        modules: of the runtime.
    """

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        nodes = [node for node in ast.walk(ast.parse(modules.sources[RUNTIME])) if isinstance(node, ast.ImportFrom)]
        self._twinned = {
            alias.name
            for node in nodes
            for alias in node.names
            if node.module and modules.in_twin(node.module) != node.module
        }

    def translated(self, source: str) -> str:
        """Return the blocking form of a source. Its imports still name the asynchronous modules."""
        tokens = without_asyncio([self._renamed(each) for each in tokens_of(source)])
        return rewritten(joined(with_blocking_credentials(_with_blocking_packages(tokens))))

    def with_imports(self, source: str) -> str:
        """Replace the modules in the imports of a translated source by blocking ones."""
        return _with_public_imports(with_imports(source, self._in_twin))

    def _in_twin(self, module: str, name: str) -> str:
        """Return the module to import a name from instead."""
        if module == RUNTIME:
            return TWIN if name in self._twinned else RUNTIME
        if module in _PUBLIC and name != "beta":
            return f"{module}.blocking"
        package, _, last = module.rpartition(".")
        if module in _TRANSLATED:
            return f"{PACKAGE}.{last}"
        if module in BY_HAND:
            return f"tests.support.blocking.{last}"
        return f"{PACKAGE}.{module.removeprefix('tests.')}" if package in _TRANSLATED else self._modules.in_twin(module)

    def _renamed(self, each: Token) -> Token:
        if each.is_name and each.text in _NAMES:
            return each._replace(text=_NAMES[each.text])
        if not each.is_text:
            return each
        if each.text.endswith('"""') and ("asyncio" in each.text or "graph_meetings" in each.text):
            return self._program(each)
        plain = each.text.strip('"')
        if plain in NAMES:
            return each._replace(text=f'"{NAMES[plain]}"')
        return each._replace(text=f'"{self._dotted(plain)}"') if re.fullmatch(rf"{RUNTIME}\.[\w.]+", plain) else each

    def _program(self, each: Token) -> Token:
        begin = each.text.index('"""') + 3
        program = each.text[begin:-3]
        try:
            ast.parse(program)
        except SyntaxError:  # prose
            return each
        translated = with_imports(self.translated(program), self._in_twin)
        return each._replace(text=f'{each.text[:begin]}{translated}"""')

    def _dotted(self, name: str) -> str:
        """Return the dotted name of an object in the twin."""
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            module = ".".join(parts[:length])
            if self._modules.in_twin(module) != module:
                return ".".join((self._modules.in_twin(module), *parts[length:]))
        return name


def without_asyncio(tokens: list[Token]) -> list[Token]:
    """Replace calls of asyncio by blocking ones: `asyncio.wait_for(x, 10)` by `x`, for example."""
    changed = list(tokens)
    at = 0
    while at < len(changed) - 3:
        module, dot, name, opening = [each.text for each in changed[at : at + 4]]
        if (module, dot, opening) != ("asyncio", ".", "(") or name not in _CALLS:
            at += 1
            continue
        space, end = changed[at].space, closing(changed, at + 3)
        if _CALLS[name]:
            changed[at : at + 3] = [Token(space, _CALLS[name], is_name=True)]
        else:
            first = _first_argument(changed[at + 4 : end])
            changed[at : end + 1] = [first[0]._replace(space=space), *first[1:]]
    return changed


def _first_argument(tokens: list[Token]) -> list[Token]:
    depth = 0
    for at, each in enumerate(tokens):
        depth += (each.text in {"(", "[", "{"}) - (each.text in {")", "]", "}"})
        if not depth and each.text == ",":
            return tokens[:at]
    return tokens


def _with_blocking_packages(tokens: list[Token]) -> list[Token]:
    """Turn `graph_meetings.X` into `graph_meetings.blocking.X`, outside of imports."""
    changed: list[Token] = []
    statement = ""
    for at, each in enumerate(tokens):
        statement = each.text if "\n" in each.space else statement
        changed.append(each)
        if statement in {"import", "from"} or not each.is_name or tokens[at + 1].text != ".":
            continue
        is_beta = each.text == "beta" and (tokens[at - 1].text != "." or tokens[at - 2].text == "graph_meetings")
        if (each.text == "graph_meetings" or is_beta) and tokens[at + 2].text not in _SHARED:
            changed += [Token("", "."), Token("", "blocking", is_name=True)]
    return changed


def with_blocking_credentials(tokens: list[Token]) -> list[Token]:
    """Use the emulator's blocking credential."""
    changed = list(tokens)
    for at in range(1, len(tokens) - 1):
        if [each.text for each in tokens[at - 1 : at + 1]] == [".", "credential"] and tokens[at + 1].text != "import":
            changed[at] = Token("", "blocking_credential", is_name=True)
    return changed


def _with_public_imports(source: str) -> str:
    """Import the blocking packages that are used by their full names."""
    if "graph_meetings.blocking." not in source and "graph_meetings.beta.blocking." not in source:
        return source
    first = ast.parse(source).body[0]
    lines = source.splitlines(keepends=True)
    at = (first.end_lineno or 1) if isinstance(first, ast.Expr) else 0
    return "".join([*lines[:at], "import graph_meetings.beta.blocking\nimport graph_meetings.blocking\n", *lines[at:]])
