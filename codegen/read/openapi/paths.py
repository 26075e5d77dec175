"""What the paths of an OpenAPI document tell about roots, functions, streams and change tracking."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from codegen.csdl import DELTA, STREAM, Place, QualifiedName, TypeReference
from codegen.errors import CodegenError
from codegen.read.openapi.load import Table
from codegen.read.openapi.schemas import Schemas

_MOST_SEGMENTS = 50
_SEGMENT = re.compile(r"/((?:[^/()]|\([^()]*\))+)")
_KEY = re.compile(r"\{[^{}]*\}")
_CALL = re.compile(r"(?P<name>[^()]+)\((?P<arguments>[^()]*)\)")
_ARGUMENT = re.compile(r"(?P<name>[^=']+)='?(?P<alias>@)?\{?(?P<value>[^'{}]+)\}?'?")

Member = tuple[QualifiedName, str]
"""A property, and the type that declares it."""
CallKey = tuple[QualifiedName, TypeReference, tuple[str, ...]]
"""The name of a function, the type it is bound to and the names of its parameters."""


@dataclass(frozen=True, slots=True)
class CalledParameter:
    """A parameter of a function.

    Args:
        name: left of the equals sign.
        type: according to `parameters`.
        is_alias: whether it is written as `name=@name`, as the converter writes optional parameters.
        is_optional: whether it is an alias that is not required.
    """

    name: str
    type: TypeReference
    is_alias: bool
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function at the end of a path, bound to what precedes it.

    Args:
        is_composed: whether a path of the document continues after it.
        is_asked_for: whether a request in scope.toml does.
        is_change_tracked: whether either continues with `delta`.
        operation: the GET.
        place: of the path.
    """

    name: QualifiedName
    binding: TypeReference
    parameters: tuple[CalledParameter, ...]
    returns: TypeReference
    is_composed: bool
    is_asked_for: bool
    is_change_tracked: bool
    operation: Table
    place: Place

    @property
    def key(self) -> CallKey:
        """What distinguishes the function from others."""
        return self.name, self.binding, tuple(parameter.name for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a path has arrived: at a type, by a root or a property."""

    type: TypeReference | None = None
    root: str | None = None
    member: Member | None = None


class Paths:
    """What the paths of a document say that its schemas do not.

    Args:
        document: as read by `load`.
        schemas: its types.
        requests: paths of scope.toml. One that continues after a function tells that it is composable.

    Attributes:
        roots: the entity sets and singletons, and where they are.
        calls: the functions.
        keyed: the types that are addressed by key.
        streams: the properties whose paths return bytes.
        followed: the properties that lead to other types, and that a path or request goes through. The schema does not
            always mark them as navigation properties.
        tracked: the properties and roots that `delta` follows.
        referenced: the properties that `$ref` follows, as their entities are in another set.
    """

    def __init__(self, document: Table, schemas: Schemas, requests: Iterable[str]) -> None:
        self._document = document
        self._schemas = schemas
        requests = tuple(requests)
        self._items = dict(document.table("paths").children())
        self._positions: dict[str, _Position] = {}
        self._longer = {prefix for path in self._items for prefix in _prefixes(path)}
        self._asked = {prefix for path in requests for prefix in _prefixes(path)}
        self._ends = {_normal(_segments(path)) for path in (*self._items, *requests)}
        self.roots: dict[str, tuple[TypeReference, Place]] = {}
        self.calls: dict[CallKey, Call] = {}
        self.keyed: set[QualifiedName] = set()
        self.streams: set[Member] = set()
        self.followed: set[Member] = set()
        self.tracked: set[Member | str] = set()
        self.referenced: set[Member] = set()
        for path in self._items:
            self._add(path)
        for path in requests:
            self._position(_segments(path))

    def _add(self, path: str) -> None:
        segments, item = _segments(path), self._items[path]
        if len(segments) > _MOST_SEGMENTS:
            raise CodegenError(f"a path has more than {_MOST_SEGMENTS} segments", item.place)
        if not segments:
            return
        before, last = self._position(segments[:-1]), segments[-1]
        call = _CALL.fullmatch(last)
        if call is not None:
            self._add_call(before, call, path)
        elif len(segments) == 1:
            self._add_root(last, item)
        elif last == "$ref" and before.member is not None:
            self.referenced.add(before.member)
        elif _KEY.fullmatch(last) and before.type is not None:
            self.keyed.add(before.type.name)
        else:
            member = self._position(segments).member
            if member is not None and self._response(item) == TypeReference(QualifiedName(STREAM)):
                self.streams.add(member)

    def _add_root(self, name: str, item: Table) -> None:
        response = self._response(item)
        if response is not None:
            self.roots[name] = (response, item.place)

    def _add_call(self, before: _Position, call: re.Match[str], path: str) -> None:
        item = self._items[path]
        operation, returns = item.table("get"), self._response(item)
        # Otherwise a segment with parentheses is an alternate key.
        is_function = operation.text("x-ms-docs-operation-type") == "function"
        if not is_function or returns is None or before.type is None:
            return
        name, namespace = call["name"], self._schemas.default_namespace
        normal = _normal(_segments(path))
        found = Call(
            name=QualifiedName(name if "." in name else f"{namespace}.{name}"),
            binding=before.type,
            parameters=tuple(self._parameter(argument, item) for argument in _arguments(call)),
            returns=returns,
            is_composed=normal in self._longer,
            is_asked_for=normal in self._asked,
            is_change_tracked=f"{normal}/{DELTA}" in self._ends,
            operation=operation,
            place=item.place,
        )
        if found.name.simple == DELTA and not found.parameters:
            self.tracked |= {via for via in (before.member, before.root) if via is not None}
        known = self.calls.get(found.key, found)
        self.calls[found.key] = replace(
            known,
            is_composed=known.is_composed or found.is_composed,
            is_asked_for=known.is_asked_for or found.is_asked_for,
            is_change_tracked=known.is_change_tracked or found.is_change_tracked,
        )

    def _parameter(self, argument: str, item: Table) -> CalledParameter:
        match = _ARGUMENT.fullmatch(argument)
        if match is None:
            # Not a name, so that the parser refuses it if the function is in scope.
            return CalledParameter(
                argument, TypeReference(QualifiedName("Edm.String")), is_alias=False, is_optional=False
            )
        described = (*item.tables("parameters"), *item.table("get").tables("parameters"))
        tables = [self._resolved(table) for table in described]
        value, is_alias = match["value"], match["alias"] is not None
        table = next((table for table in tables if table.text("name") in {value, f"@{value}"}), None)
        if table is None:
            type_ = TypeReference(QualifiedName(f"{match['name']}, which no parameters describe"))
            return CalledParameter(match["name"], type_, is_alias=is_alias, is_optional=is_alias)
        schema = _json(table.table("content")) or table.table("schema")
        is_optional = is_alias and not table.is_true("required")
        return CalledParameter(match["name"], self._schemas.use(schema).type, is_alias, is_optional)

    def _position(self, segments: tuple[str, ...]) -> _Position:
        at, prefix = _Position(), ""
        for segment in segments:
            prefix = f"{prefix}/{segment}"
            if prefix not in self._positions:
                self._positions[prefix] = self._next(at, segment, prefix)
            at = self._positions[prefix]
        return at

    def _next(self, before: _Position, segment: str, prefix: str) -> _Position:
        source = before.type
        if source is not None and source.is_collection and _KEY.fullmatch(segment):
            return _Position(TypeReference(source.name))
        if source is not None and not source.is_collection and source.name in self._schemas.tables:
            found = self._schemas.member(source.name, segment)
            if found is not None:
                owner, own = found
                if self._schemas.is_structured(own.use.type.name):
                    self.followed.add((owner, segment))
                return _Position(own.use.type, member=(owner, segment))
        item = self._items.get(prefix)
        root = segment if prefix == f"/{segment}" else None
        return _Position(None if item is None else self._response(item), root)

    def _response(self, item: Table) -> TypeReference | None:
        """Return the type of the response to a GET, `None` if there is no GET or no response body."""
        responses = item.table("get").table("responses")
        response = next((table for status, table in responses.children() if status.startswith("2")), None)
        content = self._resolved(response).table("content") if response is not None else None
        if content is None or not content.entries:
            return None
        schema = _json(content)
        return TypeReference(QualifiedName(STREAM)) if schema is None else self._schemas.response(schema)

    def _resolved(self, table: Table) -> Table:
        reference = table.text("$ref")
        if reference is None:
            return table
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        return self._document.table("components").table(kind).table(name)


def _json(content: Table) -> Table | None:
    """Return the schema of the JSON media type, `None` if there is none."""
    return next(
        (body.table("schema") for name, body in content.children() if name.startswith("application/json")), None
    )


def _segments(path: str) -> tuple[str, ...]:
    """Split a path into segments. Returns none if it is not a path."""
    segments: list[str] = _SEGMENT.findall(path)
    return tuple(segments) if "".join(f"/{segment}" for segment in segments) == path else ()


def _arguments(call: re.Match[str]) -> list[str]:
    # Stripped here: a pattern that skips spaces itself takes quadratic time to fail.
    return [argument.strip() for argument in call["arguments"].split(",")] if call["arguments"].strip() else []


def _prefixes(path: str) -> Iterator[str]:
    """Yield the proper prefixes of a path, in normal form."""
    segments = _segments(path)
    for count in range(1, min(len(segments), _MOST_SEGMENTS)):
        if not segments[count].startswith("$"):
            yield _normal(segments[:count])


def _normal(segments: tuple[str, ...]) -> str:
    """Return a path as scope.toml and the document share it: without key names, namespaces, quotes, aliases."""
    return "".join(f"/{_normal_segment(segment)}" for segment in segments)


def _normal_segment(segment: str) -> str:
    if _KEY.fullmatch(segment):
        return "{}"
    call = _CALL.fullmatch(segment)
    if call is None:
        return segment
    names = sorted(argument.partition("=")[0].strip() for argument in _arguments(call))
    simple = call["name"].rpartition(".")[2]
    return f"{simple}({','.join(names)})" if names else simple
