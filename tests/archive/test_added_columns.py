"""An archive of an earlier release, whose tables lack columns that this one writes: it gets them, and goes on."""

import csv
import shutil
import sys
import tracemalloc
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import duckdb
import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import (
    Archive,
    ArchiveNotWritable,
    CallRecords,
    FormatName,
    PstnCalls,
    Recordings,
    Transcripts,
)
from graph_meetings_archive.formats import duckdb as format_duckdb
from graph_meetings_archive.formats import parts
from graph_meetings_archive.formats import sqlite as format_sqlite
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.formats.csv import CsvCodec
from graph_meetings_archive.storage.unit import StoredTable
from graph_meetings_archive.tables import Column, ColumnType
from graph_meetings_emulator import Dataset
from tests.archive.conftest import SINCE, contents
from tests.support import archived, crashing, earlier

pandas: Any = import_module("pandas")
FEEDS = (Recordings(), Transcripts(content=True), CallRecords(), PstnCalls(since=SINCE))
FORGOTTEN = (
    ("recordings", "meeting_id"),
    ("transcripts", "content_problem"),
    ("transcript_cues", "speaker"),
    ("calls", "modalities"),
    ("calls", "end_date_time"),
    ("streams", "average_jitter"),
    ("streams", "stream_direction"),
    ("pstn_calls", "charge"),
)
TABLES = tuple(dict.fromkeys(table for table, _ in FORGOTTEN))
each_format = pytest.mark.parametrize("format", archived.FORMATS)
each_format_of_files = pytest.mark.parametrize("format", ["parquet", "csv", "jsonl"])


class Ended(BaseException):
    """Stands for the end of a process."""


def forget(folder: Path) -> None:
    for table, column in FORGOTTEN:
        earlier.forget_column(folder, table, column)


def divided(folder: Path, ids: set[str]) -> tuple[dict[str, archived.Rows], dict[str, archived.Rows]]:
    """Return the rows of artifacts and calls with these ids, and all others."""
    found: dict[str, archived.Rows] = {}
    others: dict[str, archived.Rows] = {}
    for table in TABLES:
        for row in archived.rows(folder, table):
            is_found = ids & {row.get("id"), row.get("call_id")}
            (found if is_found else others).setdefault(table, []).append(row)
    return found, others


@each_format
async def test_rows_of_before_have_null_there_and_later_ones_values(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path, format: FormatName
) -> None:
    call = str(max(dataset.call_records, key=lambda record: str(record["endDateTime"]))["id"])
    async with Archive(tmp_path, graph, format=format) as archive:
        await archive.update(dataset.organizers, *FEEDS)
    former, others = divided(tmp_path, {call})
    forget(tmp_path)
    meeting = dataset.meetings(dataset.organizers[0])[0]
    recording = str(dataset.add_recording(dataset.organizers[0], meeting)["id"])
    path = ("communications", "callRecords", call)
    dataset.replace(path, {**dataset.find(path).properties, "version": 1000})
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(dataset.organizers, *FEEDS)
    assert summary.is_complete
    assert (summary["recordings"].added, summary["transcripts"].added) == (1, 0)
    found, unchanged = divided(tmp_path, {call, recording})
    for table, column in FORGOTTEN:
        assert any(row[column] is not None for row in others[table]) or column == "content_problem"
        others[table] = [{**row, column: None} for row in others[table]]
    assert unchanged == others
    assert found["recordings"][0]["meeting_id"] == meeting
    for table, version in (("calls", "version"), ("streams", "call_version")):
        assert found[table] == [{**row, version: 1000} for row in former[table]]


async def in_parts(folder: Path, graph: GraphMeetingsClient, dataset: Dataset, format: FormatName) -> None:
    """Archive the recordings of each organizer in a part of its own, as an earlier release did."""
    for organizer in dataset.organizers:
        async with Archive(folder, graph, format=format) as archive:
            await archive.update([organizer], Recordings())
    earlier.forget_column(folder, "recordings", "meeting_id")


@each_format_of_files
async def test_readers_find_the_same_columns_in_all_files(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path, format: FormatName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "CELLS_PER_PART", 1)
    await in_parts(tmp_path, graph, dataset, format)
    dataset.add_recording(dataset.organizers[0], dataset.meetings(dataset.organizers[0])[0])
    async with Archive(tmp_path, graph) as archive:
        await archive.update(dataset.organizers, Recordings())
    assert len(list((tmp_path / "recordings").iterdir())) == 3
    names = list(archived.TABLES["recordings"].names)
    found = duckdb.sql(f"SELECT * FROM '{tmp_path}/recordings/*.{format}'")  # noqa: S608  a path of ours
    assert found is not None
    assert found.columns == names
    assert found.aggregate("count(*), count(meeting_id)").fetchall() == [(9, 1)]
    if format == "parquet":
        assert list(pandas.read_parquet(tmp_path / "recordings")) == names


