"""Kiota's parse-node interface over decoded JSON, and the factory that plugs it into Kiota's adapters."""

from base64 import b64decode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, TypeVar, cast
from uuid import UUID

from kiota_abstractions.serialization import Parsable, ParsableFactory, ParseNode, ParseNodeFactory

from graph_meetings_runtime.json_codec import JsonValue, decode_json
from graph_meetings_runtime.models.values.json_backed import JsonBacked

T = TypeVar("T", bool, str, int, float, UUID, datetime, timedelta, date, time, bytes)
U = TypeVar("U", bound=Parsable)
K = TypeVar("K", bound=Enum)
V = TypeVar("V")

AssignmentCallback = Callable[[Parsable], None]

_DATE_LENGTH = len("2026-01-15")


def _string(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _float(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _from_string(parse: Callable[[str], V]) -> Callable[[JsonValue], V | None]:
    """Return a function that parses strings; a value of another JSON type becomes `None`."""
    return lambda value: parse(value) if isinstance(value, str) else None


def _datetime(value: JsonValue) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and len(value) >= _DATE_LENGTH else None


def _timedelta(value: JsonValue) -> timedelta | None:
    from kiota_abstractions.date_utils import parse_timedelta_string  # noqa: PLC0415  rarely needed, costs import time

    try:
        return parse_timedelta_string(value) if isinstance(value, str) else None
    except ValueError:
        return None


# Like Kiota's own JSON node, because generated code tries one getter after another to find the type of a union.
_READERS: dict[type, Callable[[JsonValue], Any]] = {
    bool: lambda value: value if isinstance(value, bool) else None,
    str: _string,
    int: lambda value: value if isinstance(value, int) else None,
    float: _float,
    UUID: _from_string(UUID),
    datetime: _datetime,
    timedelta: _timedelta,
    date: _from_string(date.fromisoformat),
    time: _from_string(time.fromisoformat),
    bytes: _from_string(b64decode),
}


class GraphParseNode(ParseNode):
    """A decoded JSON value as a Kiota parse node.

    A model of this package takes the JSON object as it is. Any other Kiota model is filled property by property, as by
    Kiota's own JSON node: a getter returns `None` for a value of another JSON type, and raises `ValueError` for a
    malformed string.

    Args:
        value: the decoded JSON value.
    """

    def __init__(self, value: JsonValue) -> None:
        self.value = value
        self._before: AssignmentCallback | None = None
        self._after: AssignmentCallback | None = None

    def get_child_node(self, identifier: str) -> "GraphParseNode | None":
        """Return the node of a property, or `None` if the JSON has no such property."""
        if isinstance(self.value, dict) and identifier in self.value:
            return self._child(self.value[identifier])
        return None

    def get_object_value(self, factory: ParsableFactory[U]) -> U:
        """Make a model with a factory."""
        result = factory.create_from_discriminator_value(self)
        if self._before:
            self._before(result)
        if isinstance(self.value, dict) and not _is_json_backed(result):
            self._assign(result, self.value)
        if self._after:
            self._after(result)
        return result

    def get_collection_of_object_values(self, factory: ParsableFactory[U]) -> list[U] | None:
        """Make a list of models; empty if the JSON is not a list."""
        items = self.value if isinstance(self.value, list) else []
        return [self._child(item).get_object_value(factory) for item in items]

    def get_collection_of_primitive_values(self, primitive_type: type[T]) -> list[T] | None:
        """Read a list of values of one type; `None` if the JSON is not a list."""
        if not isinstance(self.value, list):
            return None
        read = _READERS[primitive_type]
        return [read(item) for item in self.value]

    def get_enum_value(self, enum_class: K) -> K | None:
        """Read a member by its name, as Kiota's own nodes do, or else by its value."""
        if self.value is None or self.value == "":
            return None
        members = cast("type[K]", enum_class)
        text = str(self.value)
        name = "None_" if text.lower() == "none" else text[0].upper() + text[1:]
        by_value = next((member for member in members if member.value == self.value), None)
        return members.__members__.get(name, by_value)

    def get_collection_of_enum_values(self, enum_class: K) -> list[K] | None:
        """Read a list of members, or a comma-separated string of flags; unknown ones are left out."""
        if isinstance(self.value, list):
            return cast("list[K]", [self._child(item).get_enum_value(enum_class) for item in self.value])
        texts = self.value.split(",") if isinstance(self.value, str) else []
        members = (self._child(text.strip()).get_enum_value(enum_class) for text in texts)
        return [member for member in members if member is not None]

    def get_str_value(self) -> str | None:
        """Read a string."""
        return self._read(str)

    def get_bool_value(self) -> bool | None:
        """Read a boolean."""
        return self._read(bool)

    def get_int_value(self) -> int | None:
        """Read an integer."""
        return self._read(int)

    def get_float_value(self) -> float | None:
        """Read a number."""
        return self._read(float)

    def get_uuid_value(self) -> UUID | None:
        """Read a GUID."""
        return self._read(UUID)

    def get_datetime_value(self) -> datetime | None:
        """Read a date and time."""
        return self._read(datetime)

    def get_timedelta_value(self) -> timedelta | None:
        """Read an ISO 8601 duration."""
        return self._read(timedelta)

    def get_date_value(self) -> date | None:
        """Read a date."""
        return self._read(date)

    def get_time_value(self) -> time | None:
        """Read a time of day."""
        return self._read(time)

    def get_bytes_value(self) -> bytes | None:
        """Read a base64 string."""
        return self._read(bytes)

    @property
    def on_before_assign_field_values(self) -> AssignmentCallback | None:
        """The function to call with a model before it is filled."""
        return self._before

    @on_before_assign_field_values.setter
    def on_before_assign_field_values(self, value: AssignmentCallback) -> None:
        self._before = value

    @property
    def on_after_assign_field_values(self) -> AssignmentCallback | None:
        """The function to call with a model after it is filled."""
        return self._after

    @on_after_assign_field_values.setter
    def on_after_assign_field_values(self, value: AssignmentCallback) -> None:
        self._after = value

    def _child(self, value: JsonValue) -> "GraphParseNode":
        child = GraphParseNode(value)
        child._before, child._after = self._before, self._after
        return child

    def _read(self, type_: type[V]) -> V | None:
        return cast("V | None", _READERS[type_](self.value))

    def _assign(self, model: Parsable, properties: dict[str, JsonValue]) -> None:
        deserializers = model.get_field_deserializers()
        additional: object = getattr(model, "additional_data", None)
        for name, value in properties.items():
            if name in deserializers:
                if value is not None:
                    deserializers[name](self._child(value))
            elif isinstance(additional, dict):
                cast("dict[str, JsonValue]", additional)[name] = value


def _is_json_backed(model: object) -> bool:
    return isinstance(model, JsonBacked)


class GraphParseNodeFactory(ParseNodeFactory):
    """Makes parse nodes from JSON; works in Kiota's registry and with Kiota's own adapter."""

    def get_valid_content_type(self) -> str:
        """Return the content type that this factory reads."""
        return "application/json"

    def get_root_parse_node(self, content_type: str, content: bytes) -> GraphParseNode:
        """Decode a response body.

        Raises:
            ValueError: the content type or the body is not JSON.
        """
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise ValueError(f"cannot read {content_type!r}; this factory reads application/json")
        return GraphParseNode(decode_json(content))
