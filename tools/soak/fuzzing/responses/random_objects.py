"""Random JSON objects of every model, made from its table of fields."""

import random
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, Final

import graph_meetings
import graph_meetings.beta
from graph_meetings_emulator.odata.schema import item_type, odata_type
from graph_meetings_runtime import OpenEnum
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm_type import EdmType

_PACKAGES: Final[tuple[ModuleType, ...]] = (graph_meetings, graph_meetings.beta)
_DEEPEST: Final = 3

_VALUES: Final[dict[str, Callable[[random.Random], JsonValue]]] = {
    "Edm.Boolean": lambda chance: chance.random() < 0.5,
    "Edm.DateTimeOffset": lambda chance: f"2026-01-{chance.randrange(10, 29)}T09:30:00.{chance.randrange(10**7):07}Z",
    "Edm.Decimal": lambda chance: chance.randrange(10**6) / 100,
    "Edm.Duration": lambda chance: f"PT{chance.randrange(60)}M{chance.randrange(60)}.5S",
    "Edm.Int32": lambda chance: chance.randrange(2**31),
    "Edm.Int64": lambda chance: chance.randrange(2**63),
    "Edm.Single": lambda chance: chance.randrange(1000) / 8,
    "Edm.Stream": lambda _: "UklGRg",
    "Edm.String": lambda chance: f"{chance.choice(('a', 'München', '19:x@thread.v2', ''))}{chance.randrange(100)}",
}


def models() -> list[type[Model]]:
    """Return the models of both versions, always in the same order."""
    return [found for package in _PACKAGES for found in _public(package) if issubclass(found, Model)]


def random_object(model: type[Model], chance: random.Random, depth: int = 0) -> JsonObject:
    """Return a random object of a model with most of its fields, nested up to three levels deep."""
    raw: JsonObject = {}
    for name, field in fields_of(model).items():
        if name == "odata_type":
            raw[field.wire_name] = f"#{odata_type(model)}"
        elif chance.random() < 0.8 / (1 + depth):
            edm_type = item_type(field)
            if isinstance(field, CollectionField):
                raw[field.wire_name] = [_value(edm_type, chance, depth) for _ in range(chance.randrange(3))]
            else:
                raw[field.wire_name] = _value(edm_type, chance, depth)
    return raw


def _value(edm_type: EdmType[Any], chance: random.Random, depth: int) -> JsonValue:
    if edm_type.factory is not None:
        model: type[Model] = edm_type.factory()
        return random_object(model, chance, depth + 1) if depth < _DEEPEST else {}
    make = _VALUES.get(edm_type.name)
    return make(chance) if make is not None else chance.choice(_members(edm_type.name))


def _members(enumeration: str) -> list[str]:
    found: Any = next(filter(None, (getattr(package, enumeration, None) for package in reversed(_PACKAGES))))
    return [str(member) for member in found if isinstance(member, OpenEnum)]


def _public(package: ModuleType) -> Iterable[type]:
    names: list[str] = package.__all__
    return [found for name in sorted(names) if isinstance(found := getattr(package, name), type)]
