"""Models: lazy, typed, lossless views on JSON objects."""

import contextlib
import copy
import json
import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiota_abstractions.serialization import Parsable, ParseNode, SerializationWriter
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

from graph_meetings_runtime import FieldError, GraphParseNodeFactory, OpenEnum
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import Complex, Enumeration
from graph_meetings_runtime.models.values.edm import DATE_TIME_OFFSET, DECIMAL, DURATION, INT32, STRING

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Kind(OpenEnum):
    """Made up."""

    Small = "small"


class Person(Model, odata_type="test.person"):
    """Made up."""

    name = Field("name", STRING)
    friends = CollectionField("friends", Complex(lambda: Person))
    tags = CollectionField("tags", STRING)
    kind = Field("kind", Enumeration(Kind))
    born = Field("born", DATE_TIME_OFFSET)
    age = Field("age", INT32)
    charge = Field("charge", DECIMAL)
    nap = Field("nap", DURATION)
    boss = Field("boss", Complex(lambda: Person))


class Singer(Person, odata_type="test.singer"):
    """Made up."""

    voice = Field("voice", STRING)


class Meeting(Model):
    """Made up."""

    start = Field("startDateTime", DATE_TIME_OFFSET)


class Sleeper(Model, odata_type="test.sleeper"):
    """Made up."""

    naps = CollectionField("naps", DURATION)
    births = CollectionField("births", DATE_TIME_OFFSET)


NAMES = [field.wire_name for field in fields_of(Person).values()]


@given(st.dictionaries(st.sampled_from([*NAMES, "@odata.type", "later"]), JSON))
def test_any_object_reads_or_raises_a_field_error_and_stays_whole(raw: JsonObject) -> None:
    before = copy.deepcopy(raw)
    person = Person.from_raw(raw)
    for name in fields_of(person):
        with contextlib.suppress(FieldError):
            getattr(person, name)
    assert person.raw == before
    assert json.loads(person.to_json()) == before
    repr(person)


def test_a_bad_value_spoils_nothing_else() -> None:
    person = Person.from_raw({"name": "Ada", "born": "yesterday", "age": "much"})
    with pytest.raises(FieldError, match=r"Person\.born: 'yesterday' is not a valid Edm\.DateTimeOffset") as caught:
        _ = person.born
    assert (caught.value.model, caught.value.field, caught.value.value) == ("Person", "born", "yesterday")
    assert person.name == "Ada"
    with pytest.raises(FieldError, match=r"Person\.born"):
        _ = person.born


def test_an_object_is_the_same_at_every_reading_and_a_value_is_an_equal_one() -> None:
    person = Person.from_raw({"boss": {"name": "Grace"}, "born": "2026-01-15T00:00:00Z"})
    assert person.boss is person.boss
    assert person.born == person.born == datetime(2026, 1, 15, tzinfo=UTC)
    assert set(vars(person)) == {"boss"}


def test_a_missing_value_and_a_null_are_none() -> None:
    person = Person.from_raw({"name": None})
    assert person.name is None
    assert person.friends is None


def test_a_model_is_made_by_keyword() -> None:
    person = Person(name="Ada", born=datetime(1815, 12, 10, tzinfo=UTC), boss=Person(name="Grace"), kind=Kind.Small)
    assert person.raw == {
        "name": "Ada",
        "born": "1815-12-10T00:00:00Z",
        "boss": {"name": "Grace"},
        "kind": "small",
    }
    assert person.kind is Kind.Small
    with pytest.raises(TypeError, match="Person has no field 'nam'; did you mean 'name'"):
        Person(nam="Ada")
    with pytest.raises(TypeError, match="Meeting has no field 'startDateTime'; did you mean 'start'"):
        Meeting(startDateTime=None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5),
        ("age", "5"),
        ("age", True),
        ("born", "1815-12-10T00:00:00Z"),
        ("charge", 0.5),
        ("nap", 5),
        ("kind", 5),
        ("tags", "abc"),
        ("tags", [1]),
        ("friends", [{"name": "Ada"}]),
        ("boss", {"name": "Ada"}),
    ],
)
def test_a_value_of_another_type_is_not_taken(field: str, value: object) -> None:
    with pytest.raises(TypeError, match=r"expected .*, got "):
        Person(**{field: value})


def test_a_misspelt_assignment_is_refused() -> None:
    person = Person(name="Ada")
    with pytest.raises(AttributeError, match="did you mean 'name'"):
        person.nmae = "Grace"  # pyright: ignore[reportAttributeAccessIssue]  the point
    with pytest.raises(ValueError, match="naive"):
        person.born = datetime(1815, 12, 10)  # noqa: DTZ001  the point
    assert person.raw == {"name": "Ada"}


