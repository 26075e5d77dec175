"""Our parse node gives foreign Kiota models what Kiota's own JSON node does."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kiota_abstractions.serialization import ComposedTypeWrapper, Parsable, ParseNode, SerializationWriter
from kiota_serialization_json.json_parse_node import JsonParseNode

from graph_meetings_runtime import GraphParseNodeFactory, MalformedResponse
from graph_meetings_runtime.json_codec import JsonValue, plain_json
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.parse_node import GraphParseNode
from graph_meetings_runtime.models.values.edm import STRING

GETTERS = ("str", "bool", "int", "float", "uuid", "datetime", "timedelta", "date", "time", "bytes")
PRIMITIVES: tuple[Any, ...] = (str, bool, int, float, UUID, datetime, timedelta, date, time, bytes)


class Colour(str, Enum):  # noqa: UP042  Kiota's way
    """As Kiota generates them."""

    Red = "red"
    LightBlue = "lightBlue"
    None_ = "none"


class Foreign(Parsable):
    """As Kiota generates them."""

    def __init__(self) -> None:
        self.additional_data: dict[str, Any] = {}
        self.id: str | None = None
        self.size: int | None = None
        self.colour: Colour | None = None
        self.colours: list[Colour] | None = None
        self.pet: Pet | None = None
        self.friends: list[Foreign] | None = None

    @staticmethod
    def create_from_discriminator_value(parse_node: ParseNode) -> "Foreign":  # noqa: ARG004  Kiota's signature
        return Foreign()

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        return {
            "id": lambda node: setattr(self, "id", node.get_str_value()),
            "size": lambda node: setattr(self, "size", node.get_int_value()),
            "colour": lambda node: setattr(self, "colour", node.get_enum_value(Colour)),  # pyright: ignore[reportArgumentType]  Kiota's own types are wrong
            "colours": lambda node: setattr(self, "colours", node.get_collection_of_enum_values(Colour)),  # pyright: ignore[reportArgumentType]  the same
            "pet": lambda node: setattr(self, "pet", node.get_object_value(Pet)),
            "friends": lambda node: setattr(self, "friends", node.get_collection_of_object_values(Foreign)),
        }

    def serialize(self, writer: SerializationWriter) -> None:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Foreign) and _with_json(self) == _with_json(other)

    __hash__ = None  # type: ignore[assignment]  # it is compared by its values, which can change


def _with_json(model: Foreign) -> dict[str, Any]:
    """Return the values; of undeclared properties the JSON, of which Kiota's node makes dates and UUIDs."""
    made = JsonParseNode({}).try_get_anything(plain_json(model.additional_data))
    return {**vars(model), "additional_data": plain_json(made)}


class Pet(ComposedTypeWrapper, Parsable):
    """A union as Kiota generates it: a string, an integer, an object, or a list of objects."""

    def __init__(self) -> None:
        self.value: Any = None

    @staticmethod
    def create_from_discriminator_value(parse_node: ParseNode) -> "Pet":
        pet = Pet()
        child = parse_node.get_child_node("@odata.type")
        if child and child.get_str_value() == "#test.foreign":
            pet.value = Foreign()
        elif (text := parse_node.get_str_value()) is not None:
            pet.value = text
        elif (number := parse_node.get_int_value()) is not None:
            pet.value = number
        elif items := parse_node.get_collection_of_object_values(Foreign):
            pet.value = items
        return pet

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        return self.value.get_field_deserializers() if isinstance(self.value, Foreign) else {}

    def serialize(self, writer: SerializationWriter) -> None:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pet) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]  # it is compared by its values, which can change


TEXTS = st.text() | st.sampled_from(
    [
        *(
            "2026-01-15",
            "2026-01-15T00:00:00",
            "2026-01-15T00:00:00.1234567Z",
            "20260115T000000Z",
            "2026-W03-4",
            "09:30",
        ),
        *("PT1H", "P1Y", "P", "PT", "01:30:00", "P1W", "P99999999999D", "red", "lightBlue", "None", "red, none,x", ""),
        *(
            "7d0c5a1e-2f64-4b0e-9a55-0b6f1c3de901",
            "{7d0c5a1e2f644b0e9a550b6f1c3de901}",
            "aGk=",
            "a",
            "é",
            "true",
            "1.5",
        ),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
FOREIGN = st.recursive(
    SCALARS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "size", "colour", "colours", "pet", "friends", "@odata.type", "more"]),
            inner | st.just("#test.foreign"),
            max_size=4,
        )
    ),
    max_leaves=12,
)


