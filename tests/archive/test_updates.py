"""What an update archives: everything, once, and later only what is new."""

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import (
    Archive,
    Attendance,
    CallRecords,
    FormatName,
    MeetingReference,
    Recordings,
    Summary,
    Transcripts,
    organizers_from_call_records,
    organizers_from_file,
    organizers_from_group,
    organizers_from_users,
)
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.faults import Duplicate, Replay
from tests.archive.conftest import FEEDS, add_call_of_meeting, small_dataset
from tests.support import archived

each_format = pytest.mark.parametrize("format", archived.FORMATS)
each_format_but_later = pytest.mark.parametrize(
    "format", ["sqlite", "csv", *(pytest.param(it, marks=pytest.mark.long) for it in ("jsonl", "parquet", "duckdb"))]
)
"""For what the formats do not do: two of them at once, the others in the long lane."""


async def update(folder: Path, graph: GraphMeetingsClient, dataset: Dataset, format: FormatName) -> Summary:
    async with Archive(folder, graph, format=format) as archive:
        summary = await archive.update(dataset.organizers, *FEEDS)
    assert summary.failures == ()
    return summary


def ids(items: list[dict[str, object]]) -> set[str]:
    return {str(item["id"]) for item in items}


def recordings_of(dataset: Dataset) -> list[dict[str, object]]:
    return [dict(recording) for organizer in dataset.organizers for recording in dataset.recordings(organizer)]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Path]:
    """Return a dataset, and a folder with an archive of it in each format."""
    dataset, folder = small_dataset(), tmp_path_factory.mktemp("archives")

    async def archive(emulator: Emulator) -> None:
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
            for name in archived.FORMATS:
                await update(folder / name, graph, dataset, name)

    with Emulator(dataset, page_size=5) as emulator:
        asyncio.run(archive(emulator))
    return dataset, folder


@each_format
def test_everything_is_archived_once(archives: tuple[Dataset, Path], format: FormatName) -> None:
    dataset, folder = archives
    for name in archived.TABLES:
        keys = archived.keys(folder / format, name)
        assert len(keys) == len(set(keys)) > 0, name
    assert {id_ for _, id_ in archived.keys(folder / format, "recordings")} == ids(recordings_of(dataset))
    assert {id_ for (id_,) in archived.keys(folder / format, "calls")} == ids([dict(it) for it in dataset.call_records])


@each_format
def test_contents_are_files_with_their_digests(archives: tuple[Dataset, Path], format: FormatName) -> None:
    dataset, folder = archives
    for row in archived.rows(folder / format, "recordings"):
        content = dataset.content(row["organizer_id"], row["meeting_id"], row["id"])
        data = (folder / format / row["content_file"]).read_bytes()
        assert row["content_sha256"] == content.sha256() == hashlib.sha256(data).hexdigest()
        assert (row["content_size"], row["content_problem"], row["removed"]) == (len(data), None, False)
    assert all(row["content_file"].endswith(".vtt") for row in archived.rows(folder / format, "transcripts"))


def test_all_formats_have_the_same_values(archives: tuple[Dataset, Path]) -> None:
    _, folder = archives
    expected = archived.everything(folder / "sqlite")
    for name in archived.FORMATS:
        assert archived.everything(folder / name) == expected, name


@pytest.mark.long
def test_parquet_does_not_import_pandas(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from tests.support import crashing
crashing.commit(Path({str(tmp_path)!r}), "parquet", crashing.random_batches(seed=1, count=3))
assert "pandas" not in sys.modules
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root, timeout=60)
    assert any(row["removed"] for row in archived.rows(tmp_path, "transcripts"))


