"""Kiota's parse-node interface over decoded JSON, and the factory that plugs it into Kiota's adapters."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, TypeVar, cast
from uuid import UUID

from kiota_abstractions.serialization import Parsable, ParsableFactory, ParseNode, ParseNodeFactory

from graph_meetings_runtime.json_codec import JsonValue, decode_json
from graph_meetings_runtime.models import edm
from graph_meetings_runtime.models.edm import EdmType
from graph_meetings_runtime.models.json_backed import JsonBacked

T = TypeVar("T", bool, str, int, float, UUID, datetime, timedelta, date, time, bytes)
U = TypeVar("U", bound=Parsable)
K = TypeVar("K", bound=Enum)
V = TypeVar("V")

AssignmentCallback = Callable[[Parsable], None]

_TYPES: dict[type, EdmType[Any]] = {
    bool: edm.BOOLEAN,
    str: edm.STRING,
    int: edm.INT64,
    float: edm.DOUBLE,
    UUID: edm.GUID,
    datetime: edm.DATE_TIME_OFFSET,
    timedelta: edm.DURATION,
    date: edm.DATE,
    time: edm.TIME_OF_DAY,
    bytes: edm.BINARY,
}


class GraphParseNode(ParseNode):
    """A decoded JSON value as a Kiota parse node.

    A model of this package takes the JSON object as it is; any other Kiota model is filled property by property.

    Args:
        value: the decoded JSON value.
    """

    def __init__(self, value: JsonValue) -> None:
        self.value = value
        self._before: AssignmentCallback | None = None
        self._after: AssignmentCallback | None = None

    def get_child_node(self, identifier: str) -> "GraphParseNode | None":
        """Get the node of a property, `None` where the JSON has no such property."""
        if isinstance(self.value, dict) and identifier in self.value:
            return self._child(self.value[identifier])
        return None

    def get_object_value(self, factory: ParsableFactory[U]) -> U:
        """Make the model that the factory names."""
        result = factory.create_from_discriminator_value(self)
        if self._before:
            self._before(result)
        if isinstance(self.value, dict) and not _is_json_backed(result):
            self._assign(result, self.value)
        if self._after:
            self._after(result)
        return result

    def get_collection_of_object_values(self, factory: ParsableFactory[U]) -> list[U] | None:
        """Make a list of models; `None` where the JSON has no list."""
        if not isinstance(self.value, list):
            return None
        return [self._child(item).get_object_value(factory) for item in self.value]

    def get_collection_of_primitive_values(self, primitive_type: type[T]) -> list[T] | None:
        """Read a list of values of one type; `None` where the JSON has no list."""
        if not isinstance(self.value, list):
            return None
        read = cast("EdmType[T]", _TYPES[primitive_type]).read
        return [read(item) for item in self.value]

    def get_enum_value(self, enum_class: K) -> K | None:
        """Read a member by its value, or by its name as Kiota's own nodes do."""
        return self._member(enum_class, self.value)

    def get_collection_of_enum_values(self, enum_class: K) -> list[K] | None:
        """Read a list of members, or a comma-separated text of flags; unknown ones are left out."""
        values = self.value.split(",") if isinstance(self.value, str) else self.value
        if not isinstance(values, list):
            return None
        members = (self._member(enum_class, value) for value in values)
        return [member for member in members if member is not None]

    def get_str_value(self) -> str | None:
        """Read a string."""
        return self._read(edm.STRING)

    def get_bool_value(self) -> bool | None:
        """Read a boolean."""
        return self._read(edm.BOOLEAN)

    def get_int_value(self) -> int | None:
        """Read an integer."""
        return self._read(edm.INT64)

    def get_float_value(self) -> float | None:
        """Read a number."""
        return self._read(edm.DOUBLE)

    def get_uuid_value(self) -> UUID | None:
        """Read a GUID."""
        return self._read(edm.GUID)

    def get_datetime_value(self) -> datetime | None:
        """Read a moment, with its offset."""
        return self._read(edm.DATE_TIME_OFFSET)

    def get_timedelta_value(self) -> timedelta | None:
        """Read an ISO 8601 duration."""
        return self._read(edm.DURATION)

    def get_date_value(self) -> date | None:
        """Read a date."""
        return self._read(edm.DATE)

    def get_time_value(self) -> time | None:
        """Read a time of day."""
        return self._read(edm.TIME_OF_DAY)

    def get_bytes_value(self) -> bytes | None:
        """Read base64 text."""
        return self._read(edm.BINARY)

    @property
    def on_before_assign_field_values(self) -> AssignmentCallback | None:
        """What is called with a model before it is filled."""
        return self._before

    @on_before_assign_field_values.setter
    def on_before_assign_field_values(self, value: AssignmentCallback) -> None:
        self._before = value

    @property
    def on_after_assign_field_values(self) -> AssignmentCallback | None:
        """What is called with a model after it is filled."""
        return self._after

    @on_after_assign_field_values.setter
    def on_after_assign_field_values(self, value: AssignmentCallback) -> None:
        self._after = value

    def _child(self, value: JsonValue) -> "GraphParseNode":
        child = GraphParseNode(value)
        child._before, child._after = self._before, self._after
        return child

    def _read(self, edm_type: EdmType[V]) -> V | None:
        return None if self.value is None else edm_type.read(self.value)

    def _assign(self, model: Parsable, properties: dict[str, JsonValue]) -> None:
        deserializers = model.get_field_deserializers()
        additional: object = getattr(model, "additional_data", None)
        for name, value in properties.items():
            if name in deserializers:
                if value is not None:
                    deserializers[name](self._child(value))
            elif isinstance(additional, dict):
                cast("dict[str, JsonValue]", additional)[name] = value

    @staticmethod
    def _member(enum_class: K, value: JsonValue) -> K | None:
        members = cast("type[K]", enum_class)
        text = value.strip() if isinstance(value, str) else value
        by_value = next((member for member in members if member.value == text), None)
        if by_value is not None or not isinstance(text, str):
            return by_value
        return members.__members__.get(text[:1].upper() + text[1:])


def _is_json_backed(model: object) -> bool:
    return isinstance(model, JsonBacked)


class GraphParseNodeFactory(ParseNodeFactory):
    """Makes parse nodes from JSON bytes; works in Kiota's registry and with Kiota's stock adapter."""

    def get_valid_content_type(self) -> str:
        """Give the content type that this factory reads."""
        return "application/json"

    def get_root_parse_node(self, content_type: str, content: bytes) -> GraphParseNode:
        """Decode a response body.

        Raises:
            ValueError: the content type is not JSON, or the bytes are not.
        """
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise ValueError(f"cannot read {content_type!r}; this factory reads application/json")
        return GraphParseNode(decode_json(content))