def test_an_assignment_reaches_the_json() -> None:
    person = Person.from_raw({"boss": {"name": "Grace"}, "name": "Ada"})
    assert person.name == "Ada"
    person.name = "Ada L."
    assert person.boss is not None
    person.boss.name = None
    assert person.name == "Ada L."
    assert person.raw == {"boss": {"name": None}, "name": "Ada L."}


def test_a_value_can_be_taken_away() -> None:
    person = Person.from_raw({"name": "Ada", "age": 36})
    assert person.age == 36
    del person.age
    del person.name
    assert person.age is None
    assert person.raw == {}
    with pytest.raises(AttributeError, match="no value named 'name'"):
        del person.name


def test_a_number_is_shown_as_it_came() -> None:
    person = Person.from_json(b'{"charge": 0.10}')
    assert repr(person) == "Person(charge=0.10)"
    assert json.dumps(person.raw) == '{"charge": 0.1}'


def test_a_list_that_was_read_can_be_changed() -> None:
    person = Person.from_raw({"friends": [{"name": "Grace"}], "tags": ["a"]})
    assert person.friends is not None
    assert person.tags is not None
    person.friends.append(Person(name="Joan"))
    person.tags.append("b")
    person.friends[0].friends = [Person(name="Ada")]
    again = person.friends[0].friends
    assert again is not None
    again.append(Person(name="Joan"))
    grace = {"name": "Grace", "friends": [{"name": "Ada"}, {"name": "Joan"}]}
    assert person.raw == {"friends": [grace, {"name": "Joan"}], "tags": ["a", "b"]}
    assert json.loads(person.to_json()) == person.raw


def test_a_list_that_was_only_read_keeps_every_digit() -> None:
    raw: JsonObject = {"naps": ["PT60S", None], "births": ["2026-01-15T00:00:00.1234567Z"]}
    person = Sleeper.from_raw(raw)
    assert person.naps == [timedelta(seconds=60)]
    assert person.births is not None
    assert person.raw == {"naps": ["PT60S", None], "births": ["2026-01-15T00:00:00.1234567Z"]}
    person.births.append(datetime(2026, 1, 16, tzinfo=UTC))
    assert person.raw["births"] == ["2026-01-15T00:00:00.1234567Z", "2026-01-16T00:00:00Z"]
    assert copy.deepcopy(person).births == person.births


def test_a_derived_type_is_found_and_an_unknown_one_is_the_declared() -> None:
    boss = Person.from_raw({"boss": {"@odata.type": "#test.singer", "voice": "alto"}}).boss
    assert isinstance(boss, Singer)
    assert boss.voice == "alto"
    other = Person.from_raw({"boss": {"@odata.type": "#test.dancer", "shoes": 2}}).boss
    assert type(other) is Person
    assert other.raw == {"@odata.type": "#test.dancer", "shoes": 2}
    assert other.additional_data == {"shoes": 2}


def test_a_derived_model_made_by_keyword_says_its_type() -> None:
    person = Person(boss=Singer(voice="alto"))
    assert person.raw == {"boss": {"@odata.type": "#test.singer", "voice": "alto"}}
    for copied in (copy.copy(person), copy.deepcopy(person), pickle.loads(pickle.dumps(person))):
        assert isinstance(copied.boss, Singer)
        assert copied.boss.voice == "alto"
    assert Person(name="Ada").raw == {"name": "Ada"}


def test_equality_is_by_type_and_json() -> None:
    assert Person(name="Ada") == Person.from_raw({"name": "Ada"})
    assert Person(name="Ada") != Person(name="Grace")
    assert Person(name="Ada") != Singer(name="Ada")
    assert Person(name="Ada") != "Ada"
    with pytest.raises(TypeError):
        hash(Person())


def test_copies_and_pickles_are_equal_and_apart() -> None:
    person = Person(name="Ada", boss=Person(name="Grace"))
    shallow, deep, restored = copy.copy(person), copy.deepcopy(person), pickle.loads(pickle.dumps(person))
    person.name = "Joan"
    assert person.boss is not None
    person.boss.name = "Joan"
    assert (shallow.name, deep.name, restored.name) == ("Ada", "Ada", "Ada")
    assert [model.boss and model.boss.name for model in (shallow, deep, restored)] == ["Joan", "Grace", "Grace"]


def test_a_model_matches() -> None:
    match Person.from_raw({"name": "Ada", "boss": {"name": "Grace"}}):
        case Person(name=name, boss=Person(name="Grace")):
            assert name == "Ada"
        case _:
            pytest.fail("no match")


def test_undeclared_properties_can_be_read_and_written() -> None:
    person = Person.from_raw({"name": "Ada", "later": 1})
    person.additional_data["more"] = [1, 2]
    assert dict(person.additional_data) == {"later": 1, "more": [1, 2]}
    assert len(person.additional_data) == 2
    assert "name" not in person.additional_data
    del person.additional_data["later"]
    assert person.raw == {"name": "Ada", "more": [1, 2]}


