"""What cannot be archived, or not into that folder: each says what is wrong and what to do, and touches nothing."""

import os
import shutil
import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import (
    Archive,
    ArchiveBusy,
    ArchiveDamaged,
    ArchiveMismatch,
    ArchiveNotWritable,
    Attendance,
    CallRecords,
    FormatName,
    PstnCalls,
    Recordings,
    Transcripts,
)
from graph_meetings_archive.feeds import logs
from graph_meetings_archive.storage.journal import SCHEMA_VERSION, Journal
from graph_meetings_emulator import Dataset, Emulator, EmulatorCredential
from tests.archive.conftest import fill, journal_of, refused
from tests.support import archived

TRANSACTION = Journal.transaction

each_format = pytest.mark.parametrize("format", archived.FORMATS)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


async def test_another_format_is_refused(offline: GraphMeetingsClient, filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "csv", tmp_path, dirs_exist_ok=True)
    error = await refused(tmp_path, offline, format="parquet")
    assert isinstance(error, ArchiveMismatch)
    assert "has an archive of the format csv, not parquet; leave out the format" in str(error)
    async with Archive(tmp_path, offline):
        pass


async def test_another_tenant_is_refused(offline: GraphMeetingsClient, filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "jsonl", tmp_path, dirs_exist_ok=True)
    error = await refused(tmp_path, offline, tenant="other")
    assert isinstance(error, ArchiveMismatch)
    assert "not of other; sign in to that one, or export into another folder" in str(error)


async def test_artifacts_of_another_tenant_are_refused_when_they_come(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path
) -> None:
    async with Archive(tmp_path, graph, tenant="other") as archive:
        with pytest.raises(ArchiveMismatch, match="is the archive of the tenant other"):
            await archive.update(dataset.organizers, Recordings())
    assert archived.rows(tmp_path, "recordings") == []


async def test_another_service_is_refused(filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "jsonl", tmp_path, dirs_exist_ok=True)
    async with GraphMeetingsClient(EmulatorCredential("made-up")) as other:
        error = await refused(tmp_path, other)
    assert "not of https://graph.microsoft.com/v1.0; export into another folder" in str(error)


async def test_two_updates_at_once_are_refused_at_once(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path
) -> None:
    async with Archive(tmp_path, graph) as archive:
        assert Archive.status(tmp_path).is_busy
        with pytest.raises(ArchiveBusy, match=r"another update of .* is running; wait until it has ended"):
            async with Archive(tmp_path, graph):
                pass
        await archive.update(dataset.organizers, Recordings())
    assert not Archive.status(tmp_path).is_busy
    assert Archive.status(tmp_path).feeds[0].items == len(archived.rows(tmp_path, "recordings"))


async def test_one_text_is_no_collection_of_organizers(graph: GraphMeetingsClient, tmp_path: Path) -> None:
    async with Archive(tmp_path, graph) as archive:
        with pytest.raises(TypeError, match="organizers are a collection of ids or names"):
            await archive.update("ann@contoso.com", Recordings())


@each_format
async def test_a_journal_that_is_cut_off_is_refused(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path, format: FormatName
) -> None:
    shutil.copytree(filled / format, tmp_path, dirs_exist_ok=True)
    cut(journal_of(tmp_path, format))
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveDamaged)
    assert "restore the archive from a backup, or export into a new folder" in str(error)


