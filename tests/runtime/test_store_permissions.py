"""Who can read a store: its links contain tokens."""

import os
import sqlite3
import warnings
from contextlib import closing, suppress
from pathlib import Path

import pytest

from graph_meetings_runtime import DeltaStore, DeltaStoreError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="access is inherited from the folder there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sync.db"


def modes(path: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in path.parent.glob("sync.db*")}


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o640, 0o604, 0o777])
def test_an_empty_file_that_becomes_a_store_is_closed_to_others(path: Path, mode: int) -> None:
    path.touch()
    path.chmod(mode)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nobody can have read anything
        store = DeltaStore(path)
    with store:
        store.open("feed")
        owner = mode & 0o700
        assert modes(path) == {"sync.db": owner, "sync.db-wal": owner, "sync.db-shm": owner}


def test_a_store_that_is_open_to_others_is_closed_and_said(path: Path) -> None:
    with DeltaStore(path) as other:
        other.open("feed")
        for file in path.parent.glob("sync.db*"):
            file.chmod(0o644)
        with pytest.warns(UserWarning, match=r"sync\.db, whose links contain tokens; it has been made") as caught:
            store = DeltaStore(path)
        with store:
            assert store.feeds() == ["feed"]
            assert modes(path) == {"sync.db": 0o600, "sync.db-wal": 0o600, "sync.db-shm": 0o600}
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_file_beside_a_store_is_closed_too(path: Path, suffix: str) -> None:
    with DeltaStore(path) as other:
        other.open("feed")
        Path(f"{path}{suffix}").chmod(0o644)
        with pytest.warns(UserWarning, match="other users of this machine"):
            DeltaStore(path).close()
        assert set(modes(path).values()) == {0o600}


def test_a_store_that_is_its_owners_only_warns_of_nothing(path: Path) -> None:
    DeltaStore(path).close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DeltaStore(path).close()


def test_what_is_not_a_store_keeps_its_mode(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE diary (entry TEXT)")
    path.chmod(0o644)
    with pytest.raises(DeltaStoreError):
        DeltaStore(path)
    assert modes(path) == {"sync.db": 0o644}


def test_nothing_that_a_link_beside_a_store_leads_to_is_changed(path: Path, tmp_path: Path) -> None:
    DeltaStore(path).close()
    foreign = tmp_path / "foreign"
    foreign.touch(0o644)
    foreign.chmod(0o644)
    Path(f"{path}-shm").symlink_to(foreign)
    with suppress(DeltaStoreError):  # some versions of SQLite follow no such link
        DeltaStore(path).close()
    assert foreign.stat().st_mode & 0o777 == 0o644
