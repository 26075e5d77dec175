"""Call records: filters, preferences, expanded collections to their end, logs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from graph_meetings import (
    CallRecord,
    GraphMeetingsClient,
    MeetingAttendanceReport,
    Participant,
    Prefer,
    Segment,
    Session,
)
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import AccessDenied, GraphError, MalformedResponse, NotFound
from graph_meetings_runtime.json_codec import JsonObject, JsonValue

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def collect(sessions: AsyncIterator[Session], found: list[Session]) -> None:
    async for session in sessions:
        found.append(session)  # noqa: PERF401  what came before an error counts


@pytest.fixture
def record_id(emulator: Emulator) -> str:
    """A call of 150 participants, 70 sessions and 3 segments in each."""
    made = emulator.dataset.add_call_record(start=START, participants=150, sessions=70, segments=3)
    return str(made["id"])


async def test_records_are_found_by_time_and_by_participant(graph: GraphMeetingsClient, record_id: str) -> None:
    records = graph.communications.call_records
    window = (CallRecord.start_date_time >= START - timedelta(seconds=1)) & (
        CallRecord.start_date_time < START + timedelta(minutes=1)
    )
    assert [record.id async for record in records.list(filter=window)] == [record_id]
    record = await records.by_call_record_id(record_id).get(expand=[CallRecord.participants_v2])
    assert record.participants_v2 is not None
    someone = str(record.participants_v2[3].id)
    found = records.list(filter=CallRecord.participants_v2.any(Participant.id == someone) & window)
    assert [record.id async for record in found] == [record_id]


@pytest.mark.parametrize("metadata_links", [False, True])
async def test_an_expanded_collection_goes_on_to_its_end(
    emulator: Emulator, graph: GraphMeetingsClient, record_id: str, *, metadata_links: bool
) -> None:
    emulator.expansion.metadata_links = metadata_links
    builder = graph.communications.call_records.by_call_record_id(record_id)
    record = await builder.get(expand=[CallRecord.sessions.expand(Session.segments), CallRecord.participants_v2])
    assert record.sessions is not None
    assert len(record.sessions) == 60  # where the service cuts it off
    assert ("$metadata#" in str(record.raw["sessions@odata.nextLink"])) == metadata_links
    sessions = [session async for session in builder.expanded(record, CallRecord.sessions, expand="segments")]
    assert len(sessions) == len({session.id for session in sessions}) == 70
    assert all(len(session.segments or []) == 3 for session in sessions)
    people = [person.id async for person in builder.expanded(record, CallRecord.participants_v2)]
    assert len(people) == len(set(people)) == 150


async def test_a_collection_that_was_not_expanded_is_fetched(graph: GraphMeetingsClient, record_id: str) -> None:
    builder = graph.communications.call_records.by_call_record_id(record_id)
    record = await builder.get()
    assert record.sessions is None
    sessions = [session async for session in builder.expanded(record, CallRecord.sessions)]
    assert len(sessions) == 70
    one = builder.sessions.by_session_id(str(sessions[0].id))
    segments = [segment async for segment in one.expanded(sessions[0], Session.segments)]
    assert len(segments) == 3
    assert all(isinstance(segment, Segment) for segment in segments)


async def test_preferences_go_with_every_page_of_an_expanded_collection(
    emulator: Emulator, graph: GraphMeetingsClient, record_id: str
) -> None:
    builder = graph.communications.call_records.by_call_record_id(record_id)
    record = await builder.get(expand=CallRecord.sessions.expand())
    before = len(emulator.requests)
    prefer = Prefer(max_page_size=5, omit_values="nulls")
    sessions = [session async for session in builder.expanded(record, CallRecord.sessions, prefer=prefer)]
    assert len(sessions) == 70
    later = list(emulator.requests)[before:]
    assert later
    assert all(request.headers["prefer"] == "odata.maxpagesize=5, omit-values=nulls" for request in later)


async def test_an_expanded_link_elsewhere_is_refused(
    emulator: Emulator, graph: GraphMeetingsClient, record_id: str
) -> None:
    builder = graph.communications.call_records.by_call_record_id(record_id)
    record = await builder.get(expand="sessions")
    record.additional_data["sessions@odata.nextLink"] = "https://evil.example/v1.0/sessions"
    before = len(emulator.requests)
    given: list[Session] = []
    with pytest.raises(GraphError, match="only sends requests to"):
        await collect(builder.expanded(record, CallRecord.sessions), given)
    assert (len(given), len(emulator.requests)) == (60, before)


async def test_the_log_of_phone_calls_has_exact_charges(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    rows = emulator.dataset.add_log_rows("getPstnCalls", 5, start=START)
    log = graph.communications.call_records.get_pstn_calls(
        from_date_time=START, to_date_time=START + timedelta(minutes=5)
    )
    found = [row async for row in log.list()]
    assert [row.id for row in found] == [row["id"] for row in rows]
    assert all(isinstance(row.charge, Decimal) for row in found if row.raw.get("charge") is not None)
    assert any(row.charge is not None for row in found)


async def test_a_range_that_is_too_long_says_so(graph: GraphMeetingsClient) -> None:
    log = graph.communications.call_records.get_pstn_calls(
        from_date_time=START, to_date_time=START + timedelta(days=91)
    )
    with pytest.raises(GraphError) as caught:
        await log.get()
    assert caught.value.status == 406
    assert "90 days" in str(caught.value.hint)


async def test_a_record_older_than_the_retention_says_so(
    emulator: Emulator, graph: GraphMeetingsClient, record_id: str
) -> None:
    emulator.tenant.call_record_retention = timedelta(days=30)
    with pytest.raises(NotFound) as caught:
        await graph.communications.call_records.by_call_record_id(record_id).get()
    assert "30 days" in str(caught.value.hint)


async def test_a_missing_access_policy_says_which_permission_and_policy(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str
) -> None:
    emulator.tenant.access_policy_missing_for.add(organizer)
    with pytest.raises(AccessDenied) as caught:
        await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()
    assert "OnlineMeetingRecording.Read.All" in str(caught.value.hint)
    assert "application access policy" in str(caught.value.hint)


@pytest.mark.parametrize("came", ["empty", "null", "absent"])
async def test_a_collection_that_came_empty_is_asked_for_by_its_own_path(
    emulator: Emulator, graph: GraphMeetingsClient, record_id: str, came: str
) -> None:
    builder = graph.communications.call_records.by_call_record_id(record_id)
    value: dict[str, JsonValue] = {"empty": [], "null": None}
    fields: list[tuple[Any, int]] = [(CallRecord.sessions, 70), (CallRecord.participants_v2, 150)]
    for field, expected in fields:
        raw: JsonObject = {"id": record_id}
        if came != "absent":
            raw[field.wire_name] = value[came]
        found = [item.id async for item in builder.expanded(CallRecord.from_raw(raw), field)]
        assert len(found) == len(set(found)) == expected
    assert f"/callRecords/{record_id}/sessions" in emulator.requests[0].target


async def test_attendees_are_not_lost_where_a_list_of_reports_expands_to_nothing(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str
) -> None:
    meeting = graph.users.by_user_id(organizer).online_meetings.by_online_meeting_id(
        emulator.dataset.meetings(organizer)[0]
    )
    (listed, *_) = (await meeting.attendance_reports.get()).value
    builder = meeting.attendance_reports.by_meeting_attendance_report_id(str(listed.id))
    expected = [attendee.id async for attendee in builder.attendance_records.list()]
    assert expected
    report = MeetingAttendanceReport.from_raw({"id": listed.id, "attendanceRecords": []})
    found = [attendee.id async for attendee in builder.expanded(report, MeetingAttendanceReport.attendance_records)]
    assert found == expected


async def test_a_collection_that_came_whole_costs_no_request(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    record = CallRecord.from_raw({"id": "c", "sessions": [{"id": "1"}]})
    builder = graph.communications.call_records.by_call_record_id("c")
    assert [session.id async for session in builder.expanded(record, CallRecord.sessions)] == ["1"]
    assert not emulator.requests


async def test_a_link_in_an_object_that_is_no_text_is_not_taken_for_the_end(graph: GraphMeetingsClient) -> None:
    record = CallRecord.from_raw({"id": "c", "sessions": [{"id": "1"}], "sessions@odata.nextLink": 5})
    given: list[Session] = []
    with pytest.raises(MalformedResponse, match=r"@odata\.nextLink"):
        await collect(
            graph.communications.call_records.by_call_record_id("c").expanded(record, CallRecord.sessions), given
        )
    assert len(given) == 1
