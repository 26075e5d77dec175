"""The documented response bodies: parsed, read, and serialized without loss."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from kiota_serialization_json.json_serialization_writer_factory import JsonSerializationWriterFactory

import graph_meetings
from graph_meetings import CallRecording, TeamworkUserIdentity, beta
from graph_meetings_runtime import GraphParseNodeFactory, OpenEnum, Page
from graph_meetings_runtime.json_codec import JsonObject, Number
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.collection_field import CollectionField
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model, model_factory
from graph_meetings_runtime.models.page import page_factory
from tests.support.payloads import content, names, payload

# The model of a body, by the beginning of its name; in beta where its shape is one of beta's.
MODELS: dict[str, type[Model]] = {
    "adhoc_recording": graph_meetings.CallRecording,
    "attendancerecords_list_acs_beta": beta.AttendanceRecord,
    "attendancerecords_list_webinar_beta": beta.AttendanceRecord,
    "attendancerecords": graph_meetings.AttendanceRecord,
    "attendancereport": graph_meetings.MeetingAttendanceReport,
    "callrecord": graph_meetings.CallRecord,
    "getallrecordings": graph_meetings.CallRecording,
    "getalltranscripts": graph_meetings.CallTranscript,
    "getdirectroutingcalls": graph_meetings.DirectRoutingLogRow,
    "getpstncalls": graph_meetings.PstnCallLogRow,
    "onlinemeeting": graph_meetings.OnlineMeeting,
    "organizer_v2": graph_meetings.Organizer,
    "participants_v2": graph_meetings.Participant,
    "recordings": graph_meetings.CallRecording,
    "sessions_list_beta": beta.Session,
    "sessions": graph_meetings.Session,
    "transcript": graph_meetings.CallTranscript,
}
BODIES = names("*.json")

# Whoever reads every field reads the deprecated ones too.
pytestmark = pytest.mark.filterwarnings(r"ignore:\w+\.\w+. Deprecated since:DeprecationWarning")


def model_of(name: str) -> type[Model]:
    return next(kind for beginning, kind in MODELS.items() if name.startswith(beginning))


def models(name: str) -> list[Model]:
    raw, kind = payload(name), model_of(name)
    return [*Page(kind, raw).value] if "value" in raw else [kind.from_raw(raw)]


def walk(model: Model) -> Iterator[tuple[Model, str, Field[Any]]]:
    """Every declared field of a model and of the models in it."""
    for name, field in fields_of(model).items():
        yield model, name, field
        value = getattr(model, name)
        for item in as_list(value):
            if isinstance(item, Model):
                yield from walk(item)


@pytest.mark.parametrize("name", BODIES)
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
        "Edm.Boolean": bool,
        "Edm.DateTimeOffset": datetime,
        "Edm.Decimal": Decimal,
        "Edm.Double": float,
        "Edm.Duration": timedelta,
        "Edm.Int32": int,
        "Edm.Int64": int,
        "Edm.Single": float,
        "Edm.Stream": bytes,
        "Edm.String": str,
    }
    return named.get(field.edm_type.name, OpenEnum)


@pytest.mark.parametrize("name", BODIES)
def test_an_untouched_body_serializes_to_equal_json(name: str) -> None:
    raw = payload(name)
    kind = model_of(name)
    whole = Page(kind, raw) if "value" in raw else kind.from_raw(raw)
    writer = JsonSerializationWriterFactory().get_serialization_writer("application/json")
    writer.write_object_value(None, whole)
    assert json.loads(writer.get_serialized_content()) == json.loads(content(name))
    for model in models(name):
        for _ in walk(model):  # reading changes nothing
            pass
        assert json.loads(model.to_json()) == model.raw
    assert raw == json.loads(content(name))


@pytest.mark.parametrize("name", [name for name in BODIES if "value" in payload(name)])
def test_kiotas_stock_json_reads_a_page_like_ours(name: str) -> None:
    ours = GraphParseNodeFactory().get_root_parse_node("application/json", content(name))
    stock = JsonParseNodeFactory().get_root_parse_node("application/json", content(name))
    kind = model_of(name)
    our_page = ours.get_object_value(page_factory(kind))
    stock_page = stock.get_object_value(page_factory(kind))
    assert stock_page.odata_next_link == our_page.odata_next_link
    assert stock_page.odata_delta_link == our_page.odata_delta_link
    assert stock_page.odata_count == our_page.odata_count
    assert len(stock_page.value) == len(our_page.value)
    for stock_item, our_item in zip(stock_page.value, our_page.value, strict=True):
        assert fields(stock_item) == fields(our_item)


@pytest.mark.parametrize("name", [name for name in BODIES if "value" not in payload(name)])
def test_kiotas_stock_json_reads_an_object_like_ours(name: str) -> None:
    kind = model_of(name)
    stock = (
        JsonParseNodeFactory()
        .get_root_parse_node("application/json", content(name))
        .get_object_value(model_factory(kind))
    )
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
        raw: JsonObject = {"meetingOrganizer": {"user": {"@odata.type": spelling, "userIdentityType": "aadUser"}}}
        organizer = CallRecording.from_raw(raw).meeting_organizer
        assert organizer is not None
        assert isinstance(organizer.user, TeamworkUserIdentity)


def test_numbers_keep_their_digits() -> None:
    recording = CallRecording.from_json(b'{"later": 1.50, "more": 12345678901234567890.123456789}')
    assert recording.raw["later"] == Number("1.5")
    assert recording.to_json() == b'{"later":1.50,"more":12345678901234567890.123456789}'