@each_format_of_files
async def test_a_process_that_ends_between_two_files_leaves_what_the_next_one_goes_on_with(
    graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path, format: FormatName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "CELLS_PER_PART", 1)
    await in_parts(tmp_path, graph, dataset, format)
    before = archived.rows(tmp_path, "recordings")
    replace_file = Path.replace

    def replace_second(path: Path, target: Path) -> Path:
        if target.name.startswith("part-000002"):
            raise Ended
        return replace_file(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_second)
        with pytest.raises(Ended):
            await Archive(tmp_path, graph).__aenter__()
    assert [{**row, "meeting_id": None} for row in archived.rows(tmp_path, "recordings")] == [
        {**row, "meeting_id": None} for row in before
    ]
    async with Archive(tmp_path, graph) as archive:
        summary = await archive.update(dataset.organizers, Recordings())
    assert summary["recordings"].added == 0
    assert archived.rows(tmp_path, "recordings") == [{**row, "meeting_id": None} for row in before]


@pytest.mark.parametrize(("format", "module"), [("sqlite", format_sqlite), ("duckdb", format_duckdb)])
async def test_a_process_that_ends_before_the_schemas_are_recorded_leaves_what_the_next_one_goes_on_with(
    offline: GraphMeetingsClient,
    filled: Path,
    tmp_path: Path,
    format: FormatName,
    module: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(filled / format, tmp_path, dirs_exist_ok=True)
    before = archived.rows(tmp_path, "recordings")
    earlier.forget_column(tmp_path, "recordings", "meeting_id")
    with monkeypatch.context() as patch:
        patch.setattr(module, "record_schemas", Mock(side_effect=Ended))
        with pytest.raises(Ended):
            await Archive(tmp_path, offline).__aenter__()
    assert archived.keys(tmp_path, "recordings") == [(row["organizer_id"], row["id"]) for row in before]
    async with Archive(tmp_path, offline):
        pass
    assert archived.rows(tmp_path, "recordings") == [{**row, "meeting_id": None} for row in before]


def test_a_long_cell_with_many_quotes_takes_little_memory(tmp_path: Path) -> None:
    added = Column("added", ColumnType.TEXT, "Added later.")
    before = StoredTable("texts", (Column("text", ColumnType.TEXT, "Text."),), key=("text",), owner=("text",))
    after = replace(before, columns=(*before.columns, added))
    text = '"' * 100_000
    CsvCodec().write(before, tmp_path / "before.csv", Rewriting(None, rows=[(text,)]))
    tracemalloc.start()
    try:
        CsvCodec().write(after, tmp_path / "after.csv", Rewriting(tmp_path / "before.csv", extends=True))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 * len(text)
    with (tmp_path / "after.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["text", "added"], [text, ""]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
async def test_a_duckdb_file_that_may_not_grow_is_not_damaged(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path
) -> None:
    import resource  # noqa: PLC0415  not on Windows

    shutil.copytree(filled / "duckdb", tmp_path, dirs_exist_ok=True)
    before = archived.rows(tmp_path, "recordings")
    earlier.forget_column(tmp_path, "recordings", "meeting_id")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "archive.duckdb").stat().st_size, limits[1]))
    try:
        with pytest.raises(ArchiveNotWritable, match="File too large; free some space"):
            await Archive(tmp_path, offline).__aenter__()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    async with Archive(tmp_path, offline):
        pass
    assert archived.rows(tmp_path, "recordings") == [{**row, "meeting_id": None} for row in before]


@pytest.mark.long
def test_duckdb_goes_on_with_groups_of_rows_of_another_size(tmp_path: Path) -> None:
    first, *others = crashing.random_batches(seed=1, count=3)
    crashing.commit(tmp_path, "duckdb", (first,))
    earlier.forget_column(tmp_path, "transcripts", "meeting_id")
    with duckdb.connect(str(tmp_path / "archive.duckdb")) as connection:  # its groups are larger than ours
        columns = "organizer_id, i::VARCHAR AS id, removed"
        rows = f"SELECT {columns} FROM (FROM transcripts LIMIT 1), range(200_000) AS r(i)"  # noqa: S608  ours
        for _ in range(2):
            connection.execute(f"INSERT INTO transcripts BY NAME {rows}")
    crashing.commit(tmp_path, "duckdb", (first, *others))


@pytest.mark.long
@pytest.mark.parametrize("format", ["duckdb", "csv"])  # all of them: python -m tools.soak
def test_every_row_is_there_once_wherever_a_process_ends(tmp_path: Path, format: FormatName) -> None:
    crashing.crash_while_extending(tmp_path, format, crashes=1, seed=1)


def test_its_status_changes_nothing(filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "csv", tmp_path, dirs_exist_ok=True)
    earlier.forget_column(tmp_path, "recordings", "meeting_id")
    before = contents(tmp_path)
    assert Archive.status(tmp_path) is not None
    assert contents(tmp_path) == before