def test_another_kiota_model_is_filled_property_by_property() -> None:
    class Foreign(Parsable):
        def __init__(self) -> None:
            self.name: str | None = None
            self.when: datetime | None = None
            self.additional_data: dict[str, object] = {}

        @staticmethod
        def create_from_discriminator_value(parse_node: ParseNode) -> "Foreign":  # noqa: ARG004  Kiota's signature
            return Foreign()

        def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
            def name(node: ParseNode) -> None:
                self.name = node.get_str_value()

            def when(node: ParseNode) -> None:
                self.when = node.get_datetime_value()

            return {"name": name, "when": when}

        def serialize(self, writer: SerializationWriter) -> None:
            writer.write_str_value("name", self.name)

    content = b'{"name": "Ada", "when": "2026-01-15T00:00:00Z", "later": 1}'
    node = GraphParseNodeFactory().get_root_parse_node("application/json; charset=utf-8", content)
    foreign = node.get_object_value(Foreign)
    assert (foreign.name, foreign.when, foreign.additional_data) == (
        "Ada",
        datetime(2026, 1, 15, tzinfo=UTC),
        {"later": 1},
    )


def test_only_json_is_read() -> None:
    with pytest.raises(ValueError, match="cannot read 'text/html'"):
        GraphParseNodeFactory().get_root_parse_node("text/html", b"<html>")
    with pytest.raises(ValueError, match="needs a JSON object, not a list"):
        Person.from_json(b"[]")
    for content in (b"", b"{", b"[" * 100_000, b'"\xff"'):
        with pytest.raises(ValueError, match=r"."):
            Person.from_json(content)


def test_what_is_nested_deeply_is_copied_pickled_and_written_or_says_why_not() -> None:
    nested = Model.from_json(b'{"x": ' + b'{"a": ' * 700 + b"{}" + b"}" * 701)
    assert copy.deepcopy(nested).to_json() == nested.to_json()
    assert pickle.loads(pickle.dumps(nested)).to_json() == nested.to_json()
    with pytest.raises(ValueError, match="too deeply"):
        nested.serialize(JsonSerializationWriter())
    deepest: JsonObject = {}
    for _ in range(100_000):
        deepest = {"a": deepest}
    with pytest.raises(ValueError, match="too deeply"):
        Model.from_raw(deepest).to_json()


def test_a_repr_shows_no_query() -> None:
    model = Model.from_raw({"@odata.type": "https://storage.example/x?sig=SECRET"})
    assert repr(model) == "Model(odata_type='https://storage.example/x')"


@pytest.mark.parametrize("field", ["born", "charge", "nap", "friends", "age", "tags"])
@pytest.mark.parametrize("deep", [False, True])
def test_neither_a_repr_nor_a_field_error_shows_a_query_however_deep(field: str, *, deep: bool) -> None:
    url = "https://x.example/?s=SECRET"
    person = Person.from_raw({field: {"a": [{"b": url}]} if deep else url})
    with pytest.raises(FieldError) as caught:
        getattr(person, field)
    shown = "".join(traceback.format_exception(caught.value)) + repr(person)
    assert "SECRET" not in shown
    assert "x.example" in str(caught.value)


def test_a_chain_of_objects_that_was_walked_can_be_written() -> None:
    person = Person.from_json(b'{"boss": ' * 900 + b"{}" + b"}" * 900)
    boss = person
    while boss.boss is not None:
        boss = boss.boss
    boss.name = "Ada"
    assert person.to_json().endswith(b'{"name":"Ada"}' + b"}" * 900)
    with pytest.raises(ValueError, match="too deeply"):
        person.to_dict()


@pytest.mark.parametrize("depth", [500, 980, 5_000])
def test_what_can_be_decoded_can_be_used_or_is_nested_too_deeply(depth: int) -> None:
    body = b'{"a": ' * depth + b"0.5" + b"}" * depth
    try:
        deep = Model.from_json(body)
    except ValueError:  # from Python 3.12 on, more can be decoded
        return
    uses: list[Callable[[Model], object]] = [repr, dict, copy.deepcopy, pickle.dumps, Model.to_json, Model.to_dict]
    uses.append(lambda model: model.additional_data.update({"again": model.raw}))
    for use in uses:
        try:
            use(deep)
        except ValueError as error:
            assert "too deeply" in str(error)  # noqa: PT017  only some fail


def test_an_object_within_itself_is_nested_too_deeply() -> None:
    person = Person(name="Ada")
    person.boss = person
    assert person.raw["name"] == "Ada"
    for use in (Person.to_json, Person.to_dict, copy.deepcopy, pickle.dumps):
        with pytest.raises(ValueError, match="too deeply"):
            use(person)


def test_what_a_subclass_caches_is_no_field() -> None:
    class Mine(Model):
        @cached_property
        def half(self) -> str:
            return "x"

    mine = Mine.from_raw({"id": "1"})
    assert mine.half == "x"
    assert mine.raw == {"id": "1"}
