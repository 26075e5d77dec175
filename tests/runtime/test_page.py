"""Pages: the items of one response, and what it says of those that follow."""

import contextlib
from collections.abc import Callable, Sequence
from operator import methodcaller

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

from graph_meetings_runtime import MalformedResponse, Page
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.edm import STRING

NEXT = "https://graph.example/next"


class Person(Model):
    id = Field("id", STRING)


class Robot(Model):
    id = Field("id", STRING)


def page(*ids: str, **more: str) -> Page[Person]:
    return Page(Person, {"value": [{"id": id_} for id_ in ids], **more})


def test_a_page_is_a_sequence_of_its_items() -> None:
    people = page("1", "2", "3")
    assert isinstance(people, Sequence)
    assert [person.id for person in people] == ["1", "2", "3"]
    assert len(people) == 3
    assert people[0] is people.value[0]
    assert (people[-1].id, [person.id for person in people[1:]]) == ("3", ["2", "3"])
    assert Person(id="2") in people
    assert [person.id for person in reversed(people)] == ["3", "2", "1"]
    assert people.index(Person(id="3")) == 2
    with pytest.raises(IndexError):
        _ = people[3]
    with pytest.raises(KeyError):
        _ = people["id"]


@pytest.mark.parametrize("raw", [{"value": []}, {"value": [], "@odata.nextLink": NEXT}, {}])
def test_a_page_without_items_is_true(raw: JsonObject) -> None:
    assert Page(Person, raw)


USES: tuple[Callable[[Page[Person]], object], ...] = (len, list, iter, Page[Person].to_list, Page[Person].to_dict)


def test_what_is_not_a_collection_has_neither_items_nor_length() -> None:
    raws: list[JsonObject] = [{}, {"value": {}}, {"value": [1]}]
    for raw in raws:
        broken = Page(Person, raw)
        for use in USES:
            with pytest.raises(MalformedResponse, match="Person"):
                use(broken)


def test_pages_are_equal_if_their_model_and_json_are() -> None:
    assert page("1") == page("1")
    assert page("1") != page("2")
    assert page("1") != page("1", **{"@odata.nextLink": NEXT})
    assert Page[Model](Person, {"value": []}) != Page[Model](Robot, {"value": []})
    assert page("1") != [Person(id="1")]
    with pytest.raises(TypeError, match="unhashable"):
        hash(page())


def test_changes_in_items_reach_the_json_of_the_page() -> None:
    people = page("1", "2")
    people[0].id = "9"
    people.value.append(Person(id="3"))
    assert people.raw == {"value": [{"id": "9"}, {"id": "2"}, {"id": "3"}]}
    assert repr(people) == "Page(3 of Person, the last page)"
    writer = JsonSerializationWriter()
    people.serialize(writer)
    assert writer.writer == people.raw


@pytest.mark.parametrize(("count", "expected"), [(5, 5), (0, 0), (None, None), ("5", None), (True, None)])
def test_a_count_is_a_number_or_none(count: int | str | None, expected: int | None) -> None:
    assert Page(Person, {"value": [], "@odata.count": count}).odata_count == expected


EMPTY: JsonObject = {}
LISTS: st.SearchStrategy[JsonValue] = st.lists(st.sampled_from([None, EMPTY]), max_size=2).map(list[JsonValue])
JSON: st.SearchStrategy[JsonValue] = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | LISTS


@given(st.dictionaries(st.sampled_from(["value", "@odata.nextLink", "@odata.deltaLink", "@odata.count", "x"]), JSON))
def test_any_response_is_a_page_or_says_why_not(raw: JsonObject) -> None:
    people = Page(Person, raw)
    assert repr(people)[:5] in methodcaller("_repr_html_")(people)
    assert people.odata_count is None or people.odata_count == raw["@odata.count"]
    with contextlib.suppress(MalformedResponse):
        values = people.to_dict()
        assert len(values["value"]) == len(people)
        assert values.get("x") == raw.get("x")
    assert people
