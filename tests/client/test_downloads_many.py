"""Many downloads to one folder."""

import asyncio
import errno
import hashlib
import os
import pathlib
import re
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from weakref import ReferenceType, ref

import pytest

from graph_meetings import (
    CallRecord,
    CallRecording,
    CallTranscript,
    Cue,
    GraphMeetingsClient,
    Identity,
    IdentitySet,
    Progress,
    cues_to_text,
)
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_runtime import AuthenticationFailed, DownloadOutcome, DownloadSummary, GraphError, NotFound
from graph_meetings_runtime.content.part_file import PartFile
from tests.client.conftest import PATIENT
from tests.support.credentials import StaticCredential
from tests.support.raw_server import json_answer

MANY = 200


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A service of one organizer without recordings."""
    with Emulator(Dataset.generate(organizers=1, meetings=2, recordings=0), page_size=30) as running:
        yield running


def add(emulator: Emulator, organizer: str, count: int, size: int = 20_000) -> list[CallRecording]:
    data = emulator.dataset
    return [CallRecording.from_raw(data.add_recording(organizer, content_size=size)) for _ in range(count)]


def sha256_of(emulator: Emulator, organizer: str, recording: CallRecording) -> str:
    return emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id)).sha256()


def digests(paths: Iterable[Path]) -> list[str]:
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)


def content_requests(emulator: Emulator) -> int:
    return sum("/content" in request.target for request in emulator.requests)


@pytest.mark.slow
async def test_all_recordings_come_and_are_skipped_the_next_time(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, MANY)
    pager = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list()
    summary = await graph.download_many(pager, tmp_path)
    assert summary == DownloadSummary(MANY, 0, MANY * 20_000, ())
    assert digests(tmp_path.iterdir()) == sorted(sha256_of(emulator, organizer, item) for item in recordings)
    emulator.requests.clear()
    assert await graph.download_many(pager, tmp_path) == DownloadSummary(0, MANY, 0, ())
    assert content_requests(emulator) == 0


async def test_one_that_fails_does_not_stop_the_others(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, MANY)
    bad = recordings[::25]
    for recording in bad:
        emulator.fail_next(404, path=f"{recording.id}/content")
    emulator.cut_content_after(5_000, times=10)
    outcomes: list[DownloadOutcome[CallRecording]] = []
    summary = await graph.download_many(recordings, tmp_path, finished=outcomes.append)
    assert (summary.downloaded, summary.skipped) == (MANY - len(bad), 0)
    assert {outcome.artifact.id for outcome in summary.failed} == {recording.id for recording in bad}
    assert all(isinstance(outcome.error, NotFound) and outcome.path for outcome in summary.failed)
    assert len(outcomes) == MANY
    for outcome in outcomes:
        assert (outcome.result is None) != (outcome.error is None)
        if outcome.path and outcome.result:
            assert digests([outcome.path]) == [sha256_of(emulator, organizer, outcome.artifact)]
    again = await graph.download_many(recordings, tmp_path)
    assert (again.downloaded, again.skipped, again.failed) == (len(bad), MANY - len(bad), ())


async def test_what_has_no_address_fails_alone(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    artifacts = [CallRecording(id="1"), CallRecord(id="2"), *add(emulator, organizer, 1)]
    summary = await graph.download_many(artifacts, tmp_path)
    assert summary.downloaded == 1
    assert [(outcome.path, type(outcome.error)) for outcome in summary.failed] == [
        (None, ValueError),
        (None, TypeError),
    ]


async def test_only_so_many_run_at_a_time_and_none_is_taken_early(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, 30, size=3_000_000)
    taken, done, most = 0, 0, 0

    async def source() -> AsyncIterator[CallRecording]:
        nonlocal taken, most
        for recording in recordings:
            taken += 1
            most = max(most, taken - done)
            yield recording

    def finished(_: DownloadOutcome[CallRecording]) -> None:
        nonlocal done
        done += 1

    await graph.download_many(source(), tmp_path, concurrency=3, finished=finished)
    assert (taken, done, most) == (30, 30, 3)


@pytest.mark.slow
async def test_a_hundred_and_twenty_at_a_time_wait_for_no_pool_and_starve_no_request(tmp_path: Path) -> None:
    """All contents have to be open at once before any of them goes on, and then a page is read beside them."""
    organizer = IdentitySet(user=Identity(id="o"))
    recordings = [CallRecording(id=f"{n}", meeting_id="m", meeting_organizer=organizer) for n in range(120)]
    open_contents, all_are_open, page_is_read = 0, asyncio.Event(), asyncio.Event()

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_contents
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/content" not in head:
                writer.write(json_answer('{"value": []}'))
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nabc")
                open_contents += 1
                if open_contents == 120:
                    all_are_open.set()
                await asyncio.wait_for(page_is_read.wait(), 60)
                writer.write(b"def")
            await writer.drain()
        finally:
            writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
        async with GraphMeetingsClient(StaticCredential("made-up"), base_url=base_url, retry=PATIENT) as graph:
            downloads = asyncio.create_task(graph.download_many(recordings, tmp_path, concurrency=120))
            await asyncio.wait_for(all_are_open.wait(), 60)
            assert (await asyncio.wait_for(graph.me.online_meetings.get(), 20)).value == []
            page_is_read.set()
            summary = await asyncio.wait_for(downloads, 60)
    assert summary == DownloadSummary(120, 0, 120 * 6, ())
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"abcdef"}


async def test_a_relative_folder_counts_from_where_the_downloads_began(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    outcomes: list[DownloadOutcome[CallRecording]] = []
    summary = await graph.download_many(
        add(emulator, organizer, 5),
        "folder",
        concurrency=2,
        progress=lambda _, __: os.chdir(tmp_path / "elsewhere"),
        finished=outcomes.append,
    )
    assert (summary.downloaded, summary.failed) == (5, ())
    assert len(list((tmp_path / "folder").iterdir())) == 5
    assert not list((tmp_path / "elsewhere").iterdir())
    assert {outcome.path.parent for outcome in outcomes if outcome.path} == {tmp_path / "folder"}


async def test_files_are_named_by_time_and_ids(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    data = emulator.dataset
    data.add_recording(organizer, created="2026-01-15T10:30:00.1234567+01:00")
    data.add_transcript(organizer)
    artifacts = [
        *(CallRecording.from_raw(raw) for raw in data.recordings(organizer)),
        *(CallTranscript.from_raw(raw) for raw in data.transcripts(organizer)),
    ]
    artifacts[0].raw["createdDateTime"] = "2026-01-15T10:30:00.1234567+01:00"
    await graph.download_many(artifacts, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == len(artifacts)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ_[0-9a-f]{16}\.(mp4|vtt)", name) for name in names)
    assert any(name.startswith("2026-01-15T09-30-00Z_") and name.endswith(".mp4") for name in names)
    assert any(name.endswith(".vtt") for name in names)


@pytest.mark.parametrize("created", [None, "../../x", 7, "0001-01-01T00:00:00+14:00"])
async def test_a_time_that_is_none_is_not_part_of_a_name(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path, created: str | int | None
) -> None:
    recording = add(emulator, organizer, 1)[0]
    recording.raw["createdDateTime"] = created
    await graph.download_many([recording], tmp_path)
    assert [path.name[:8] for path in tmp_path.iterdir()] == ["undated_"]


async def test_chosen_names_are_made_safe(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    await graph.download_many(add(emulator, organizer, 1), folder, name=lambda _: "../../a\u202e/b.mp4")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.mp4")] == ["inner/_.._a__b.mp4"]


async def test_an_artifact_that_comes_twice_is_downloaded_once(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, 3, size=2_000_000)
    for overwrite in (False, True):
        emulator.requests.clear()
        summary = await graph.download_many([*recordings] * 4, tmp_path, concurrency=12, overwrite=overwrite)
        assert (summary.downloaded, summary.skipped, summary.failed) == (3, 9, ())
        assert content_requests(emulator) == 3


async def test_two_artifacts_do_not_get_one_name(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    first, second = add(emulator, organizer, 2)
    names = {first.id: "Standup.mp4", second.id: "STANDUP.MP4"}
    summary = await graph.download_many([first, second], tmp_path, name=lambda item: names[item.id])
    assert summary.downloaded == 1
    (failed,) = summary.failed
    assert failed.artifact is second
    assert isinstance(failed.error, FileExistsError)
    assert "another artifact" in str(failed.error)
    assert digests(tmp_path.iterdir()) == [sha256_of(emulator, organizer, first)]


async def test_files_that_are_there_are_replaced_where_that_is_wanted(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, 1)
    (tmp_path / "x.mp4").write_bytes(b"old")
    kept = await graph.download_many(recordings, tmp_path, name=lambda _: "x.mp4")
    assert (kept.skipped, (tmp_path / "x.mp4").read_bytes()) == (1, b"old")
    await graph.download_many(recordings, tmp_path, name=lambda _: "x.mp4", overwrite=True)
    assert digests(tmp_path.iterdir()) == [sha256_of(emulator, organizer, recordings[0])]


async def test_a_folder_under_the_name_is_no_file_that_is_there(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    (tmp_path / "x.mp4").mkdir()
    summary = await graph.download_many(add(emulator, organizer, 1), tmp_path, name=lambda _: "x.mp4")
    assert [type(outcome.error) for outcome in summary.failed] == [IsADirectoryError]


async def test_progress_says_whose_it_is(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, 5, size=500_000)
    last: dict[str | None, Progress] = {}

    def progress(recording: CallRecording, state: Progress) -> None:
        last[recording.id] = state

    await graph.download_many(recordings, tmp_path, progress=progress)
    assert last == {recording.id: Progress(500_000, 500_000) for recording in recordings}


# What ends all


class Stop(OSError):
    """Raised by a caller's function, which may print to a closed pipe."""


