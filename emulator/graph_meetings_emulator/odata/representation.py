"""The JSON of an object as the request prefers it: with or without newer enumeration values and nulls."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeAlias, cast

from graph_meetings_emulator.odata.preferences import Preferences
from graph_meetings_emulator.odata.schema import item_type, properties
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, encode_json
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.open_enum import OpenEnum

_SENTINEL = "unknownFutureValue"
_Change: TypeAlias = Callable[[JsonValue], JsonValue]


@dataclass(frozen=True, slots=True, eq=False)
class Representation:
    """How objects of a model are written; `representation_of` makes one per model and preferences.

    Args:
        model: the class of the objects.
        unknown_members: whether to keep enumeration values newer than `unknownFutureValue`.
        omits_nulls: whether to leave out properties without a value.
    """

    model: type[Model]
    unknown_members: bool
    omits_nulls: bool

    def to_json(self, properties: JsonObject) -> JsonObject:
        """Return the JSON to write; the object itself is not changed."""
        result = properties if self.unknown_members else _as_known(self.model, properties)
        return cast("JsonObject", _without_nulls(result)) if self.omits_nulls else result

    def encode(self, properties: JsonObject) -> bytes:
        """Return the JSON to write, encoded."""
        return encode_json(self.to_json(properties))

    def leaves_unchanged(self, names: Iterable[str]) -> bool:
        """Return whether these properties are always written as they are, whatever their values."""
        return not self.omits_nulls and (self.unknown_members or _changes(self.model).keys().isdisjoint(names))


def representation_of(model: type[Model], preferences: Preferences) -> Representation:
    """Return the representation of a model's objects that a request prefers."""
    return _representation(model, preferences.unknown_members, preferences.omits_nulls)


@cache
def _representation(model: type[Model], unknown_members: bool, omits_nulls: bool) -> Representation:
    return Representation(model, unknown_members, omits_nulls)


def _as_known(model: type[Model], raw: JsonObject) -> JsonObject:
    """Replace every enumeration value that is newer than the sentinel by it, copying only what changes."""
    result = raw
    for name, change in _changes(type(model.from_raw(raw))).items():
        value = raw.get(name)
        if value is not None and (changed := change(value)) is not value:
            result = dict(result) if result is raw else result
            result[name] = changed
    return result


@cache
def _changes(model: type[Model]) -> Mapping[str, _Change]:
    """Return how to change each property that may need it, by name."""
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
    """Return the values that were added to an enumeration after its sentinel."""
    # The only way to tell that a type is an enumeration is to read a value: it becomes a member.
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
    """Remove null and empty properties, as documented for `omit-values=nulls`."""
    match value:
        case dict():
            kept = {name: _without_nulls(item) for name, item in value.items()}
            return {name: item for name, item in kept.items() if item is not None and item not in ("", [], {})}
        case list():
            return [_without_nulls(item) for item in value]
        case _:
            return value
