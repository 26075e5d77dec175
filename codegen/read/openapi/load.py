"""Reads OpenAPI, YAML or JSON, into frozen tables with line numbers, without what the generator does not need.

Source: OpenAPI 3.0.4. JSON is a subset of YAML.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    StreamStartEvent,
)

from codegen.csdl import Place
from codegen.errors import CodegenError
from codegen.read.csdl.document import LARGEST_DOCUMENT

_DEEPEST = 64  # the converter's documents have 14 levels
_MOST_VALUES = 2_000_000  # the converter's 30 MB document has 760 thousand
_FOR_PEOPLE = frozenset({"description", "pattern", "summary"})
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_COMPONENTS = "#/components/"

Value: TypeAlias = "str | Table | tuple[Value, ...]"
_Kept: TypeAlias = Mapping[str, "_Kept | None"]
"""The keys of a table to keep, `*` for any; `None` keeps all."""

_OPERATION: _Kept = dict.fromkeys(
    ("deprecated", "parameters", "responses", "x-ms-deprecation", "x-ms-docs-operation-type")
)
_KEPT: _Kept = {
    "openapi": None,
    "paths": {"*": {"get": _OPERATION, "parameters": None}},
    "components": {"parameters": None, "responses": None, "schemas": None},
}


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping of the document. Values are strings, tables and lists of these.

    Args:
        place: its first line.
        entries: in the order of the document.
    """

    place: Place
    entries: Mapping[str, Value]

    def text(self, key: str) -> str | None:
        """Return a string, number or boolean as it is written, `None` if there is none."""
        value = self.entries.get(key)
        if value is None or isinstance(value, str):
            return value
        raise CodegenError(f"{key!r} must be a string", self.place)

    def is_true(self, key: str) -> bool:
        """Whether a boolean is present and true."""
        return self.text(key) == "true"

    def table(self, key: str) -> "Table":
        """Return a table, empty if there is none."""
        value = self.entries.get(key)
        if value is None:
            return Table(self.place, MappingProxyType({}))
        if isinstance(value, Table):
            return value
        raise CodegenError(f"{key!r} must be an object", self.place)

    def tables(self, key: str) -> "tuple[Table, ...]":
        """Return the tables of a list, empty if there is none."""
        return tuple(value for value in self._list(key) if isinstance(value, Table))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the strings of a list, empty if there is none."""
        return tuple(value for value in self._list(key) if isinstance(value, str))

    def children(self) -> "Iterator[tuple[str, Table]]":
        """Yield the entries of a table of tables."""
        return ((key, self.table(key)) for key in self.entries)

    def _list(self, key: str) -> tuple[Value, ...]:
        value = self.entries.get(key, ())
        if isinstance(value, tuple):
            return value
        raise CodegenError(f"{key!r} must be a list", self.place)


def load(path: Path, name: str) -> Table:
    """Read an OpenAPI 3 document.

    Args:
        path: the file.
        name: its name in messages.

    Raises:
        CodegenError: it is too large or too deep, is not well-formed YAML or not OpenAPI 3, or has aliases, tags,
            duplicate keys or references to other documents.
    """
    size = path.stat().st_size if path.is_file() else 0
    if size > LARGEST_DOCUMENT:
        raise CodegenError(f"has {size:,} bytes; at most {LARGEST_DOCUMENT:,} are allowed", name)
    try:
        # Events, not objects: the document is untrusted, and a tree of all its nodes takes gigabytes.
        document = _Reader(yaml.parse(_text(path), Loader=yaml.CSafeLoader), name).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CodegenError(f"not well-formed YAML: {error.problem}", f"{name}:{line}") from error
    except (OSError, yaml.YAMLError) as error:
        raise CodegenError(f"cannot be read: {' '.join(str(error).split())}", name) from error
    version = document.text("openapi")
    if version is None or not version.startswith("3."):
        raise CodegenError("not OpenAPI 3: expected `openapi` to be a version like 3.0.4", f"{name}:1")
    return document


def _text(path: Path) -> bytes:
    text = path.read_bytes()
    # YAML has no escapes for surrogates. JSON has them only in descriptions: no name can contain such letters.
    return _SURROGATE.sub(rb"\\ufffd", text) if path.suffix == ".json" else text


class _Reader:
    """Builds the tables of one document from its events."""

    def __init__(self, events: Iterator[Event], file: str) -> None:
        self._events = events
        self._file = file
        self._values = 0

    def document(self) -> Table:
        event = next(self._events)
        while isinstance(event, StreamStartEvent | DocumentStartEvent):
            event = next(self._events)
        if not isinstance(event, MappingStartEvent):
            raise CodegenError("not OpenAPI 3: expected an object", f"{self._file}:1")
        self._check(event)
        table = self._table(event, _KEPT, _DEEPEST)
        if not isinstance(next(self._events), DocumentEndEvent) or isinstance(next(self._events), DocumentStartEvent):
            raise CodegenError("expected one YAML document, got several", self._file)
        return table

    def _value(self, event: Event, kept: _Kept | None, levels: int) -> Value:
        self._check(event)
        self._check_depth(event, levels)
        if isinstance(event, ScalarEvent):
            # The same few strings occur again and again.
            return sys.intern(event.value)
        if isinstance(event, MappingStartEvent):
            return self._table(event, kept, levels)
        items: list[Value] = []
        while not isinstance(item := next(self._events), CollectionEndEvent):
            items.append(self._value(item, None, levels - 1))
        return tuple(items)

    def _table(self, start: MappingStartEvent, kept: _Kept | None, levels: int) -> Table:
        entries: dict[str, Value] = {}
        while not isinstance(event := next(self._events), CollectionEndEvent):
            key = self._key(event, entries)
            value = next(self._events)
            if (kept is not None and key not in kept and "*" not in kept) or _is_for_people(key, value):
                self._skip(value, levels - 1)
                continue
            inner = None if kept is None else kept.get(key, kept.get("*"))
            entries[key] = self._value(value, inner, levels - 1)
            self._check_reference(key, entries[key], event)
        return Table(self._place(start), MappingProxyType(entries))

    def _key(self, event: Event, entries: Mapping[str, Value]) -> str:
        if not isinstance(event, ScalarEvent):
            raise CodegenError("a key must be a string", self._place(event))
        if event.value in entries:
            raise CodegenError(f"duplicate key {event.value!r}", self._place(event))
        return sys.intern(event.value)

    def _check(self, event: Event) -> None:
        self._values += 1
        if isinstance(event, AliasEvent):
            raise CodegenError("YAML aliases are not allowed", self._place(event))
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            raise CodegenError(f"the YAML tag {event.tag!r} is not allowed", self._place(event))
        if self._values > _MOST_VALUES:
            raise CodegenError(f"has more than {_MOST_VALUES:,} values", self._place(event))

    def _check_reference(self, key: str, value: Value, event: Event) -> None:
        if key == "$ref" and isinstance(value, str) and not value.startswith(_COMPONENTS):
            raise CodegenError(f"$ref {value!r} must begin with {_COMPONENTS}", self._place(event))

    def _skip(self, event: Event, levels: int) -> None:
        left = levels
        while True:
            left += isinstance(event, CollectionEndEvent) - isinstance(event, CollectionStartEvent)
            if left == levels:
                return
            self._check_depth(event, left)
            event = next(self._events)

    def _check_depth(self, event: Event, levels: int) -> None:
        if levels <= 0:
            raise CodegenError(f"is nested more than {_DEEPEST} levels deep", self._place(event))

    def _place(self, event: Event) -> Place:
        return Place(self._file, event.start_mark.line + 1 if event.start_mark else 1)


def _is_for_people(key: str, value: Event) -> bool:
    """Whether a value is text for people. A property can have the same name, but is a table."""
    return key in _FOR_PEOPLE and isinstance(value, ScalarEvent)
