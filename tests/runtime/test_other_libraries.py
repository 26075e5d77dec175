"""Other libraries see the values of models and pages, or fail loudly; none of them sees an empty object."""

import copy
import csv
import dataclasses
import io
import json
import pprint
from collections.abc import Callable, Mapping, Sequence, Sized
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import orjson
import pydantic
import pydantic_core
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_runtime import FieldError, OpenEnum, Page
from graph_meetings_runtime.json_codec import JsonObject, decode_json
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field, KeyField
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import Complex, Enumeration
from graph_meetings_runtime.models.values.edm import DATE_TIME_OFFSET, DECIMAL, DURATION, INT32, STRING

REASON = "the library is not installed"


class Kind(OpenEnum):
    Group = "group"


class Person(Model, odata_type="test.person"):
    id = KeyField("id", STRING)
    kind = Field("kind", Enumeration(Kind))
    kinds = CollectionField("kinds", Enumeration(Kind))
    born_at = Field("bornAt", DATE_TIME_OFFSET)
    age = Field("age", INT32)
    charge = Field("charge", DECIMAL)
    nap = Field("nap", DURATION)
    boss = Field("boss", Complex(lambda: Person))
    friends = CollectionField("friends", Complex(lambda: Person))


RAW = b"""{
    "id": "1", "kind": "group", "kinds": ["group", "later"], "bornAt": "2026-01-15T00:00:00Z", "charge": 0.10,
    "nap": "PT60S", "boss": {"id": "2", "extra": 0.5}, "friends": [{"age": 3}], "later": {"rate": 0.25}
}"""
NOBODY = dict.fromkeys(["id", "kind", "kinds", "born_at", "age", "charge", "nap", "boss", "friends"])
PLAIN: dict[str, Any] = {
    **NOBODY,
    "id": "1",
    "kind": "group",
    "kinds": ["group", "later"],
    "born_at": datetime(2026, 1, 15, tzinfo=UTC),
    "charge": Decimal("0.10"),
    "nap": timedelta(minutes=1),
    "boss": {**NOBODY, "id": "2", "extra": 0.5},
    "friends": [{**NOBODY, "age": 3}],
    "later": {"rate": 0.25},
}
NEXT = "https://graph.example/next"


def person() -> Person:
    return Person.from_json(RAW)


def page() -> Page[Person]:
    return Page(Person, {"value": [decode_json(RAW), {"id": "4"}], "@odata.nextLink": NEXT})


def as_json(values: object) -> Any:
    """Return what a JSON encoder of the usual kind makes of plain values."""
    return json.loads(msgspec.json.encode(values))


# Plain Python


def test_a_model_becomes_a_dict_of_plain_python_values() -> None:
    values = person().to_dict()
    assert values == PLAIN
    assert [type(value) for value in (values["kind"], *values["kinds"], values["later"]["rate"])] == [*[str] * 3, float]
    assert "odata_type" not in values
    assert Person.from_raw({"@odata.type": "#test.person"}).to_dict()["odata_type"] == "#test.person"


def test_a_dict_has_what_was_changed_and_is_a_copy() -> None:
    model = person()
    assert model.boss is not None
    assert model.friends is not None
    model.boss.age = 50
    model.friends.append(Person(id="5"))
    values = model.to_dict()
    assert values["boss"]["age"] == 50
    assert [friend["id"] for friend in values["friends"]] == [None, "5"]
    values["later"]["rate"] = values["boss"]["id"] = "changed"
    values["friends"].clear()
    assert (model.raw["later"], model.boss.id, len(model.friends)) == ({"rate": 0.25}, "2", 2)


def test_a_malformed_value_is_not_left_out_of_a_dict() -> None:
    model = Person.from_raw({"id": "1", "age": "much"})
    with pytest.raises(FieldError, match=r"Person\.age"):
        model.to_dict()
    with pytest.raises(FieldError, match=r"Person\.age"):
        dict(model)


def test_a_model_is_a_mapping_of_its_values() -> None:
    model = person()
    assert isinstance(model, Mapping)
    assert list(model) == list(PLAIN)
    assert isinstance(model, Sized)
    assert len(model) == len(PLAIN)
    assert dict(model)["boss"] is model["boss"] is model.boss
    assert (model["id"], model["age"], model.get("absent", "default"), model["later"]) == (
        "1",
        None,
        "default",
        {"rate": 0.25},
    )
    assert "age" in model
    assert "absent" not in model
    for name in ("absent", "bornAt", "odata_type", "to_dict"):
        with pytest.raises(KeyError):
            model[name]
    value: Any = model
    match value:
        case {"boss": {"id": boss}}:
            assert boss == "2"
        case _:
            pytest.fail("no match")


def test_an_object_without_values_is_true() -> None:
    class Nothing(Model):
        pass

    assert dict(Nothing()) == {}
    assert Nothing()
    assert Person()