@each_format_but_later
async def test_later_updates_add_what_is_new_and_ask_for_little(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    dataset = emulator.dataset
    await update(tmp_path, graph, dataset, format)
    before = archived.everything(tmp_path)
    emulator.requests.clear()
    emulator.download_requests.clear()
    summary = await update(tmp_path, graph, dataset, format)
    assert [(it.added, it.replaced, it.removed, it.files) for it in summary.feeds] == [(0, 0, 0, 0)] * len(FEEDS)
    assert not [
        request for request in emulator.requests if "/content" in request.target or "sessions" in request.target
    ]
    assert archived.everything(tmp_path) == before
    recording = dataset.add_recording(dataset.organizers[0])
    summary = await update(tmp_path, graph, dataset, format)
    assert (summary["recordings"].added, summary["recordings"].files) == (1, 1)
    assert str(recording["id"]) in {id_ for _, id_ in archived.keys(tmp_path, "recordings")}
    assert len(archived.keys(tmp_path, "recordings")) == len(before["recordings"]) + 1


@each_format
async def test_a_removed_recording_stays_and_says_so(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    dataset = emulator.dataset
    await update(tmp_path, graph, dataset, format)
    before = archived.rows(tmp_path, "recordings")
    gone = before[3]
    dataset.remove(("users", gone["organizer_id"], "onlineMeetings", gone["meeting_id"], "recordings", gone["id"]))
    summary = await update(tmp_path, graph, dataset, format)
    assert summary["recordings"].removed == 1
    assert archived.rows(tmp_path, "recordings") == [{**row, "removed": row == gone} for row in before]
    assert (tmp_path / gone["content_file"]).exists()
    await update(tmp_path, graph, dataset, format)
    assert archived.rows(tmp_path, "recordings") == [{**row, "removed": row == gone} for row in before]


@each_format
async def test_a_revised_call_takes_the_place_of_the_former_one(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    dataset = emulator.dataset
    await update(tmp_path, graph, dataset, format)
    before = archived.everything(tmp_path)
    call = max(dataset.call_records, key=lambda record: str(record["startDateTime"]))
    path = ("communications", "callRecords", str(call["id"]))
    (first, *_) = dataset.ids((*path, "sessions"))
    dataset.remove((*path, "sessions", first))
    dataset.replace(path, {**dict(call), "version": 7})
    summary = await update(tmp_path, graph, dataset, format)
    assert summary["call_records"].replaced > 0
    assert summary["call_records"].added == 0
    after = archived.everything(tmp_path)
    assert (call["id"], first) not in archived.keys(tmp_path, "sessions")
    for name in ("participants", "sessions", "segments", "streams"):
        others = [row for row in before[name] if row["call_id"] != call["id"]]
        assert [row for row in after[name] if row["call_id"] != call["id"]] == others
        assert {row["call_version"] for row in after[name] if row["call_id"] == call["id"]} == {7}


@pytest.mark.parametrize("sessions", [61, pytest.param(1_000, marks=pytest.mark.long)])
@each_format
async def test_a_call_of_many_sessions_is_complete(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path, format: FormatName, sessions: int
) -> None:
    record = dataset.add_call_record(sessions=sessions, segments=1)
    async with Archive(tmp_path, graph, format=format) as archive:
        summary = await archive.update((), CallRecords())
    assert summary.is_complete
    path = ("communications", "callRecords", str(record["id"]), "sessions")
    expected = {(record["id"], id_) for id_ in dataset.ids(path)}
    assert {key for key in archived.keys(tmp_path, "sessions") if key[0] == record["id"]} == expected
    assert len([key for key in archived.keys(tmp_path, "segments") if key[0] == record["id"]]) == sessions


async def test_what_the_service_repeats_is_archived_once(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    emulator.delta.repeats = 2
    emulator.inject(Duplicate(), times=20)
    emulator.inject(Replay(), times=20)
    await update(tmp_path, graph, emulator.dataset, "sqlite")
    assert {id_ for _, id_ in archived.keys(tmp_path, "recordings")} == ids(recordings_of(emulator.dataset))
    assert len(archived.keys(tmp_path, "recordings")) == len(recordings_of(emulator.dataset))


@each_format_but_later
async def test_links_that_the_service_has_forgotten_begin_full_rounds_that_repeat_nothing(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    await update(tmp_path, graph, emulator.dataset, format)
    before = archived.everything(tmp_path)
    emulator.delta.expire_tokens()
    summary = await update(tmp_path, graph, emulator.dataset, format)
    assert (summary["recordings"].added, summary["recordings"].replaced) == (0, 0)
    assert archived.everything(tmp_path) == before


async def test_contents_that_are_wanted_later_are_downloaded_later(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path
) -> None:
    async with Archive(tmp_path, graph, format="csv") as archive:
        await archive.update(dataset.organizers, Recordings(), Transcripts())
        assert {row["content_file"] for row in archived.rows(tmp_path, "recordings")} == {None}
        summary = await archive.update(dataset.organizers, Recordings(content=True), Transcripts(content=True))
    assert summary["recordings"].files == len(recordings_of(dataset))
    assert all((tmp_path / row["content_file"]).exists() for row in archived.rows(tmp_path, "recordings"))
    assert archived.rows(tmp_path, "transcript_cues")


async def test_reports_of_later_occurrences_are_found(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    dataset = emulator.dataset
    organizer = dataset.organizers[0]
    meeting = dataset.meetings(organizer)[0]
    async with Archive(tmp_path, graph) as archive:
        await archive.update([organizer], Attendance())
        before = archived.keys(tmp_path, "attendance_reports")
        report = dataset.add_attendance_report(("users", organizer, "onlineMeetings", meeting))
        add_call_of_meeting(dataset, organizer, meeting, "2026-07-01T09:00:00Z")
        await archive.update([organizer], Attendance())
    assert set(archived.keys(tmp_path, "attendance_reports")) - set(before) == {(report["id"],)}


async def test_meetings_can_be_given_for_attendance(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path
) -> None:
    organizer = dataset.organizers[1]
    meeting = dataset.meetings(organizer)[1]
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update((), Attendance(meetings=[MeetingReference(organizer, meeting)]))
    assert summary.is_complete
    assert [row["id"] for row in archived.rows(tmp_path, "meetings")] == [meeting]
    assert {row["meeting_id"] for row in archived.rows(tmp_path, "attendance")} == {meeting}


async def test_organizers_can_be_named_by_their_user_principal_names(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    first, second = emulator.dataset.organizers
    add_call_of_meeting(emulator.dataset, first, emulator.dataset.meetings(first)[0])
    name = str(emulator.dataset.find(("users", first)).properties["userPrincipalName"])
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update([name.upper(), first, "nobody@contoso.com"], Recordings(), Attendance())
    assert {row["organizer_id"] for row in archived.rows(tmp_path, "recordings")} == {first}
    assert {row["organizer_id"] for row in archived.rows(tmp_path, "meetings")} == {first}
    assert summary["recordings"].added == len(emulator.dataset.recordings(first))
    assert summary.organizers == 1
    assert [(failure.feed, failure.organizer) for failure in summary.failures] == [
        ("recordings", "nobody@contoso.com"),
        ("attendance", "nobody@contoso.com"),
    ]
    assert all(failure.reason.startswith("404") for failure in summary.failures)
    async with Archive(tmp_path, graph) as archive:
        assert (await archive.update([second, first], Recordings())).is_complete


async def test_organizers_come_from_users_groups_call_records_and_files(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path
) -> None:
    organizers = set(dataset.organizers)
    assert organizers <= {id_ async for id_ in organizers_from_users(graph)}
    group = dataset.add_group()
    members = {id_ async for id_ in organizers_from_group(graph, group)}
    assert members
    assert {id_ async for id_ in organizers_from_call_records(graph)} == organizers
    names = tmp_path / "names.txt"
    names.write_text("\ufeffann@contoso.com  # the first\n\n# nobody\n bob@contoso.com\n", encoding="utf-8")
    assert list(organizers_from_file(names)) == ["ann@contoso.com", "bob@contoso.com"]
