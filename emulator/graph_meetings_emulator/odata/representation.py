"""The JSON of an object as a request prefers it: enumerations as old clients know them, without nulls."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeAlias, cast

from graph_meetings_emulator.odata.preferences import Preferences
from graph_meetings_emulator.odata.schema import item_type, properties
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, encode_json
from graph_meetings_runtime.models.edm import EdmType
from graph_meetings_runtime.models.field import CollectionField
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.open_enum import OpenEnum

_SENTINEL = "unknownFutureValue"
_Change: TypeAlias = Callable[[JsonValue], JsonValue]


@dataclass(frozen=True, slots=True, eq=False)
class Representation:
    """How objects of one model are written; `representation_of` makes one for each model and preference.

    Args:
        model: the class of the objects.
        unknown_members: whether enumerations keep the values that came after `unknownFutureValue`.
        omits_nulls: whether properties without a value are left out.
    """

    model: type[Model]
    unknown_members: bool
    omits_nulls: bool

    def to_json(self, properties: JsonObject) -> JsonObject:
        """Give the JSON to be written; the object itself is not changed."""
        shaped = properties if self.unknown_members else _as_known(self.model, properties)
        return cast("JsonObject", _without_nulls(shaped)) if self.omits_nulls else shaped

    def encode(self, properties: JsonObject) -> bytes:
        """Encode the JSON to be written."""
        return encode_json(self.to_json(properties))

    def leaves_unchanged(self, names: Iterable[str]) -> bool:
        """Say whether properties of these names are written as they are, whatever their values."""
        return not self.omits_nulls and (self.unknown_members or _changes(self.model).keys().isdisjoint(names))


def representation_of(model: type[Model], preferences: Preferences) -> Representation:
    """Give the shape of a model's objects."""
    return _representation(model, preferences.unknown_members, preferences.omits_nulls)


@cache
def _representation(model: type[Model], unknown_members: bool, omits_nulls: bool) -> Representation:
    return Representation(model, unknown_members, omits_nulls)


def _as_known(model: type[Model], raw: JsonObject) -> JsonObject:
    """Put the sentinel in place of every enumeration value that is newer than it; copy only what changes."""
    result = raw
    for name, change in _changes(type(model.from_raw(raw))).items():
        value = raw.get(name)
        if value is not None and (changed := change(value)) is not value:
            result = dict(result) if result is raw else result
            result[name] = changed
    return result


@cache
def _changes(model: type[Model]) -> Mapping[str, _Change]:
    """List the properties in which there can be something to change."""
    found: dict[str, _Change] = {}
    for field in properties(model).values():
        kind = item_type(field)
        change = _object_change(kind) if kind.factory else _member_change(kind)
        if change is not None:
            found[field.wire_name] = partial(_each, change) if isinstance(field, CollectionField) else change
    return found


def _object_change(kind: EdmType[Any]) -> _Change:
    def change(value: JsonValue) -> JsonValue:
        return _as_known(kind.factory(), value) if kind.factory and isinstance(value, dict) else value

    return change


def _member_change(kind: EdmType[Any]) -> _Change | None:
    newer = _newer_members(kind)
    return (lambda value: _SENTINEL if value in newer else value) if newer else None


def _newer_members(kind: EdmType[Any]) -> frozenset[str]:
    """List the values that an enumeration was given after its sentinel."""
    # Only reading tells that a type is an enumeration: its values are members.
    member: object = kind.read(_SENTINEL) if kind.wire_type is str and not kind.name.startswith("Edm.") else None
    if not isinstance(member, OpenEnum):
        return frozenset()
    values = [str(known) for known in type(member)]
    return frozenset(values[values.index(_SENTINEL) + 1 :]) if _SENTINEL in values else frozenset()


def _each(change: _Change, values: JsonValue) -> JsonValue:
    if not isinstance(values, list):
        return values
    changed = [change(value) for value in values]
    is_same = all(new is old for new, old in zip(changed, values, strict=True))
    return values if is_same else changed


def _without_nulls(value: JsonValue) -> JsonValue:
    """Leave out null and empty properties, as the documents say of `omit-values=nulls`."""
    match value:
        case dict():
            kept = {name: _without_nulls(item) for name, item in value.items()}
            return {name: item for name, item in kept.items() if item is not None and item not in ("", [], {})}
        case list():
            return [_without_nulls(item) for item in value]
        case _:
            return value
