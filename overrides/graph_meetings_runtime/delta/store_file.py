"""The SQLite file of a delta store: made, recognized, and written in transactions."""

import os
import sqlite3
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from graph_meetings_runtime.delta.store_errors import DeltaStoreError

SqlValue: TypeAlias = str | bytes | int | None

_APPLICATION_ID: Final = 0x474D6473  # "GMds"
_SCHEMA_VERSION: Final = 1
_SECONDS_TO_WAIT: Final = 30.0
_SECONDS_BETWEEN: Final = 0.01
_SCHEMA: Final = (
    """CREATE TABLE graph_meetings_feeds (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        round_link TEXT, -- where the round in progress goes on
        delta_link TEXT  -- where the last complete round ended
    )""",
    # Digests of ids: 26 bytes an item in place of 193, and the file tells nobody whose meetings they are.
    """CREATE TABLE graph_meetings_items (
        feed INTEGER NOT NULL REFERENCES graph_meetings_feeds (id),
        digest BLOB NOT NULL,
        is_removed INTEGER NOT NULL,
        PRIMARY KEY (feed, digest)
    ) WITHOUT ROWID""",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_SCHEMA_VERSION}",
)
# One statement, so that a store that is just being made is seen before or after, and not half.
_WHAT_IT_IS: Final = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
    FROM pragma_application_id, pragma_user_version"""
_DAMAGED: Final = "name another file, or delete this one if it is a damaged store; everything is delivered again then"
_NOT_WRITABLE: Final = "the file and its folder have to be writable, and the folder has to be on a local disk"
_HINTS: Final = {
    sqlite3.SQLITE_BUSY: f"another process has been writing it for {_SECONDS_TO_WAIT:.0f} seconds; try again",
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: "make room, and go on where it ended",
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
}


class StoreFile:
    """One connection to the file, which several threads may use one after another.

    Args:
        path: of the file; it is made, readable for its owner only, where it is not there.

    Raises:
        DeltaStoreError: there is something else.
        OSError: it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with self._explained():
            self._connection = sqlite3.connect(
                path, timeout=_SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False
            )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file, once nobody writes it any more."""
        with self._lock:
            self._connection.close()

    def execute(self, statement: str, *values: SqlValue) -> list[Any]:
        """Run one statement of the store's own, and give the rows that it finds.

        Raises:
            DeltaStoreError: it failed.
        """
        with self._lock, self._explained():
            return self._connection.execute(statement, values).fetchall()

    def execute_many(self, statement: str, values: Iterable[tuple[SqlValue, ...]]) -> None:
        """Run one statement for each row of values.

        Raises:
            DeltaStoreError: it failed.
        """
        with self._lock, self._explained():
            self._connection.executemany(statement, values)

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Make everything that the block writes happen at once or not at all.

        Raises:
            DeltaStoreError: it cannot be begun or committed; the file is as it was.
        """
        with self._lock:
            self.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # some errors, such as a full disk, have rolled it back
                    self.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        """Recognize the file before anything in it is touched, and make the tables where it is empty."""
        if not self._is_store():
            with self.transaction():
                if not self._is_store():  # another process may have been faster
                    for statement in _SCHEMA:
                        self.execute(statement)
        self._write_ahead()
        # Not NORMAL, twenty times as fast, which loses the last commits when the power fails: their calls would be
        # repeated.
        self.execute("PRAGMA synchronous = FULL")

    def _write_ahead(self) -> None:
        """Turn to WAL; SQLite's own timeout does not wait for others who open or close the file at this moment."""
        deadline = time.monotonic() + _SECONDS_TO_WAIT
        while True:
            try:
                self.execute("PRAGMA journal_mode = WAL")
            except DeltaStoreError as error:
                if _code_of(error.__cause__) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_SECONDS_BETWEEN)
            else:
                return

    def _is_store(self) -> bool:
        """Tell a store from an empty file.

        Raises:
            DeltaStoreError: it is neither, or of a newer release.
        """
        ((application, version, tables),) = self.execute(_WHAT_IT_IS)
        if application == _APPLICATION_ID and version <= _SCHEMA_VERSION:
            return True
        if application == _APPLICATION_ID:
            raise DeltaStoreError(
                f"{self.path} was written by a newer release of graph-meetings (its schema is {version}, this release "
                f"knows {_SCHEMA_VERSION}); update graph-meetings"
            )
        if application or version or tables:
            raise DeltaStoreError(
                f"{self.path} is a SQLite database of something else; name another file for the delta store, in which "
                "you may then make tables of your own"
            )
        return False

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            hint = _HINTS.get(_code_of(error), "nothing of the transaction was written")
            raise DeltaStoreError(f"the delta store {self.path} failed: {error}; {hint}") from error


def _code_of(error: BaseException | None) -> int:
    """Give SQLite's code of an error, without what only some versions tell apart."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
