"""The types of properties that hold objects, enumeration members, or JSON as it is."""

# Otherwise, the annotations of nested functions would be evaluated hundreds of times at import.
from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json, encode_json, json_type
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.open_enum import OpenEnum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

M = TypeVar("M", bound=Model)
E = TypeVar("E", bound=OpenEnum)


def Complex(model: Callable[[], type[M]]) -> EdmType[M]:  # noqa: N802  reads as the type it stands for
    """Return the type of a property that holds an object.

    Args:
        model: returns the model class; called when the first value is read, so that classes can refer to each other.
    """
    wrap: Callable[[JsonObject], M] | None = None

    def read(raw: JsonValue) -> M:
        nonlocal wrap
        if not isinstance(raw, dict):
            raise TypeError(f"expected an object, got {json_type(raw)}")
        if wrap is None:
            wrap = model()._wrapper()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  a model's own part
        return wrap(raw)

    def write(value: M) -> JsonObject:
        if not isinstance(value, model()):
            raise TypeError(f"expected {model().__name__}, got {value!r}")
        return value.raw

    return EdmType("object", dict, read, write, _no_literal_of_object, factory=model)


def Enumeration(members: type[E]) -> EdmType[E]:  # noqa: N802  reads as the type it stands for
    """Return the type of a property that holds a member of an enumeration."""
    known: Mapping[str, E] = {member.value: member for member in members}

    def read(raw: JsonValue) -> E:
        member = known.get(raw) if isinstance(raw, str) else None
        if member is not None:
            return member
        if not isinstance(raw, str):
            raise TypeError(f"expected a string, got {json_type(raw)}")
        return members(raw)

    def write(value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"expected {members.__name__}, got {value!r}")
        return str(value)

    return EdmType(members.__name__, str, read, write, _member_literal)


def _no_literal_of_object(value: object) -> str:
    raise TypeError(f"a filter cannot compare an object with {value!r}; compare one of its fields, as in A.user / B.id")


def _member_literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _read_geo_json(raw: JsonValue) -> JsonObject:
    if not isinstance(raw, dict):
        raise TypeError(f"expected an object, got {json_type(raw)}")
    return raw


def _write_geo_json(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError(f"expected a GeoJSON object, got {value!r}")
    return cast("JsonObject", _write_json(cast("object", value)))


def _read_json(raw: JsonValue) -> JsonValue:
    return raw


def _write_json(value: object) -> JsonValue:
    return decode_json(encode_json(cast("JsonValue", value)))


def _no_literal(value: object) -> str:
    raise TypeError(f"a filter cannot compare JSON with {value!r}; write the filter as text")


GEO_JSON = EdmType("GeoJSON", dict, _read_geo_json, _write_geo_json, _no_literal)
"""A place or a shape (`Edm.GeographyPoint` and its kin), as the GeoJSON object that the service sends.

Source: OData 4.01 JSON format, section 7.1
"""

UNTYPED = EdmType("Edm.Untyped", dict, _read_json, _write_json, _no_literal)
"""A value of any type, as its JSON."""
