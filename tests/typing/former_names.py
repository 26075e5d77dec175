"""Former and deprecated names as a type checker sees them; checked in strict mode, never run.

They have the types of the present ones, and pyright advises against each use (PEP 702).
"""

# An ignore that ignores nothing is an error, so each of them says that pyright warns there.
# pyright: reportUnnecessaryTypeIgnoreComment=true

from datetime import datetime
from typing import assert_type

from graph_meetings import CallRecord, IdentitySet
from graph_meetings_runtime import DeltaRequestBuilder
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.deprecation import DeprecatedCollectionField, DeprecatedField
from graph_meetings_runtime.models.fields.field import Field
from tests.codegen.golden import Animal, Bear, Beast, Diet, Food, GraphMeetingsClient, Label
from tests.codegen.golden.request_builders import (
    AnimalItemRequestBuilder,
    AnimalsRequestBuilder,
    BeastsRequestBuilder,
    KeepersRequestBuilder,
)


def fields(animal: Animal, bear: Bear) -> None:
    assert_type(animal.velocity, float | None)  # pyright: ignore[reportDeprecated]  the point
    assert_type(animal.labels, list[Label] | None)  # pyright: ignore[reportDeprecated]  the point
    assert_type(bear.number, str)  # pyright: ignore[reportDeprecated]  the point
    assert_type(Animal.velocity, Field[float])  # pyright: ignore[reportDeprecated]  the point
    assert_type(Animal.labels, CollectionField[Label])  # pyright: ignore[reportDeprecated]  the point
    animal.velocity = 3.0  # pyright: ignore[reportDeprecated]  the point


def classes(beast: Beast, food: Food) -> None:
    assert_type(beast, Animal)
    assert_type(food, Diet)
    assert_type(Beast.from_raw({}), Animal)


def builders(graph: GraphMeetingsClient, animals: BeastsRequestBuilder, since: datetime) -> None:
    assert_type(animals, AnimalsRequestBuilder)
    assert_type(graph.wardens, KeepersRequestBuilder)  # pyright: ignore[reportDeprecated]  the point
    item = animals.by_beast_id("b")  # pyright: ignore[reportDeprecated]  the point
    assert_type(item, AnimalItemRequestBuilder)
    assert_type(item.cubs, AnimalsRequestBuilder)  # pyright: ignore[reportDeprecated]  the point
    assert_type(animals.newer(since=since), AnimalsRequestBuilder)  # pyright: ignore[reportDeprecated]  the point
    assert_type(animals.updates(), DeltaRequestBuilder[Animal])  # pyright: ignore[reportDeprecated]  the point
    assert_type(item.rival, AnimalItemRequestBuilder)  # pyright: ignore[reportDeprecated]  the point


def deprecated(record: CallRecord) -> None:
    assert_type(record.organizer, IdentitySet | None)  # pyright: ignore[reportDeprecated]  the point
    assert_type(record.participants, list[IdentitySet] | None)  # pyright: ignore[reportDeprecated]  the point
    assert_type(CallRecord.organizer, DeprecatedField[IdentitySet])
    assert_type(CallRecord.participants, DeprecatedCollectionField[IdentitySet])
