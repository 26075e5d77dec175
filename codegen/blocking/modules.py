"""Which modules of the runtime have a twin, and which both clients share."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codegen.blocking.tokens import tokens_of
from codegen.blocking.words import KEYWORDS, NAMES
from codegen.errors import CodegenError

RUNTIME: Final = "graph_meetings_runtime"
TWIN: Final = "graph_meetings_blocking_runtime"

# What is asynchronous by contract, and what differs and thus has a hand-written counterpart.
_COUNTERPARTS: Final = {
    f"{RUNTIME}.asynchronous": f"{RUNTIME}.blocking",
    f"{RUNTIME}.http.connections.asynchronous": f"{RUNTIME}.http.connections.blocking",
    f"{RUNTIME}.http.adapter": f"{TWIN}.http.requester",
    f"{RUNTIME}.http.kiota_adapter": f"{TWIN}.http.requester",
}
# They have asynchronous methods beside others, and serve both clients.
_SHARED: Final = frozenset({f"{RUNTIME}.delta.delta_store", f"{RUNTIME}.blocking.guards"})

_WORDS: Final = KEYWORDS | NAMES.keys()


@dataclass(frozen=True, slots=True)
class Modules:
    """The modules of the runtime.

    Args:
        sources: the text of each.
        twinned: those that have a twin.
    """

    sources: Mapping[str, str]
    twinned: frozenset[str]

    def in_twin(self, module: str) -> str:
        """Return the module that the twin imports in place of one."""
        for name, counterpart in _COUNTERPARTS.items():
            if module == name or module.startswith(f"{name}."):
                return counterpart + module.removeprefix(name)
        return TWIN + module.removeprefix(RUNTIME) if module in self.twinned else module


def modules_of(folder: Path) -> Modules:
    """Read the runtime.

    Args:
        folder: of the package.

    Raises:
        CodegenError: a rule names a module that there is not.
    """
    sources = {_dotted(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    missing = [name for name in (*_COUNTERPARTS, *_SHARED) if name not in sources]
    if missing:
        raise CodegenError(f"there is no module {missing[0]}", "codegen/blocking/modules.py")
    candidates = {name for name in sources if name != RUNTIME and not _is_left_out(name)}
    imported = {name: frozenset(_imported(sources[name])) for name in candidates}
    asynchronous = frozenset(name for name in sources if _has_counterpart(name))
    twinned = {name for name in candidates if _is_asynchronous(sources[name])}
    while added := {name for name in candidates - twinned if imported[name] & (twinned | asynchronous)}:
        twinned |= added
    return Modules(sources, frozenset(twinned))


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join((RUNTIME, *(parts[:-1] if parts[-1] == "__init__" else parts)))


def _has_counterpart(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in _COUNTERPARTS)


def _is_left_out(module: str) -> bool:
    return module in _SHARED or _has_counterpart(module)


def _is_asynchronous(source: str) -> bool:
    if not any(word in source for word in _WORDS):  # which is a hundred times as fast
        return False
    words = {each.text for each in tokens_of(source) if each.is_name}
    return not words.isdisjoint(_WORDS)


def _imported(source: str) -> Iterator[str]:
    return (node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module)