@pytest.mark.parametrize("where", ["name", "progress", "finished", "source"])
async def test_what_the_callers_functions_raise_ends_all(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path, where: str
) -> None:
    recordings = add(emulator, organizer, 20, size=2_000_000)

    def stop(*_: object) -> str:
        raise Stop(where)

    def source() -> Iterator[CallRecording]:
        yield from recordings[:2]
        raise Stop(where)

    with pytest.raises(Stop, match=where):
        await graph.download_many(
            source() if where == "source" else recordings,
            tmp_path,
            name=stop if where == "name" else None,
            progress=stop if where == "progress" else None,
            finished=stop if where == "finished" else None,
        )
    assert content_requests(emulator) < 10
    summary = await graph.download_many(recordings, tmp_path)
    assert summary.downloaded + summary.skipped == 20
    assert digests(tmp_path.iterdir()) == sorted(sha256_of(emulator, organizer, item) for item in recordings)


async def test_a_page_that_fails_is_an_error_and_the_rest_can_be_taken_up(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    add(emulator, organizer, 40)
    pager = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list()
    emulator.fail_next(403, path="kipToken")
    with pytest.raises(GraphError, match="403"):
        await graph.download_many(pager, tmp_path)
    assert (await graph.download_many(pager, tmp_path)).failed == ()
    assert len(list(tmp_path.iterdir())) == 40


async def test_cancelled_it_cancels_all_and_goes_on_the_next_time(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, 4, size=8_000_000)
    running: set[str | None] = set()
    all_run = asyncio.Event()

    def progress(recording: CallRecording, state: Progress) -> None:
        running.add(recording.id)
        if len(running) == 4 and state.received < 8_000_000:
            all_run.set()

    task = asyncio.create_task(graph.download_many(recordings, tmp_path, progress=progress))
    await asyncio.wait_for(all_run.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.glob("*.part"))
    outcomes: list[DownloadOutcome[CallRecording]] = []
    summary = await graph.download_many(recordings, tmp_path, finished=outcomes.append)
    resumed = [outcome.result.resumed_from for outcome in outcomes if outcome.result]
    assert summary.downloaded + summary.skipped == 4
    assert max(resumed) > 0
    assert digests(tmp_path.iterdir()) == sorted(sha256_of(emulator, organizer, item) for item in recordings)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
async def test_a_full_disk_ends_all(
    emulator: Emulator,
    graph: GraphMeetingsClient,
    organizer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    def full(_: PartFile, __: bytes) -> None:
        raise OSError(number, "no room", "x.part")

    recordings = add(emulator, organizer, 50)
    monkeypatch.setattr(PartFile, "write", full)
    with pytest.raises(OSError, match="no room"):
        await graph.download_many(recordings, tmp_path)
    assert content_requests(emulator) <= 8


async def test_a_file_too_big_for_the_file_system_fails_alone(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = PartFile.write

    def limited(part: PartFile, chunk: bytes) -> None:
        if part.received + len(chunk) > 1_000_000:
            raise OSError(errno.EFBIG, "too big", str(part.path))
        write(part, chunk)

    monkeypatch.setattr(PartFile, "write", limited)
    recordings = [*add(emulator, organizer, 1, size=2_000_000), *add(emulator, organizer, 3)]
    summary = await graph.download_many(recordings, tmp_path)
    assert summary.downloaded == 3
    assert [outcome.artifact for outcome in summary.failed] == recordings[:1]


async def test_a_credential_without_a_token_ends_all(emulator: Emulator, organizer: str, tmp_path: Path) -> None:
    recordings = add(emulator, organizer, 50)
    credential = StaticCredential("", error=RuntimeError("signed out"))
    async with GraphMeetingsClient(credential, base_url=emulator.base_url, retry=PATIENT) as graph:
        with pytest.raises(AuthenticationFailed, match="signed out"):
            await graph.download_many(recordings, tmp_path)
    assert len(credential.scopes) <= 4


async def test_a_token_that_is_refused_fails_one(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, 5)
    emulator.fail_next(401, times=2, path=f"{recordings[1].id}/content")
    summary = await graph.download_many(recordings, tmp_path)
    assert summary.downloaded == 4
    assert [type(outcome.error) for outcome in summary.failed] == [AuthenticationFailed]


@pytest.mark.parametrize("concurrency", [0, -1])
async def test_no_download_at_a_time_is_none(graph: GraphMeetingsClient, tmp_path: Path, concurrency: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        await graph.download_many([], tmp_path, concurrency=concurrency)


async def test_the_folder_must_exist(graph: GraphMeetingsClient, tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="create it first"):
        await graph.download_many([], tmp_path / "missing")


@pytest.mark.slow
async def test_memory_does_not_grow_with_the_artifacts(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand that exist already: each would take a kilobyte of JSON and a path if it were kept."""
    raw = add(emulator, organizer, 1)[0].raw

    def yes(_: Path) -> bool:
        return True

    monkeypatch.setattr(Path, "is_file", yes)
    monkeypatch.setattr("graph_meetings_runtime.content.part_file.clear_leftovers", yes)

    held: list[int] = []

    async def source() -> AsyncIterator[CallRecording]:
        for number in range(10_000):
            yield CallRecording.from_raw({**raw, "id": f"{number:0200}"})
        # Not what pathlib interns: the interpreter's table of texts doubles whenever it is full.
        snapshot = tracemalloc.take_snapshot().filter_traces(
            [tracemalloc.Filter(inclusive=False, filename_pattern=pathlib.__file__)]
        )
        held.append(sum(trace.size for trace in snapshot.traces))

    tracemalloc.start()
    try:
        summary = await graph.download_many(source(), tmp_path)
    finally:
        tracemalloc.stop()
    assert summary.skipped == 10_000
    assert held[0] < 3_000_000


async def test_transcripts_are_saved_as_what_is_made_of_their_cues(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    transcripts = [CallTranscript.from_raw(emulator.dataset.add_transcript(organizer)) for _ in range(2)]
    expected = {f"{it.id}\n{cues_to_text(await graph.content_of(it).cues())}" for it in transcripts}

    def render(transcript: CallTranscript, cues: list[Cue]) -> str:
        return f"{transcript.id}\n{cues_to_text(cues)}"

    emulator.requests.clear()
    for count, downloaded, skipped in ((1, 1, 0), (2, 1, 1), (2, 0, 2)):
        summary = await graph.download_many(transcripts[:count], tmp_path, render=render)
        assert (summary.downloaded, summary.skipped, summary.failed) == (downloaded, skipped, ())
    assert content_requests(emulator) == 2
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == expected
    assert {path.suffix for path in tmp_path.iterdir()} == {".md"}


async def test_what_has_no_cues_is_not_rendered(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    recordings = add(emulator, organizer, 1)
    summary = await graph.download_many(recordings, tmp_path, render=lambda _, cues: cues_to_text(cues))
    (failed,) = summary.failed
    assert isinstance(failed.error, TypeError)
    assert str(failed.error) == "only transcripts have cues to render"
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_cannot_be_rendered_leaves_nothing_and_stops_the_downloads(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    transcript = CallTranscript.from_raw(emulator.dataset.add_transcript(organizer))

    def render(_: CallTranscript, cues: list[Cue]) -> str:
        raise ZeroDivisionError(len(cues))

    with pytest.raises(ZeroDivisionError):
        await graph.download_many([transcript], tmp_path, render=render)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [StopIteration, CancelledError])
async def test_a_rendering_that_raises_what_ends_a_loop_or_a_task_stops_the_downloads(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path, error: type[Exception]
) -> None:
    transcript = CallTranscript.from_raw(emulator.dataset.add_transcript(organizer))

    def render(_: CallTranscript, cues: list[Cue]) -> str:
        raise error(len(cues))

    downloads = asyncio.ensure_future(graph.download_many([transcript], tmp_path, render=render))
    await asyncio.wait([downloads], timeout=10)  # Python 3.11 would wait for ever for the one, and not notice the other
    failure = downloads.exception()
    assert isinstance(failure, RuntimeError)
    assert isinstance(failure.__cause__, error)


async def test_a_failure_does_not_keep_what_was_rendered(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    transcripts = [CallTranscript.from_raw(emulator.dataset.add_transcript(organizer)) for _ in range(2)]
    seen: list[ReferenceType[Identity]] = []

    def render(_: CallTranscript, cues: list[Cue]) -> str:
        large = Identity(display_name=f"{len(cues)} cues")
        seen.append(ref(large))
        raise PermissionError(large.display_name)

    summary = await graph.download_many(transcripts, tmp_path, render=render)
    assert len(summary.failed) == 2
    assert [reference() for reference in seen] == [None, None]


async def test_a_rendering_that_returns_no_text_is_an_error_that_says_so(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    transcript = CallTranscript.from_raw(emulator.dataset.add_transcript(organizer))
    nothing: Any = Mock(return_value=None)  # not every caller checks types
    with pytest.raises(TypeError, match="render must be a plain function that returns a str, not NoneType"):
        await graph.download_many([transcript], tmp_path, render=nothing)
    assert list(tmp_path.iterdir()) == []