def nodes(value: JsonValue) -> tuple[GraphParseNode, JsonParseNode]:
    """Return both nodes of one body, each decoded its own way."""
    body = json.dumps(value).encode()
    return GraphParseNodeFactory().get_root_parse_node("application/json", body), JsonParseNode(json.loads(body))


def outcome(call: Callable[[], object]) -> object:
    """Return the result, or the class of the error that is raised."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        return ValueError if isinstance(error, ValueError) else TypeError


@given(JSON)
@example({"id": 43})
@example("2026-01-15T00:00:00")
def test_every_getter_returns_what_kiotas_does(value: JsonValue) -> None:
    ours, theirs = nodes(value)
    for getter in GETTERS:
        result = outcome(getattr(ours, f"get_{getter}_value"))
        expected = outcome(getattr(theirs, f"get_{getter}_value"))
        assert (result, type(result)) == (expected, type(expected)), getter
    for enum_getter in ("get_enum_value", "get_collection_of_enum_values"):
        assert getattr(ours, enum_getter)(Colour) == getattr(theirs, enum_getter)(Colour)


@given(st.lists(JSON, max_size=3))
def test_every_list_of_values_is_what_kiotas_is(value: list[JsonValue]) -> None:
    ours, theirs = nodes(value)
    for type_ in PRIMITIVES:
        result = outcome(partial(ours.get_collection_of_primitive_values, type_))
        assert result == outcome(partial(theirs.get_collection_of_primitive_values, type_)), type_


@pytest.mark.parametrize("value", [None, "x", "[1]", 5, {"a": 1}])
def test_what_is_no_list_has_no_values(value: JsonValue) -> None:
    # Kiota's own node raises, takes the keys of an object for the values, or decodes a string as JSON.
    assert GraphParseNode(value).get_collection_of_primitive_values(int) is None


@given(FOREIGN)
@example([{"id": "8f84"}])
@example({"id": 43})
@example({"pet": [{"id": "8f84"}]})
@example({"pet": {"@odata.type": "#test.foreign", "id": "1"}})
@example({"pet": 5, "more": "2026-01-15"})
@example({"friends": {}, "colours": "red,none"})
def test_every_foreign_model_is_filled_as_by_kiotas_node(value: JsonValue) -> None:
    ours, theirs = nodes(value)
    for factory in (Foreign, Pet):
        result = outcome(partial(ours.get_object_value, factory))
        assert result == outcome(partial(theirs.get_object_value, factory))


def test_a_union_is_found_by_trying_its_getters() -> None:
    ours, _ = nodes({"pet": [{"id": "8f84"}, {"id": 43}]})
    pet = ours.get_object_value(Foreign).pet
    assert pet is not None
    assert [friend.id for friend in pet.value] == ["8f84", None]


def test_a_member_is_found_by_its_value_too() -> None:
    class Speed(Enum):
        Fast = "very-fast"
        Slow = 1

    assert GraphParseNode("very-fast").get_enum_value(Speed) is Speed.Fast  # type: ignore[type-var, comparison-overlap]  # pyright: ignore[reportArgumentType]  Kiota's own types are wrong
    assert GraphParseNode(1).get_enum_value(Speed) is Speed.Slow  # type: ignore[type-var, comparison-overlap]  # pyright: ignore[reportArgumentType]  the same


def test_callbacks_are_called_for_every_model() -> None:
    seen: list[str] = []

    def note(when: str) -> Callable[[Parsable], None]:
        return lambda _: seen.append(when)

    node, _ = nodes({"friends": [{}, {}]})
    node.on_before_assign_field_values = note("before")
    node.on_after_assign_field_values = note("after")
    node.get_object_value(Foreign)
    assert seen == ["before", "before", "after", "before", "after", "after"]


def test_our_own_models_need_an_object() -> None:
    class Person(Model):
        id = Field("id", STRING)

    assert GraphParseNode({"id": 43}).get_object_value(Person).raw == {"id": 43}
    values: list[JsonValue] = [[], "x", 5, None]
    for value in values:
        with pytest.raises(MalformedResponse, match="expected a Person object, got"):
            GraphParseNode(value).get_object_value(Person)
