"""Routes: find the operation of a path in the generated table, walking the path once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from graph_meetings_emulator.http.errors import ServiceError, bad_request
from graph_meetings_emulator.odata.function_call import Arguments, parse_call
from graph_meetings_emulator.odata.query import Documented
from graph_meetings_runtime.operations.operation import Function, Operation
from graph_meetings_runtime.operations.query_options import QueryOptions


@dataclass(frozen=True, slots=True)
class Navigate:
    """A step to a property, a stream or a collection."""

    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """A step to what is of a type."""

    type: str


@dataclass(frozen=True, slots=True)
class Key:
    """A step to a member of a collection."""

    value: str


@dataclass(frozen=True, slots=True)
class Invoke:
    """A step through a bound function."""

    function: Function
    arguments: Arguments


Step: TypeAlias = Navigate | Cast | Key | Invoke


@dataclass(frozen=True)
class Route:
    """A path of the service: its operation, the steps to its data, and which query options are documented for it."""

    operation: Operation
    steps: tuple[Step, ...]
    documented: Documented

    @cached_property
    def canonical_path(self) -> str:
        """The path in a canonical spelling, independent of case, escapes and the notation of keys."""
        return "/".join(_canonical(step) for step in self.steps)

    @cached_property
    def calls(self) -> tuple[Invoke, ...]:
        """The function calls in the path."""
        return tuple(step for step in self.steps if isinstance(step, Invoke))

    @cached_property
    def is_delta(self) -> bool:
        """Whether it is a delta query."""
        last = self.steps[-1]
        return isinstance(last, Invoke) and last.function.name == DELTA


@dataclass(slots=True, eq=False)
class _Node:
    """What can follow a path; names are in lower case, because Graph ignores case."""

    names: dict[str, "tuple[str, _Node]"] = field(default_factory=dict[str, "tuple[str, _Node]"])
    functions: dict[str, "tuple[Function, _Node]"] = field(default_factory=dict[str, "tuple[Function, _Node]"])
    key: "_Node | None" = None
    operation: Operation | None = None

    @property
    def options(self) -> QueryOptions | None:
        """The query options of the path."""
        return self.operation.options if self.operation else None

    def within(self, name: str) -> "_Node | None":
        """Return the node of what a navigation property leads to, of one member if this is a collection."""
        found = (self.key or self).names.get(name.lower())
        return found[1] if found else None


DELTA = "delta"
"""The function bound to every collection with change tracking."""

_KEYED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\((?:'((?:[^']|'')*)'|([^'()=,]+))\)")
_NAMESPACE = "microsoft.graph."
_ALIAS = "graph."
_QUOTED = frozenset({"onlineMeetings"})
"""Collections whose keys must have quotes in parentheses: https://github.com/microsoftgraph/microsoft-graph-docs/issues/21366"""

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Routes:
    """The paths of a version of the service.

    Args:
        operations: the generated table of operations.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node = self._root
        functions = list(operation.functions)
        for segment in operation.path.strip("/").split("/"):
            name = segment.partition("(")[0]
            if segment.startswith("{"):
                node.key = node = node.key or _Node()
            elif functions and functions[0].name == name:
                node = node.functions.setdefault(name.lower(), (functions.pop(0), _Node()))[1]
            else:
                node = node.names.setdefault(name.lower(), (name, _Node()))[1]
        node.operation = operation

    def match(self, raw_path: bytes) -> Route:
        """Return the route of a path, given percent-encoded as received.

        Raises:
            ServiceError: 400 if there is no such path, or a function call in it is malformed.
        """
        node = self._root
        steps: list[Step] = []
        segments = split_path(raw_path)
        for segment in segments:
            node = _follow(node, segment, steps)
        if node.operation is None:
            raise _no_resource(segments[-1] if segments else "")
        return Route(node.operation, tuple(steps), node)


def split_path(raw_path: bytes) -> list[str]:
    """Split a path into segments, then percent-decode each, so that `%2F` stays inside its segment.

    Raises:
        ServiceError: 400 if an escape is malformed, or the result is not UTF-8.
    """
    raw_segments = raw_path.strip(b"/").split(b"/")
    if _BAD_ESCAPE.search(raw_path):
        raise bad_request("The request URI has a malformed percent-encoding.")
    try:
        return [unquote_to_bytes(segment).decode() for segment in raw_segments]
    except UnicodeDecodeError:
        raise bad_request("The request URI is not UTF-8.") from None


def _follow(node: _Node, segment: str, steps: list[Step]) -> _Node:
    """Append the steps of a segment, and return what can follow it."""
    if found := node.names.get(_in_full(segment.lower())):
        steps.append(Cast(found[0]) if "." in found[0] else Navigate(found[0]))
        return found[1]
    if called := node.functions.get(_unqualified(segment.partition("(")[0].lower())):
        steps.append(Invoke(called[0], parse_call(segment, called[0])))
        return called[1]
    # A segment with `$` at its start is the service's own: such a key must be in parentheses.
    if node.key is not None and segment and not segment.startswith("$"):
        steps.append(Key(segment))
        return node.key
    keyed = _KEYED.fullmatch(segment)
    is_bare = keyed is not None and keyed[3] is not None
    if keyed and (found := node.names.get(keyed[1].lower())) and found[1].key and not (is_bare and found[0] in _QUOTED):
        steps += [Navigate(found[0]), Key(keyed[3] or (keyed[2] or "").replace("''", "'"))]
        return found[1].key
    raise _no_resource(segment)


def _in_full(name: str) -> str:
    """Return the name of a type with its namespace, for which requests may write its alias: `graph.user`."""
    return f"microsoft.{name}" if name.startswith(_ALIAS) else name


def _unqualified(name: str) -> str:
    """Return the name of a function without its namespace, which requests may give: `microsoft.graph.delta`."""
    return name.rpartition(".")[2] if name.startswith(_NAMESPACE) else name


def _canonical(step: Step) -> str:
    match step:
        case Navigate(name) | Cast(name):
            return name
        case Key(value):
            return repr(value)
        case Invoke(function, arguments):
            return f"{function.name}({sorted(arguments.items())})"


def _no_resource(segment: str) -> ServiceError:
    return bad_request(f"Resource not found for the segment '{segment}'.")
