"""What DuckDB needs apart: memory, and the file for itself."""

import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import duckdb
import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, ArchiveMismatch, ArchiveNotWritable
from graph_meetings_archive.formats import duckdb as format_duckdb
from graph_meetings_emulator import Emulator
from tests.archive.conftest import FEEDS, refused
from tests.support import archived

SECONDS = 30.0
WRITER = """
import duckdb, sys

with duckdb.connect(sys.argv[1]) as connection:
    connection.execute("CREATE TABLE large AS SELECT random() FROM range(200_000)")
    connection.execute("CHECKPOINT")
    print("larger", flush=True)
    sys.stdin.read()
    connection.execute("DROP TABLE large")
    connection.execute("CHECKPOINT")
"""


@contextmanager
def made_larger(path: Path) -> Generator[None]:
    """Have another program write into a DuckDB file, and undo that at the end of the block."""
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"larger\n"
        yield
        other.communicate(timeout=SECONDS)


async def test_a_step_that_does_not_fit_into_memory_gets_more(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[str] = []
    connect = duckdb.connect

    def connect_and_tell(path: str, config: dict[str, Any]) -> Any:
        limits.append(config["memory_limit"])
        return connect(path, config=config)

    with monkeypatch.context() as patch:
        patch.setattr(duckdb, "connect", connect_and_tell)
        patch.setattr(format_duckdb, "_MEMORY_LIMITS", ("16MiB", "512MiB"))
        async with Archive(tmp_path, graph, format="duckdb") as archive:
            summary = await archive.update(emulator.dataset.organizers, *FEEDS)
    assert summary.is_complete
    assert limits == ["16MiB", "512MiB"]
    assert len(archived.keys(tmp_path, "calls")) == len(emulator.dataset.call_records)


async def test_a_checkpoint_that_does_not_fit_into_memory_gets_more(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[str] = []
    connect = duckdb.connect

    class Connection:
        """A connection whose first commit of rows fails as a checkpoint without memory does."""

        def __init__(self, path: str, config: dict[str, Any]) -> None:
            self._connection = connect(path, config=config)
            self._limit = config["memory_limit"]

        def commit(self) -> None:
            self._connection.commit()
            commits.append(self._limit)
            if len(commits) == 2:  # the first one has created the tables
                raise duckdb.TransactionException(
                    "TransactionContext Error: Failed to commit: Checkpoint failed. Original error: could not allocate "
                    "block of size 256.0 KiB"
                )

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    with monkeypatch.context() as patch:
        patch.setattr(duckdb, "connect", Connection)
        async with Archive(tmp_path, graph, format="duckdb") as archive:
            await archive.update(emulator.dataset.organizers, *FEEDS)
    assert commits[:2] == ["48MiB", "48MiB"]
    assert set(commits[2:]) <= {"64MiB"}
    assert len(archived.keys(tmp_path, "calls")) == len(emulator.dataset.call_records)


async def test_a_file_that_this_program_has_open_is_told(offline: GraphMeetingsClient, tmp_path: Path) -> None:
    async with Archive(tmp_path, offline, format="duckdb"):
        pass
    with duckdb.connect(str(tmp_path / "archive.duckdb"), read_only=True):
        error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveNotWritable)
    assert "or this one, has" in str(error)


async def test_a_folder_that_duckdb_cannot_write_into_is_refused(offline: GraphMeetingsClient, tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotWritable, match="question mark; use another folder"):
        async with Archive(tmp_path / "why?", offline, format="duckdb"):
            pass


async def test_a_file_of_a_newer_duckdb_is_not_called_damaged(
    offline: GraphMeetingsClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Archive(tmp_path, offline, format="duckdb"):
        pass
    said = "IO Error: Trying to read a database file with version number 999, but we can only read versions up to 67."
    monkeypatch.setattr(duckdb, "connect", Mock(side_effect=duckdb.IOException(said)))
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveMismatch)
    assert "install that one or a newer one" in str(error)


async def test_the_size_of_a_file_that_another_program_writes_means_nothing(
    offline: GraphMeetingsClient, tmp_path: Path
) -> None:
    async with Archive(tmp_path, offline, format="duckdb"):
        pass
    with made_larger(tmp_path / "archive.duckdb"):
        assert isinstance(await refused(tmp_path, offline), ArchiveNotWritable)
    async with Archive(tmp_path, offline):  # it is as small again as when it was closed
        pass


async def test_tables_of_the_same_names_in_a_schema_of_ones_own_are_left_alone(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled / "duckdb", tmp_path, dirs_exist_ok=True)
    with duckdb.connect(str(tmp_path / "archive.duckdb")) as connection:
        connection.execute("CREATE SCHEMA mine")
        connection.execute("CREATE TABLE mine.recordings AS SELECT id, 'seen' AS note FROM recordings")
    async with Archive(tmp_path, offline):
        pass
    with duckdb.connect(str(tmp_path / "archive.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT DISTINCT note FROM mine.recordings").fetchall() == [("seen",)]
