"""What rows the documented payloads become."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import graph_meetings.beta
from graph_meetings import AttendanceRecord, CallRecord, CallRecording, Cue, Session
from graph_meetings_archive import tables
from graph_meetings_runtime.json_codec import JsonObject
from tests.tables.payload_items import payload, payload_items


def present(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def test_a_recording_is_a_row_with_its_organizer() -> None:
    (row,) = tables.recordings.rows(payload_items("getallrecordings_page1_skipToken"))
    user = "5b1f0c77-3e0d-4d43-8a6e-9f2c41b7aa10"
    assert row["organizer_id"] == row["meeting_organizer_user_id"] == user
    assert row["created_date_time"] == datetime(2025, 3, 18, 14, 2, 11, 409382, tzinfo=UTC)
    assert row["meeting_organizer_user_user_identity_type"] == "aadUser"
    assert row["meeting_organizer_device_id"] is None
    assert tuple(row) == tables.recordings.schema.names


@pytest.mark.parametrize("raw", [False, True])
def test_tuples_are_the_values_of_rows(raw: bool) -> None:
    items = payload_items("getallrecordings_page1_skipToken")
    rows = list(tables.recordings.rows(items, raw=raw, organizer_id="ada"))
    assert [*tables.recordings.tuples(items, raw=raw, organizer_id="ada")] == [tuple(row.values()) for row in rows]


def test_what_the_caller_says_comes_before_what_the_item_says() -> None:
    (row,) = tables.recordings.rows(payload_items("getallrecordings_page1_skipToken"), organizer_id="ada")
    assert row["organizer_id"] == "ada"


def test_a_stream_has_its_networks_devices_and_place_in_the_call() -> None:
    first, second = tables.streams.rows(payload("callrecord_get_expand_sessions_segments"))
    assert [row["stream_number"] for row in (first, second)] == [1, 2]
    assert first["call_id"] == first["session_id"] == first["segment_id"] == "a4e81f36-0c95-4d7b-b2f8-6d13e9075ac2"
    assert first["caller_network_subnet"] == second["caller_network_subnet"] == "192.0.2.0"
    assert first["average_jitter"] == timedelta(milliseconds=16)
    assert first["caller_network_trace_route_hops"] == (
        '[{"hopCount":1,"ipAddress":"192.0.2.1","roundTripTime":"PT0.002S"}]'
    )
    assert (second["average_packet_loss_rate"], first["average_packet_loss_rate"]) == (0.01381693, 0.0)


def test_endpoints_and_user_agents_of_every_kind_have_columns() -> None:
    (row,) = tables.sessions.rows(payload("callrecord_get_expand_sessions_segments"))
    assert row["caller_user_agent_platform"] == "windows"
    assert row["callee_user_agent_communication_service_id"] == "0d1c6f52-7b3a-4c84-9e11-2f5a8b60d7c9"
    assert row["callee_feedback_tokens"] is not None
    assert "user_agent_role" not in row
    assert "caller_user_agent_role" in row


def test_sessions_alone_are_made_into_rows_once_the_call_is_named() -> None:
    record = CallRecord.from_raw(payload("callrecord_get_expand_sessions_segments"))
    sessions = record.sessions
    assert sessions is not None
    alone = list(tables.streams.rows(sessions, call_id=record.id, call_version=record.version))
    assert alone == list(tables.streams.rows(record))
    raw = [session.raw for session in sessions]
    assert alone == list(tables.streams.rows(raw, call_id=record.id, call_version=record.version))


def test_attendance_is_the_same_from_a_report_and_from_its_records() -> None:
    report = payload("attendancereport_get_expand")
    whole = list(tables.attendance.rows(report, meeting_id="m"))
    records = report["attendanceRecords"]
    assert isinstance(records, list)
    models = AttendanceRecord.from_raw_list(records)
    assert whole == list(tables.attendance.rows(models, meeting_id="m", report_id=report["id"]))
    raw = [model.raw for model in models]
    assert whole == list(tables.attendance.rows(raw, meeting_id="m", report_id=report["id"]))
    assert [row["record_number"] for row in whole] == list(range(1, len(whole) + 1))


def test_intervals_count_within_their_attendee() -> None:
    records = AttendanceRecord.from_raw_list([*payload_items("attendancerecords_list_acs_beta")])
    rows = list(tables.attendance_intervals.rows(records, meeting_id="m", report_id="r"))
    assert [(row["record_number"], row["interval_number"]) for row in rows] == [(1, 1), (2, 1), (2, 2)]


def test_charges_keep_their_digits() -> None:
    _, row = tables.pstn_calls.rows(payload_items("getpstncalls_page1"))
    assert (row["charge"], row["connection_charge"]) == (Decimal("0.1275"), Decimal("0.02"))


def test_the_year_1_is_no_moment() -> None:
    first, second = tables.direct_routing_calls.rows(payload_items("getdirectroutingcalls_page1"))
    assert first["failure_date_time"] is None
    assert second["end_date_time"] is None
    assert second["failure_date_time"] == datetime(2025, 3, 3, 8, 10, 4, 337000, tzinfo=UTC)


def test_the_organizer_of_a_call_is_part_of_its_row() -> None:
    (row,) = tables.calls.rows(payload("callrecord_get"))
    assert (row["organizer_id"], row["organizer_user_display_name"]) == (row["organizer_user_id"], "Ines Okafor")
    assert row["modalities"] == ["audio", "video"]


def test_cues_are_numbered_and_can_begin_before_the_transcription() -> None:
    cues = [Cue(timedelta(seconds=-1), timedelta(0), "Ada", "Hello."), Cue(timedelta(0), timedelta(1), None, "Hi.")]
    first, second = tables.transcript_cues.rows(cues, transcript_id="t")
    assert present(first) == {
        "transcript_id": "t",
        "cue_number": 1,
        "start": timedelta(seconds=-1),
        "end": timedelta(0),
        "speaker": "Ada",
        "text": "Hello.",
    }
    assert (second["cue_number"], second["speaker"]) == (2, None)


def test_numbers_go_on_through_any_number_of_items() -> None:
    cues = [Cue(timedelta(0), timedelta(1), None, str(number)) for number in range(1, 2001)]
    rows = list(tables.transcript_cues.rows(cues, transcript_id="t"))
    assert [row["cue_number"] for row in rows] == [int(row["text"]) for row in rows] == list(range(1, 2001))


def test_items_of_beta_become_the_same_rows() -> None:
    raw = payload("callrecord_get_expand_sessions_segments")
    beta = graph_meetings.beta.CallRecord.from_raw(raw)
    for table in (tables.calls, tables.sessions, tables.segments, tables.streams):
        assert list(table.rows(beta)) == list(table.rows(CallRecord.from_raw(raw))) == list(table.rows(raw))


def test_values_that_the_metadata_does_not_know_are_kept() -> None:
    (row,) = tables.calls.rows({"id": "c", "type": "hologram", "modalities": ["smell"]})
    assert (row["type"], row["modalities"]) == ("hologram", ["smell"])


def test_raw_adds_the_json_of_the_row() -> None:
    item: JsonObject = {"id": "r", "meetingId": "m", "addedLater": [1.50]}
    (row,) = tables.recordings.rows(item, organizer_id="o", raw=True)
    assert row["raw"] == '{"id":"r","meetingId":"m","addedLater":[1.5]}'
    assert tuple(row) == tables.recordings.schema.with_raw().names


def test_rows_are_made_while_items_are_read() -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield {"id": str(taken)}

    rows = tables.recordings.rows(endless(), organizer_id="o")
    assert next(rows)["id"] == "1"
    assert taken < 2000


def test_what_an_item_does_not_know_must_be_said() -> None:
    records = AttendanceRecord.from_raw_list([{"id": "a"}])
    message = r"attendance: the items do not say what they belong to; add meeting_id=…, report_id=…"
    with pytest.raises(TypeError, match=message):
        list(tables.attendance.rows(records))
    with pytest.raises(TypeError, match=r"add call_id=…$"):
        list(tables.streams.rows(Session(id="s")))


def test_a_parent_that_a_table_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match=r"attendance: unknown parent 'report'; did you mean 'report_id'\?"):
        list(tables.attendance.rows({}, report="r"))
    with pytest.raises(TypeError, match=r"calls: unknown parent 'x'; it has none"):
        list(tables.calls.rows({}, x="r"))
    with pytest.raises(TypeError, match=r"streams: the items say call_id themselves; remove that argument"):
        list(tables.streams.rows(CallRecord(id="c"), call_id="r"))
    with pytest.raises(TypeError, match=r"attendance: report_id must be str, got 7"):
        list(tables.attendance.rows({}, meeting_id="m", report_id=7))


def test_items_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match=r"calls: rows are made of callRecord, not of CallRecording"):
        list(tables.calls.rows(CallRecording(id="r")))
    with pytest.raises(TypeError, match=r"calls: rows are made of callRecord, not of str"):
        list(tables.calls.rows("text"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  the point


def test_all_tables_are_public_under_their_names() -> None:
    assert all(getattr(tables, table.name) is table for table in tables.ALL)
    assert len({table.name for table in tables.ALL}) == len(tables.ALL) == 14