def test_a_page_becomes_a_list_or_a_dict() -> None:
    assert page().to_list() == [PLAIN, {**NOBODY, "id": "4"}]
    whole = page()
    whole.raw["@odata.context"] = "c"
    assert whole.to_dict() == {
        "value": page().to_list(),
        "odata_count": None,
        "odata_next_link": NEXT,
        "odata_delta_link": None,
        "@odata.context": "c",
    }
    assert dict(page())["value"] == page().value


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**31), 2**31)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = [field.wire_name for field in fields_of(Person).values()]
PEOPLE: st.SearchStrategy[JsonObject] = st.deferred(
    lambda: st.fixed_dictionaries(
        {},
        optional={
            "id": st.text(),
            "kind": st.sampled_from(["group", "later"]),
            "bornAt": st.just("2026-01-15T00:00:00Z"),
            "age": st.integers(0, 150),
            "boss": st.none() | PEOPLE,
            "friends": st.lists(PEOPLE, max_size=2),
            "later": JSON,
        },
    )
)


@given(PEOPLE | st.dictionaries(st.sampled_from([*NAMES, "later", "more"]), JSON))
def test_no_property_is_missing_in_a_dict(raw: JsonObject) -> None:
    before = copy.deepcopy(raw)
    model = Person.from_raw(raw)
    names = {field.wire_name: name for name, field in fields_of(Person).items()}
    try:
        values = model.to_dict()
    except FieldError:
        return
    assert model.raw == before
    assert list(values) == list(model) == list(dict(model))
    for wire_name, value in raw.items():
        assert (values[names.get(wire_name, wire_name)] is None) == (value is None)
    assert values.get("later") == raw.get("later")
    assert values["id"] == getattr(model, "id", None)
    assert values["boss"] == (model.boss and model.boss.to_dict())
    assert values["friends"] == (None if model.friends is None else [friend.to_dict() for friend in model.friends])


# Libraries that know only their own types refuse


REFUSALS: dict[str, Callable[[Any], object]] = {
    "dataclasses.asdict": dataclasses.asdict,
    "dataclasses.astuple": dataclasses.astuple,
    "dataclasses.fields": dataclasses.fields,
    "dataclasses.replace": lambda value: dataclasses.replace(value, id="x"),
    "json": json.dumps,
    "orjson": orjson.dumps,
    "msgspec.json": msgspec.json.encode,
    "msgspec.msgpack": msgspec.msgpack.encode,
    "msgspec.to_builtins": msgspec.to_builtins,
    "pydantic_core.to_json": pydantic_core.to_json,
    "pydantic_core.to_jsonable_python": pydantic_core.to_jsonable_python,
    "pydantic, undeclared": pydantic.TypeAdapter[object](object).dump_json,
    "yaml": yaml.safe_dump,  # pyright: ignore[reportUnknownMemberType]  of the stub
}


@pytest.mark.parametrize("serialize", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("value", [person(), Person(), page(), Page(Person, {"value": []})], ids=repr)
def test_a_library_that_knows_neither_models_nor_mappings_refuses_them(
    serialize: Callable[[Any], object], value: object
) -> None:
    with pytest.raises((TypeError, pydantic_core.PydanticSerializationError, yaml.representer.RepresenterError)):
        serialize(value)


def test_a_model_is_not_a_dataclass_and_says_so() -> None:
    for value in (person(), page(), Person, Page):
        assert not dataclasses.is_dataclass(value)
        with pytest.raises(AttributeError, match=r"not a dataclass; use \.to_dict\(\)"):
            _ = value.__dataclass_fields__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportAttributeAccessIssue]  the point


def test_a_dataclass_with_a_model_in_it_keeps_the_model() -> None:
    @dataclasses.dataclass
    class Seen:
        who: Person

    assert dataclasses.asdict(Seen(person())) == {"who": person()}


def test_attrs_refuses() -> None:
    attrs: Any = pytest.importorskip("attrs", reason=REASON)
    with pytest.raises(attrs.exceptions.NotAnAttrsClassError):
        attrs.asdict(person())


def test_a_dict_can_be_encoded_by_all_of_them() -> None:
    plain = person().to_dict()
    assert json.loads(msgspec.json.encode(plain)) == as_json(PLAIN)
    assert pydantic_core.to_jsonable_python(plain)["born_at"] == "2026-01-15T00:00:00Z"
    assert orjson.loads(orjson.dumps(plain, default=str))["later"] == {"rate": 0.25}
    assert json.loads(json.dumps(plain, default=str))["kinds"] == ["group", "later"]


def test_an_encoder_that_is_told_to_makes_dicts_of_models() -> None:
    assert json.loads(msgspec.json.encode(page().value, enc_hook=dict))[0]["boss"]["id"] == "2"
    assert orjson.loads(orjson.dumps(Person(boss=Person(id="2")), default=dict))["boss"]["id"] == "2"


# Libraries that see the values