@each_format
async def test_a_journal_that_is_missing_empty_or_something_else_is_refused(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path, format: FormatName
) -> None:
    shutil.copytree(filled / format, tmp_path, dirs_exist_ok=True)
    journal = journal_of(tmp_path, format)
    for spoiled in (b"", b"something else" * 1000):
        journal.write_bytes(spoiled)
        assert isinstance(await refused(tmp_path, offline), ArchiveDamaged)
    journal.unlink()
    assert isinstance(await refused(tmp_path, offline), ArchiveDamaged)
    if format != "sqlite":
        shutil.rmtree(tmp_path / ".graph-meetings")
        with pytest.raises(ArchiveDamaged, match=r"has rows, but .* is missing"):
            async with Archive(tmp_path, offline):
                pass


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "duckdb"])
async def test_a_file_of_rows_that_is_cut_off_or_missing_is_refused(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path, format: FormatName
) -> None:
    shutil.copytree(filled / format, tmp_path, dirs_exist_ok=True)
    (path,) = tmp_path.glob("archive.duckdb" if format == "duckdb" else "recordings/*")
    cut(path)
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveDamaged)
    assert str(path) in str(error)
    path.unlink()
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveDamaged)
    assert f"{path} is missing" in str(error)


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
async def test_a_file_of_rows_that_someone_has_changed_is_not_rewritten(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    await fill(tmp_path, graph, emulator.dataset, format)
    (path,) = tmp_path.glob("recordings/*")
    data = path.read_bytes()
    path.write_bytes(data[:-3] + bytes(reversed(data[-3:])))
    emulator.dataset.add_recording(emulator.dataset.organizers[0])
    async with Archive(tmp_path, graph) as archive:
        with pytest.raises(ArchiveDamaged, match="has other contents than were written"):
            await archive.update(emulator.dataset.organizers, Recordings())
    assert path.read_bytes() == data[:-3] + bytes(reversed(data[-3:]))


async def test_a_newer_archive_is_refused(offline: GraphMeetingsClient, filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "sqlite", tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveMismatch)
    assert "update graph-meetings" in str(error)
    with pytest.raises(ArchiveMismatch, match="newer release"):
        Archive.status(tmp_path)


async def test_an_earlier_archive_is_refused(offline: GraphMeetingsClient, filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "sqlite", tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    connection.close()
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveMismatch)
    assert "export into a new folder" in str(error)


@each_format
async def test_a_full_disk_leaves_what_was_archived(
    emulator: Emulator,
    graph: GraphMeetingsClient,
    tmp_path: Path,
    format: FormatName,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fill(tmp_path, graph, emulator.dataset, format)
    before = archived.everything(tmp_path)
    for _ in range(20):  # more than fit into the free pages of SQLite
        emulator.dataset.add_recording(emulator.dataset.organizers[0], content_size=100)
    async with Archive(tmp_path, graph) as archive:
        with monkeypatch.context() as disk:
            if format == "sqlite":
                disk.setattr(Journal, "transaction", transaction_without_space)
            else:
                disk.setattr(os, "fsync", no_space)
            with pytest.raises(ArchiveNotWritable, match=r"free some space"):
                await archive.update(emulator.dataset.organizers, Recordings(content=True))
    assert archived.everything(tmp_path) == before
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(emulator.dataset.organizers, Recordings(content=True))
    assert summary.is_complete
    assert len(archived.rows(tmp_path, "recordings")) == len(before["recordings"]) + 20


def transaction_without_space(journal: Journal) -> AbstractContextManager[None]:
    journal.execute("PRAGMA max_page_count = 1")
    return TRANSACTION(journal)


def no_space(_: int) -> None:
    raise OSError(28, "No space left on device")


async def test_organizers_that_fail_do_not_stop_the_others(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    first, second = emulator.dataset.organizers
    emulator.tenant.access_policy_missing_for.add(first)
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(["nobody", first, second], Recordings(content=True), Transcripts())
    assert {row["organizer_id"] for row in archived.rows(tmp_path, "recordings")} == {second}
    failures = {(failure.feed, failure.organizer): failure for failure in summary.failures}
    assert set(failures) == {(feed, who) for feed in ("recordings", "transcripts") for who in ("nobody", first)}
    assert "application access policy" in str(failures["recordings", first].advice)
    assert Archive.status(tmp_path).feeds[0].failures == summary["recordings"].failures
    emulator.tenant.access_policy_missing_for.clear()
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update([first, second], Recordings(content=True), Transcripts())
    assert summary.is_complete
    assert {row["organizer_id"] for row in archived.rows(tmp_path, "recordings")} == {first, second}


@each_format
async def test_a_content_that_has_expired_is_a_row_with_the_reason(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    (gone, *_) = emulator.dataset.recordings(emulator.dataset.organizers[0])
    emulator.fail_next(404, path=f"{quoted(str(gone['id']))}/content", times=1)
    async with Archive(tmp_path, graph, format=format) as archive:
        summary = await archive.update(emulator.dataset.organizers, Recordings(content=True))
    assert summary.is_complete
    assert summary["recordings"].lost == 1
    problems = {row["id"]: row["content_problem"] for row in archived.rows(tmp_path, "recordings")}
    assert [id_ for id_, problem in problems.items() if problem is not None] == [gone["id"]]
    assert str(problems[gone["id"]]).startswith("404")


@each_format
async def test_a_content_that_failed_is_tried_again(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, format: FormatName
) -> None:
    (failing, *_) = emulator.dataset.recordings(emulator.dataset.organizers[0])
    emulator.fail_next(403, path=f"{quoted(str(failing['id']))}/content", times=1)
    async with Archive(tmp_path, graph, format=format) as archive:
        summary = await archive.update(emulator.dataset.organizers, Recordings(content=True))
        assert [failure.organizer for failure in summary.failures] == [emulator.dataset.organizers[0]]
        assert Archive.status(tmp_path).feeds[0].missing == 1
        summary = await archive.update(emulator.dataset.organizers, Recordings(content=True))
    assert (summary.is_complete, summary["recordings"].files, summary["recordings"].replaced) == (True, 1, 1)
    assert {row["content_problem"] for row in archived.rows(tmp_path, "recordings")} == {None}


def quoted(id_: str) -> str:
    return quote(id_, safe="")


async def test_transcripts_that_the_tenant_has_switched_off_are_rows_with_the_reason(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    emulator.tenant.speaker_attribution_allowed = False
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(emulator.dataset.organizers, Transcripts(content=True))
    assert summary.is_complete
    files = [row["content_file"] for row in archived.rows(tmp_path, "transcripts")]
    assert all(file.endswith(".txt") and (tmp_path / file).exists() for file in files)
    assert archived.rows(tmp_path, "transcript_cues") == []


class Clock(datetime):
    """A clock that was set back."""

    @classmethod
    def now(cls, tz: object = None) -> "Clock":
        del tz
        return cls(2025, 1, 1, tzinfo=UTC)


async def test_a_clock_that_jumped_back_is_told_and_loses_nothing(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = datetime(2025, 12, 1, tzinfo=UTC)
    async with Archive(tmp_path, graph) as archive:
        await archive.update((), PstnCalls(since=since), CallRecords())
        before = archived.everything(tmp_path)
        with monkeypatch.context() as clock:
            clock.setattr(logs, "datetime", Clock)
            record = emulator.dataset.add_call_record(start="2026-07-02T00:00:00Z")
            summary = await archive.update((), PstnCalls(), CallRecords())
        (failure,) = summary.failures
        assert "the clock of this machine says 2025-01-01 00:00 UTC" in failure.reason
        assert str(failure.advice).startswith("set the clock")
        assert {key[0] for key in archived.keys(tmp_path, "calls")} == {
            str(record["id"]),
            *(row["id"] for row in before["calls"]),
        }
        summary = await archive.update((), PstnCalls())
        assert summary.is_complete


async def test_names_from_the_service_never_choose_a_path(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    dataset, organizer = emulator.dataset, emulator.dataset.organizers[0]
    meeting = dataset.meetings(organizer)[0]
    hostile = ["../../../evil", "a/b", "A", "a", "x" * 3000, "con", "\u0000nul", "file:stream", "..", "naïve\u202e"]
    for id_ in hostile:
        recording = dict(dataset.add_recording(organizer, meeting, content_size=100))
        media = dataset.find(
            ("users", organizer, "onlineMeetings", meeting, "recordings", str(recording["id"]))
        ).streams["content"]
        dataset.remove(("users", organizer, "onlineMeetings", meeting, "recordings", str(recording["id"])))
        dataset.add(
            ("users", organizer, "onlineMeetings", meeting, "recordings"),
            {**recording, "id": id_},
            streams={"content": media},
        )
    async with Archive(tmp_path / "in" / "archive", graph, format="csv") as archive:
        await archive.update([organizer], Recordings(content=True))
    files = [row["content_file"] for row in archived.rows(tmp_path / "in" / "archive", "recordings")]
    names = [file.casefold() for file in files if file is not None]
    assert len(names) == len(set(names)) >= len(dataset.recordings(organizer)) - len(hostile)
    assert all(len(name) < 100 for name in names)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["archive"]


async def test_texts_that_spreadsheets_would_run_are_harmless_and_come_back(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    texts = ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx", "'quoted", '=HYPERLINK("http://x";"y")', "", 'a,b\n"c"']
    organizer = emulator.dataset.organizers[0]
    meeting = emulator.dataset.meetings(organizer)[0]
    for text in texts:
        recording = dict(emulator.dataset.add_recording(organizer, meeting))
        path = ("users", organizer, "onlineMeetings", meeting, "recordings", str(recording["id"]))
        emulator.dataset.replace(path, {**recording, "contentCorrelationId": text})
    async with Archive(tmp_path, graph, format="csv") as archive:
        await archive.update([organizer], Recordings())
    found = [row["content_correlation_id"] for row in archived.rows(tmp_path, "recordings")]
    assert set(texts) <= set(found)
    raw = (tmp_path / "recordings/part-000001.csv").read_text(encoding="utf-8")
    assert not [
        cell for cell in ("=1+1", "+49", "-2", "@SUM", "\tx", "=HYPER") if f",{cell}" in raw or f',"{cell}' in raw
    ]


async def test_values_of_the_wrong_type_are_told_and_left_out(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    record = emulator.dataset.add_call_record(start="2026-07-01T09:00:00Z", sessions=1)
    path = ("communications", "callRecords", str(record["id"]))
    emulator.dataset.replace(path, {**record, "type": 7, "joinWebUrl": ["no", "text"]})
    by = dict(emulator.dataset.find((*path, "organizer_v2")).properties)
    emulator.dataset.add_single((*path, "organizer_v2"), {**by, "identity": {"user": {"id": []}}})
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(emulator.dataset.organizers, Attendance(), CallRecords())
    assert {failure.advice for failure in summary.failures} == {
        "the value was left out; the rest of its row was archived",
        "the next update looks at it again",
    }
    (row,) = (row for row in archived.rows(tmp_path, "calls") if row["id"] == record["id"])
    assert (row["type"], row["join_web_url"], row["version"]) == (None, None, record["version"])
