"""Each example does what it says, as a program of its own against the emulator."""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from graph_meetings_emulator import Dataset, Emulator

pytestmark = pytest.mark.long

SECONDS = 60

Run: TypeAlias = Callable[..., Awaitable[str]]


@pytest.fixture
def run(emulator: Emulator, tmp_path: Path, examples: Path) -> Run:
    """Run an example and give what it prints."""

    async def run(example: str, *arguments: object, status: int = 0) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(examples / f"{example}.py"),
            *map(str, arguments),
            cwd=tmp_path,
            env={**os.environ, "GRAPH_BASE_URL": emulator.base_url, "GRAPH_TOKEN": emulator.token, "COLUMNS": "200"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(SECONDS):
            output, _ = await process.communicate()
        assert process.returncode == status, output.decode()
        return output.decode()

    return run


def files(output: str) -> list[str]:
    return re.findall(r"\d{4}-\d\d-\d\d \d\d\.\d\d [0-9a-f]{8}\.mp4", output)


async def test_all_recordings_of_an_organizer(run: Run, organizer: str, data: Dataset) -> None:
    assert len(files(await run("recordings", "list", organizer))) == len(data.recordings(organizer)) == 6


async def test_recordings_between_two_dates(run: Run, organizer: str, data: Dataset) -> None:
    for day in (14, 15, 30, 31):
        data.add_recording(organizer, created=datetime(2024, 1, day, 12, tzinfo=UTC))
    printed = files(await run("recordings", "list", organizer, "--since", "2024-01-15", "--until", "2024-01-31"))
    assert [name[:10] for name in printed] == ["2024-01-30", "2024-01-15"]


async def test_recordings_added_since_the_last_time(run: Run, organizer: str, data: Dataset, tmp_path: Path) -> None:
    assert len(files(await run("recordings", "sync", organizer))) == 6
    assert "delta" in (tmp_path / "sync-state.txt").read_text()
    assert files(await run("recordings", "sync", organizer)) == []
    data.add_recording(organizer, created=datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert [name[:10] for name in files(await run("recordings", "sync", organizer))] == ["2026-07-01"]


async def test_a_recording_and_its_content(run: Run, organizer: str, data: Dataset, tmp_path: Path) -> None:
    recording = data.recordings(organizer)[0]
    ids = organizer, recording["meetingId"], recording["id"]
    shown = await run("meeting_recording", "show", *ids)
    assert f"recording    {recording['id']}\n" in shown
    assert f"call         {recording['callId']}\n" in shown
    downloaded = await run("meeting_recording", "download", *ids, "--file", "x.mp4")
    assert downloaded == f"{shown}10,000 bytes of video/mp4 in x.mp4\n"
    content = data.content(organizer, str(recording["meetingId"]), str(recording["id"]))
    assert (tmp_path / "x.mp4").stat().st_size == content.size


async def test_the_recording_of_a_transcript(run: Run, organizer: str, data: Dataset) -> None:
    meeting = data.meetings(organizer)[0]
    recording = data.add_recording(organizer, meeting)
    transcript = data.add_transcript(organizer, meeting, recording=recording)
    output = await run("meeting_recording", "match", organizer, meeting, transcript["id"])
    assert re.findall(r"^recording +(\S+)$", output, re.MULTILINE) == [recording["id"]]


async def test_an_error_of_the_service_is_one_line(run: Run, organizer: str, data: Dataset) -> None:
    output = await run("meeting_recording", "show", organizer, data.meetings(organizer)[0], "none", status=1)
    assert output.startswith("400 ")
    assert output.count("\n") == 1


async def test_what_the_service_says_is_printed_as_it_is(run: Run, emulator: Emulator, organizer: str) -> None:
    emulator.fail_next(403, body='{"error": {"code": "Forbidden", "message": "see [/here] [red]now"}}')
    assert "see [/here] [red]now" in await run("recordings", "list", organizer, status=1)


async def test_a_link_that_is_saved_is_for_its_owner_only(run: Run, organizer: str, tmp_path: Path) -> None:
    await run("recordings", "sync", organizer)
    assert (tmp_path / "sync-state.txt").stat().st_mode & 0o777 == 0o600


async def test_call_records_by_time_and_by_participant(run: Run, data: Dataset) -> None:
    early, start, late = (
        str(data.add_call_record(start=f"2026-01-15T{hour}:00:00Z")["id"]) for hour in ("08", "09", "12")
    )
    assert ids(await run("call_records", "--page-size", 2)) == {early, start, late}
    times = "--since", "2026-01-15T09:00:00Z", "--until", "2026-01-15T12:00:00Z"
    assert ids(await run("call_records", *times)) == {start}
    path = ("communications", "callRecords", late)
    someone = data.descendants(path, "participants_v2")[1]["id"]
    assert ids(await run("call_records", "--participant", someone)) == {late}
    assert ids(await run("call_records", "--participant", someone, *times)) == set()


def ids(output: str) -> set[str]:
    *lines, count = output.splitlines()
    assert count == f"{len(lines)} call records"
    return {line.split()[0] for line in lines}


async def test_call_records_are_asked_for_with_all_preferences(run: Run, emulator: Emulator, data: Dataset) -> None:
    for _ in range(3):
        data.add_call_record()
    await run("call_records", "--page-size", 2)
    wanted = {"odata.maxpagesize=2", "include-unknown-enum-members", "omit-values=nulls"}
    sent = [set(request.headers["prefer"].split(", ")) for request in emulator.requests]
    assert sent == [wanted, wanted]


async def test_attendance_of_a_meeting(run: Run, organizer: str, data: Dataset) -> None:
    meeting = data.meetings(organizer)[0]
    data.add_attendance_report(("users", organizer, "onlineMeetings", meeting), attendees=7)
    output = await run("attendance", "meeting", organizer, meeting)
    assert re.findall(r"^(\d+) participants$", output, re.MULTILINE) == ["4", "7"]
    assert len(re.findall(r"^  \w+: .+ s: \d\d:\d\d:\d\d to ", output, re.MULTILINE)) == 11
    assert output.count("(by Azure Communication Services)") == 3
    assert await run("attendance", "meeting", "me", meeting) == output


async def test_attendance_of_a_session_of_a_webinar(run: Run, data: Dataset) -> None:
    webinar = data.add_virtual_event(sessions=2, attendees=5)
    session = str(data.descendants(("solutions", "virtualEvents", "webinars", webinar), "sessions")[1]["id"])
    output = await run("attendance", "webinar", webinar, session)
    assert output.splitlines()[1] == "5 participants"
    assert len(output.splitlines()) == 7
    assert "registered through Campaign mail" in output


@pytest.mark.parametrize("metadata_links", [False, True])
async def test_sessions_with_segments_to_the_last_one(
    run: Run, emulator: Emulator, data: Dataset, *, metadata_links: bool
) -> None:
    emulator.expansion.metadata_links = metadata_links
    record = data.add_call_record(sessions=130, segments=2)
    output = await run("call_sessions", record["id"])
    assert output.splitlines()[-1] == "130 sessions"
    assert output.count("  until 20") == 260
    assert "jitter at most 0:00:00." in output
