"""What DuckDB needs apart: memory."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive
from graph_meetings_archive.formats import duckdb as format_duckdb
from graph_meetings_emulator import Emulator
from tests.archive.conftest import FEEDS
from tests.support import archived


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
