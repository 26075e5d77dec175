"""Which modules of a package have a twin, and which both clients share."""

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


@dataclass(frozen=True, slots=True)
class Target:
    """A package that has a twin.

    Args:
        package: its name.
        twin: the name of the twin.
        source_root: the folder that the package is in.
        purpose: the docstring of the twin.
        counterparts: the hand-written counterparts of modules that cannot be translated.
        shared: modules and packages without a twin: both clients use them although they have asynchronous functions, or
            only the asynchronous client does.
    """

    package: str
    twin: str
    source_root: str
    purpose: str
    counterparts: Mapping[str, str]
    shared: frozenset[str]


RUNTIME_TARGET: Final = Target(
    RUNTIME,
    TWIN,
    "overrides",
    "Blocking behaviour that the generated classes of `graph_meetings.blocking` inherit.",
    {
        f"{RUNTIME}.asynchronous": f"{RUNTIME}.blocking",
        f"{RUNTIME}.http.connections.asynchronous": f"{RUNTIME}.http.connections.blocking",
        f"{RUNTIME}.http.adapter": f"{TWIN}.http.requester",
        f"{RUNTIME}.http.kiota_adapter": f"{TWIN}.http.requester",
    },
    frozenset({f"{RUNTIME}.storage.closing", f"{RUNTIME}.blocking.guards"}),
)
ARCHIVE_TARGET: Final = Target(
    "graph_meetings_archive",
    "graph_meetings_blocking_archive",
    "archive",
    "What `graph_meetings_archive.blocking` has for the blocking client.",
    {},
    frozenset({f"graph_meetings_archive.{name}" for name in ("blocking", "command", "spark")}),
)
TARGETS: Final = (RUNTIME_TARGET, ARCHIVE_TARGET)
"""Each imports only from those before it."""

_CLIENT: Final = ("graph_meetings", "GraphMeetingsClient")
_BUILDERS: Final = "graph_meetings.request_builders"
_WORDS: Final = KEYWORDS | NAMES.keys()


@dataclass(frozen=True, slots=True)
class Modules:
    """The modules of a package.

    Args:
        target: the package.
        sources: the text of each module.
        twinned: the modules that have a twin.
        beneath: the modules of a package that it imports and that also has a twin.
    """

    target: Target
    sources: Mapping[str, str]
    twinned: frozenset[str]
    beneath: "Modules | None" = None

    def in_twin(self, module: str, name: str = "") -> str:
        """Return the module that the twin imports a name from instead."""
        if self.beneath is not None and (module, name) == _CLIENT:
            return f"{module}.blocking"
        if self.beneath is not None and module == _BUILDERS:
            return "graph_meetings.blocking.request_builders"
        for known, counterpart in self.target.counterparts.items():
            if _is_within(module, known):
                return counterpart + module.removeprefix(known)
        if module in self.twinned:
            return self.target.twin + module.removeprefix(self.target.package)
        return module if self.beneath is None else self.beneath.in_twin(module, name)


def modules_of(folder: Path, target: Target = RUNTIME_TARGET, beneath: Modules | None = None) -> Modules:
    """Read a package.

    Args:
        folder: of the package.
        target: the package.
        beneath: the modules of the package that it imports.

    Raises:
        CodegenError: a rule names a module that does not exist.
    """
    sources = {
        _dotted(path.relative_to(folder.parent)): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")
    }
    missing = [name for name in (*target.counterparts, *target.shared) if name not in sources]
    if missing:
        raise CodegenError(f"unknown module {missing[0]}", "codegen/blocking/modules.py")
    left_out = (*target.shared, *target.counterparts)
    candidates = {
        name for name in sources if name != target.package and not any(_is_within(name, it) for it in left_out)
    }
    imported = {name: frozenset(_imported(sources[name])) for name in candidates}
    asynchronous = frozenset(name for name in sources if any(_is_within(name, it) for it in target.counterparts))
    twinned = {name for name in candidates if _is_asynchronous(sources[name])}
    if beneath is not None:
        twinned |= {name for name in candidates if any(beneath.in_twin(it) != it for it in imported[name])}
    while added := {name for name in candidates - twinned if imported[name] & (twinned | asynchronous)}:
        twinned |= added
    return Modules(target, sources, frozenset(twinned), beneath)


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _is_asynchronous(source: str) -> bool:
    if not any(word in source for word in _WORDS):  # a hundred times as fast as tokenizing
        return False
    words = {each.text for each in tokens_of(source) if each.is_name}
    return not words.isdisjoint(_WORDS)


def _imported(source: str) -> Iterator[str]:
    return (node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module)
