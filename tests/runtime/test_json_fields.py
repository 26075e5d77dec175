"""Fields that hold JSON as it is: places, shapes and values of no declared type."""

import copy
import pickle
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiota_serialization_json.json_parse_node import JsonParseNode

from graph_meetings_runtime import FieldError
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import GEO_JSON, UNTYPED

POINT: JsonObject = {"type": "Point", "coordinates": [4.25, 52.0]}
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


class Harbour(Model, odata_type="test.harbour"):
    place = Field("place", GEO_JSON)
    buoys = CollectionField("buoys", GEO_JSON)
    remark = Field("remark", UNTYPED)
    remarks = CollectionField("remarks", UNTYPED)


def test_a_place_is_the_geo_json_that_the_service_sends() -> None:
    harbour = Harbour.from_raw({"place": POINT, "buoys": [POINT, POINT]})
    assert harbour.place == POINT
    assert harbour.buoys == [POINT, POINT]
    assert harbour.to_dict()["place"] == {"type": "Point", "coordinates": [4.25, 52.0]}
    assert type(harbour.to_dict()["place"]["coordinates"][0]) is float


def test_what_is_not_an_object_is_not_a_place() -> None:
    with pytest.raises(FieldError, match=r"Harbour\.place: 'POINT\(4 52\)' is not a valid GeoJSON: expected an object"):
        _ = Harbour.from_raw({"place": "POINT(4 52)"}).place
    with pytest.raises(TypeError, match="expected a GeoJSON object, got 'here'"):
        Harbour(place="here")


@given(VALUES)
def test_a_value_of_no_declared_type_is_kept(value: JsonValue) -> None:
    harbour = Harbour.from_raw({"remark": value, "remarks": [value]})
    assert harbour.remark == value
    assert harbour.remarks == [value]
    made = Harbour(remark=value, remarks=[value])
    assert made == harbour == copy.deepcopy(harbour) == pickle.loads(pickle.dumps(harbour))


def test_only_json_can_be_given() -> None:
    with pytest.raises(TypeError):
        Harbour(remark=object())
    with pytest.raises(TypeError, match="a filter cannot compare JSON with"):
        _ = Harbour.place == POINT


def test_a_change_within_it_is_written() -> None:
    harbour = Harbour.from_raw({"place": dict(POINT), "buoys": [POINT]})
    assert harbour.place is not None
    assert harbour.buoys is not None
    harbour.place["type"] = "Moved"
    harbour.buoys.append({"type": "Point", "coordinates": []})
    assert harbour.raw["place"] == {**POINT, "type": "Moved"}
    assert harbour.raw["buoys"] == [POINT, {"type": "Point", "coordinates": []}]


@given(VALUES)
def test_kiotas_own_node_loses_nothing_of_it(value: JsonValue) -> None:
    raw: JsonObject = {"place": POINT, "buoys": [POINT], "remark": value, "remarks": [value]}
    if not _looks_parsed(value):
        assert JsonParseNode(copy.deepcopy(raw)).get_object_value(Harbour).raw == raw


def _looks_parsed(value: JsonValue) -> bool:
    """Whether Kiota's node would make a date or a UUID of a text."""
    return JsonParseNode({}).try_get_anything(value) != value or isinstance(value, datetime)
