"""The documented response bodies: parsed, read, and serialized without loss."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from kiota_serialization_json.json_serialization_writer_factory import JsonSerializationWriterFactory

from graph_meetings import CallRecording, OnlineMeeting, TeamworkUserIdentity
from graph_meetings_runtime import GraphParseNodeFactory, OpenEnum, Page
from graph_meetings_runtime.field import CollectionField, Field
from graph_meetings_runtime.json_codec import Number
from graph_meetings_runtime.model import Model, fields_of
from graph_meetings_runtime.page import page_factory
from tests.payloads import content, names, payload

RECORDING_PAGES = [name for name in names("recordings_*", "getallrecordings_*") if "value" in payload(name)]
SINGLE_RECORDINGS = [name for name in names("recordings_get*") if "value" not in payload(name)]


def models(name: str) -> list[Model]:
    raw = payload(name)
    kind = OnlineMeeting if name.startswith("onlinemeeting") else CallRecording
    return [*Page(kind, raw).value] if "value" in raw else [kind.from_raw(raw)]


def walk(model: Model) -> Iterator[tuple[Model, str, Field[Any]]]:
    """Every declared field of a model and of the models in it."""
    for name, field in fields_of(model).items():
        yield model, name, field
        value = getattr(model, name)
        for item in as_list(value):
            if isinstance(item, Model):
                yield from walk(item)


@pytest.mark.parametrize("name", names("*.json"))
def test_every_declared_field_reads_with_its_declared_type(name: str) -> None:
    read = 0
    for model in models(name):
        for owner, field_name, field in walk(model):
            value = getattr(owner, field_name)
            raw = owner.raw.get(field.wire_name)
            assert (value is None) == (raw is None)
            if value is not None:
                read += 1
                assert isinstance(value, expected_type(field)), (field_name, value)
    assert read or not models(name)


def as_list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def expected_type(field: Field[Any]) -> type:
    if isinstance(field, CollectionField):
        return list
    if field.edm_type.factory is not None:
        return field.edm_type.factory()
    named: dict[str, type] = {
        "Edm.String": str,
        "Edm.Boolean": bool,
        "Edm.DateTimeOffset": datetime,
        "Edm.Int32": int,
        "Edm.Int64": int,
        "Edm.Decimal": Decimal,
        "Edm.Stream": bytes,
    }
    return named.get(field.edm_type.name, OpenEnum)


@pytest.mark.parametrize("name", names("*.json"))
def test_an_untouched_body_serializes_to_equal_json(name: str) -> None:
    raw = payload(name)
    whole = Page(CallRecording, raw) if "value" in raw else CallRecording.from_raw(raw)
    writer = JsonSerializationWriterFactory().get_serialization_writer("application/json")
    writer.write_object_value(None, whole)
    assert json.loads(writer.get_serialized_content()) == json.loads(content(name))
    for model in models(name):
        for _ in walk(model):  # reading changes nothing
            pass
        assert json.loads(model.to_json()) == model.raw
    assert raw == json.loads(content(name))


@pytest.mark.parametrize("name", RECORDING_PAGES)
def test_kiotas_stock_json_reads_a_page_like_ours(name: str) -> None:
    ours = GraphParseNodeFactory().get_root_parse_node("application/json", content(name))
    stock = JsonParseNodeFactory().get_root_parse_node("application/json", content(name))
    our_page = ours.get_object_value(page_factory(CallRecording))
    stock_page = stock.get_object_value(page_factory(CallRecording))
    assert stock_page.odata_next_link == our_page.odata_next_link
    assert stock_page.odata_delta_link == our_page.odata_delta_link
    assert stock_page.odata_count == our_page.odata_count
    assert len(stock_page.value) == len(our_page.value)
    for stock_item, our_item in zip(stock_page.value, our_page.value, strict=True):
        assert fields(stock_item) == fields(our_item)


@pytest.mark.parametrize("name", [*SINGLE_RECORDINGS, "onlinemeeting_get.json"])
def test_kiotas_stock_json_reads_an_object_like_ours(name: str) -> None:
    kind: type[Model] = OnlineMeeting if name.startswith("onlinemeeting") else CallRecording
    stock = JsonParseNodeFactory().get_root_parse_node("application/json", content(name)).get_object_value(kind)
    assert fields(stock) == fields(kind.from_json(content(name)))


def fields(model: Model) -> dict[str, Any]:
    """The values of a model, nested ones as dicts, nulls left out as Kiota's stock node does."""

    def plain(value: object) -> object:
        if isinstance(value, Model):
            return (type(value).__name__, fields(value))
        items = as_list(value)
        return [plain(item) for item in items] if isinstance(value, list) else value

    return {name: plain(value) for name in fields_of(model) if (value := getattr(model, name)) is not None}


def test_the_spellings_of_a_type_name_the_same_class() -> None:
    for spelling in (
        "#microsoft.graph.teamworkUserIdentity",
        "#Microsoft.Teams.GraphSvc.teamworkUserIdentity",
        "#microsoft.graph.TeamworkUserIdentity",
        "microsoft.graph.teamworkUserIdentity",
        "teamworkUserIdentity",
    ):
        raw = {"meetingOrganizer": {"user": {"@odata.type": spelling, "userIdentityType": "aadUser"}}}
        organizer = CallRecording.from_raw(raw).meeting_organizer  # type: ignore[arg-type]
        assert organizer is not None
        assert isinstance(organizer.user, TeamworkUserIdentity)


def test_numbers_keep_their_digits() -> None:
    recording = CallRecording.from_json(b'{"later": 1.50, "more": 12345678901234567890.123456789}')
    assert recording.raw["later"] == Number("1.5")
    assert recording.to_json() == b'{"later":1.50,"more":12345678901234567890.123456789}'
