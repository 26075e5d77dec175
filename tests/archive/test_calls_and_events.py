"""Artifacts of ad hoc calls, and attendance of webinars and town halls, where they are asked for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, Attendance, FormatName, Recordings, Summary, Transcripts
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.faults import Answer
from tests.support import archived

FEEDS = (
    Recordings(content=True, ad_hoc_calls=True),
    Transcripts(content=True, ad_hoc_calls=True),
    Attendance(virtual_events=True),
)


@pytest.fixture
def dataset() -> Dataset:
    return Dataset.generate(organizers=2, meetings=1, recordings=1, content_size=1_000)


def add_events(dataset: Dataset) -> list[tuple[str, ...]]:
    """Add a webinar and a town hall of one organizer, and return their paths."""
    organizer = dataset.organizers[0]
    return [
        ("solutions", "virtualEvents", kind, dataset.add_virtual_event(kind, organizer_id=organizer, sessions=2))
        for kind in ("webinars", "townhalls")
    ]


async def update(folder: Path, graph: GraphMeetingsClient, emulator: Emulator, format: FormatName) -> Summary:
    async with Archive(folder, graph, format=format) as archive:
        return await archive.update(emulator.dataset.organizers, *FEEDS)


@pytest.mark.parametrize("format", ["sqlite", "jsonl"])
async def test_they_are_archived_once(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    dataset, events = emulator.dataset, add_events(emulator.dataset)
    call = dataset.add_adhoc_call(dataset.organizers[0], content_size=1_000)
    assert (await update(tmp_path, graph, emulator, format)).failures == ()
    for table in ("recordings", "transcripts"):
        rows = [row for row in archived.rows(tmp_path, table) if row["meeting_id"] is None]
        assert {row["call_id"] for row in rows} >= {call}
        assert all(archived.sha256(tmp_path / row["content_file"]) == row["content_sha256"] for row in rows)
    assert any(row["meeting_id"] is None for row in archived.rows(tmp_path, "transcript_cues"))
    sessions = {
        str(session["id"]): len(dataset.descendants((*path, "sessions", str(session["id"])), *records))
        for path in events
        for session in dataset.descendants(path, "sessions")
        for records in [("attendanceReports", "attendanceRecords")]
    }
    assert len(sessions) == 2 * len(events)
    attendees = [row["meeting_id"] for row in archived.rows(tmp_path, "attendance") if row["meeting_id"] in sessions]
    assert {id_: attendees.count(id_) for id_ in sessions} == sessions
    again = await update(tmp_path, graph, emulator, format)
    assert [(each.added, each.replaced, each.files) for each in again.feeds] == [(0, 0, 0)] * len(FEEDS)


async def test_meetings_are_archived_although_calls_are_forbidden(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    emulator.inject(Answer(403), path="adhocCalls", times=100)
    summary = await update(tmp_path, graph, emulator, "sqlite")
    assert {failure.feed for failure in summary.failures} == {"recordings", "transcripts"}
    rows = archived.rows(tmp_path, "recordings")
    assert {row["organizer_id"] for row in rows if row["meeting_id"]} == set(emulator.dataset.organizers)


async def test_sessions_before_a_moment_are_left_out_until_they_are_asked_for(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    dataset, start = emulator.dataset, datetime(2026, 1, 10, 9, tzinfo=UTC)
    path = ("solutions", "virtualEvents", "webinars", dataset.add_virtual_event(start=start, sessions=2))
    sessions = [str(session["id"]) for session in dataset.descendants(path, "sessions")]

    async def archived_sessions(since: datetime | None) -> set[str]:
        async with Archive(tmp_path, graph) as archive:
            await archive.update(dataset.organizers, Attendance(virtual_events=True, since=since))
        return {row["meeting_id"] for row in archived.rows(tmp_path, "attendance_reports")} & set(sessions)

    assert await archived_sessions(start + timedelta(days=2)) == set()
    assert await archived_sessions(start + timedelta(hours=12)) == {sessions[1]}
    assert await archived_sessions(None) == set(sessions)
