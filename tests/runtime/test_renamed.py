"""Former names lead to the current ones and warn."""

import inspect
import pickle
import warnings
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime import OpenEnum
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.fields.renamed import RenamedField, RenamedMember, renamed, renamed_classes
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import Complex
from graph_meetings_runtime.models.values.edm import INT32, STRING

# The tests use what a type checker advises against.
# pyright: reportDeprecated=false


class Diet(OpenEnum):
    Plants = "plants"
    Grass = RenamedMember("Plants")


class Animal(Model, odata_type="test.animal"):
    legs = Field("legCount", INT32)
    tags = CollectionField("tags", STRING)
    rival = Field("rival", Complex(lambda: Animal))
    feet = RenamedField(legs)
    labels = RenamedField(tags)
    enemy = RenamedField(rival)


class Bear(Animal, odata_type="test.bear"):
    paws = RenamedField(Animal.legs)


FEET = "Animal.feet was renamed: use legs"


def heard(use: Callable[[], object]) -> list[str]:
    """Return the warnings, each of which must point at a line of this file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
    assert {warning.filename for warning in caught} <= {__file__}
    assert {warning.category for warning in caught} <= {DeprecationWarning}
    return [str(warning.message) for warning in caught]


def test_a_former_field_reads_the_present_one_and_warns_each_time() -> None:
    animal = Animal.from_raw({"legCount": 4, "tags": ["a"]})

    def use() -> None:
        assert (animal.feet, animal.feet) == (4, 4)
        assert animal.labels is animal.tags

    assert heard(use) == [FEET, FEET, "Animal.labels was renamed: use tags"]


def test_the_warning_names_the_line_of_the_caller() -> None:
    animal = Animal(legs=4)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = inspect.stack()[0].lineno
        _ = animal.feet
        animal.feet = 3
        Animal(feet=3)
        del animal.feet
    assert [warning.lineno - line for warning in caught] == [1, 2, 3, 4]


def test_a_former_field_is_given_assigned_and_deleted() -> None:
    def use() -> Animal:
        animal = Animal(feet=4, enemy=Animal(legs=8))
        animal.feet = 3
        assert animal.rival is animal.enemy
        assert animal.raw == {"legCount": 3, "rival": {"legCount": 8}}
        del animal.feet
        assert animal.legs is None
        return animal

    assert len(heard(use)) == 5


def test_what_was_read_by_the_present_name_is_forgotten_by_the_former() -> None:
    animal = Animal(legs=4, rival=Animal())
    enemy = Animal(legs=8)
    assert (animal.legs, animal.rival) == (4, Animal())

    def use() -> None:
        animal.feet = 3
        animal.enemy = enemy

    assert len(heard(use)) == 2
    assert animal.legs == 3
    assert animal.rival is enemy
    enemy.legs = 7
    assert animal.raw == {"legCount": 3, "rival": {"legCount": 7}}
    with pytest.warns(DeprecationWarning, match=FEET):
        del animal.feet
    assert animal.legs is None


def test_a_value_of_another_type_is_refused_by_the_former_name_too() -> None:
    with pytest.warns(DeprecationWarning, match=FEET), pytest.raises(TypeError):
        Animal(feet="four")


def test_on_the_class_it_is_the_present_field() -> None:
    def use() -> None:
        assert Animal.feet is Animal.legs
        assert str(Animal.feet >= 2) == "legCount ge 2"
        assert str(Animal.labels.any()) == "tags/any()"

    assert heard(use) == [FEET, FEET, "Animal.labels was renamed: use tags"]


def test_a_derived_class_has_the_former_names_of_its_base_and_its_own() -> None:
    def use() -> None:
        assert (Bear(legs=4).feet, Bear(legs=4).paws) == (4, 4)

    assert heard(use) == [FEET, "Bear.paws was renamed: use legs"]


def test_a_former_name_matches() -> None:
    def use() -> None:
        match Animal(legs=4):
            case Animal(feet=4):
                pass
            case _:
                pytest.fail("no match")

    assert heard(use) == [FEET]


def test_the_former_name_is_no_field_of_its_own() -> None:
    # In the suite a warning is an error.
    animal = Animal(legs=4)
    assert set(fields_of(Animal)) == {"odata_type", "legs", "tags", "rival"}
    assert repr(animal) == "Animal(legs=4)"
    assert pickle.loads(pickle.dumps(animal)) == animal
    assert animal.additional_data == {}


@given(st.text() | st.sampled_from(["raw", "_fields", "from_raw", "__class__", "additional_data"]))
def test_only_former_names_are_taken(name: str) -> None:
    if name in {"legs", "tags", "rival", "odata_type", "feet", "labels", "enemy"}:
        return
    with pytest.raises(TypeError, match="Animal has no field"):
        Animal(**{name: None})
    with pytest.raises(AttributeError, match="Animal has no field"):
        setattr(Animal(), name, None)


def test_a_former_member_is_the_present_one_and_none_of_its_own() -> None:
    def use() -> None:
        # In a list, because mypy takes the former name for a member of its own.
        former, present = [Diet.Grass, Diet.Plants]
        assert former is present
        match Diet("plants"):
            case Diet.Grass:
                pass
            case _:
                pytest.fail("no match")

    assert heard(use) == ["Diet.Grass was renamed: use Plants"] * 2
    assert list(Diet) == [Diet.Plants]


class Builder:
    @property
    @renamed("use born")
    def first(self) -> int:
        """Former name."""
        return 1

    @renamed("use born")
    def second(self, *, since: int) -> int:
        return since


def test_a_former_method_or_property_calls_the_present_one() -> None:
    def use() -> None:
        assert (Builder().first, Builder().second(since=2)) == (1, 2)

    assert heard(use) == ["Builder.first was renamed: use born", "Builder.second was renamed: use born"]


def test_a_module_finds_only_what_it_had() -> None:
    find = renamed_classes(__name__, {"Beast": Animal})
    assert heard(lambda: find("Beast")) == [f"{__name__}.Beast was renamed: use Animal"]
    with pytest.raises(AttributeError, match=r"module '.*' has no attribute 'Best'") as caught:
        find("Best")
    assert caught.value.name == "Best"