def test_pprint_and_csv_show_the_values() -> None:
    assert pprint.pformat(Person(id="1")) == "Person(id='1')"
    table = io.StringIO()
    writer = csv.DictWriter(table, ["id", "age"], extrasaction="ignore", lineterminator="\n")
    rows: Any = page()
    writer.writerows(rows)
    assert table.getvalue() == "1,\n4,\n"


def test_pydantic_serializes_a_declared_model() -> None:
    class Answer(pydantic.BaseModel):
        who: Person
        all: Page[Person]

    answer = Answer(who=person(), all=page())
    assert answer.model_dump() == {"who": PLAIN, "all": page().to_dict()}
    dumped = json.loads(answer.model_dump_json())
    assert dumped["who"]["born_at"] == "2026-01-15T00:00:00Z"
    assert dumped["all"]["odata_next_link"] == NEXT
    assert Answer.model_json_schema(mode="serialization")["properties"]["who"]["type"] == "object"
    with pytest.raises(pydantic.ValidationError, match="instance of Person"):
        Answer.model_validate({"who": {}, "all": page()})


async def test_fastapi_answers_with_the_values() -> None:
    fastapi: Any = pytest.importorskip("fastapi", reason=REASON)
    encoders: Any = pytest.importorskip("fastapi.encoders", reason=REASON)
    expected = encoders.jsonable_encoder(PLAIN)
    assert encoders.jsonable_encoder(person()) == expected
    assert encoders.jsonable_encoder(page())["value"][0] == expected
    assert encoders.jsonable_encoder(Page(Person, {"value": [], "@odata.nextLink": NEXT}))["odata_next_link"] == NEXT

    app = fastapi.FastAPI()
    app.get("/bare", response_model=None)(person)
    app.get("/declared", response_model=Person)(person)
    app.get("/list", response_model=list[Person])(lambda: page().value)
    app.get("/page", response_model=Page[Person])(page)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        answers = [(await client.get(path)).json() for path in ("/bare", "/declared", "/list", "/page")]
        assert (await client.get("/openapi.json")).status_code == 200
    assert answers[0]["boss"]["id"] == answers[1]["boss"]["id"] == answers[2][0]["boss"]["id"] == "2"
    assert answers[3]["value"] == answers[2]
    assert answers[3]["odata_next_link"] == NEXT


@pytest.mark.slow
@pytest.mark.parametrize("of", [lambda: page().value, page, lambda: page().to_list()], ids=["value", "page", "to_list"])
def test_pandas_makes_columns_of_the_fields(of: Callable[[], Sequence[Person]]) -> None:
    pandas: Any = pytest.importorskip("pandas", reason=REASON)
    frame = pandas.DataFrame(of())
    assert list(frame.columns) == list(PLAIN)
    assert list(frame["id"]) == ["1", "4"]
    assert frame["born_at"][0] == datetime(2026, 1, 15, tzinfo=UTC)
    assert frame["boss"][0]["id"] == "2"


def test_pandas_and_numpy_refuse_what_they_would_misread() -> None:
    pandas: Any = pytest.importorskip("pandas", reason=REASON)
    numpy: Any = pytest.importorskip("numpy", reason=REASON)
    for misread in (pandas.DataFrame, numpy.array):
        with pytest.raises(TypeError, match=r"use \.to_dict\(\)"):
            misread(person())
    with pytest.raises(TypeError, match=r"use \.to_dict\(\)"):
        numpy.array(page().value)
    assert list(pandas.Series(person()).index) == list(PLAIN)
    assert pandas.Series(page().value)[1].id == "4"


def test_polars_makes_columns_of_the_fields() -> None:
    polars: Any = pytest.importorskip("polars", reason=REASON)
    # Polars makes a type of an enumeration's members, which has no room for unknown values; a dict has their text.
    people = Page(Person, {"value": [person().__replace__(kinds=None).raw, {"id": "4"}]})
    for items in (people, people.value, people.to_list(), page().to_list()):
        frame = polars.DataFrame(items)
        assert frame.columns == list(PLAIN)
        assert frame["id"].to_list() == ["1", "4"]
        assert frame["boss"].to_list()[0]["id"] == "2"
    assert polars.DataFrame(page().to_list())["kinds"].to_list()[0] == ["group", "later"]


def test_cattrs_makes_plain_values() -> None:
    cattrs: Any = pytest.importorskip("cattrs", reason=REASON)
    assert cattrs.unstructure(person())["boss"]["id"] == "2"


def test_pyarrow_reads_a_list_of_dicts() -> None:
    pyarrow: Any = pytest.importorskip("pyarrow", reason=REASON)
    assert pyarrow.Table.from_pylist(page().to_list()).column_names == list(PLAIN)


def test_a_copy_with_other_values_loses_none() -> None:
    model = person()
    replaced = model.__replace__(id="9")  # what copy.replace of Python 3.13 calls
    assert (replaced.id, model.id) == ("9", "1")
    assert {**replaced.raw, "id": "1"} == model.raw
    with pytest.raises(AttributeError, match="no field 'name'"):
        model.__replace__(name="x")
