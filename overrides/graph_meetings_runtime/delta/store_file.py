"""The SQLite file of a delta store: created, recognized, and written in transactions."""

import os
import sqlite3
import stat
import sys
import threading
import time
import warnings
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
    # Digests of ids: 26 bytes an item instead of 193, and the file tells nobody whose meetings they are.
    """CREATE TABLE graph_meetings_items (
        feed INTEGER NOT NULL REFERENCES graph_meetings_feeds (id),
        digest BLOB NOT NULL,
        is_removed INTEGER NOT NULL,
        PRIMARY KEY (feed, digest)
    ) WITHOUT ROWID""",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_SCHEMA_VERSION}",
)
_COLUMNS: Final = ("id,name,round_link,delta_link", "feed,digest,is_removed")
# One statement, so that a store that another process is creating is seen before or after, but not halfway.
_WHAT_IT_IS: Final = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master),
        (SELECT group_concat(name) FROM pragma_table_info('graph_meetings_feeds')),
        (SELECT group_concat(name) FROM pragma_table_info('graph_meetings_items'))
    FROM pragma_application_id, pragma_user_version"""
_DAMAGED: Final = "use another file, or delete this one if it is a damaged store; everything is delivered again then"
_NOT_WRITABLE: Final = "the file and its folder must be writable, and the folder must be on a local disk"
_HINTS: Final = {
    sqlite3.SQLITE_BUSY: f"another process has been writing it for {_SECONDS_TO_WAIT:.0f} seconds; try again",
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: "free some space, and it goes on where it stopped",
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
}
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class StoreFile:
    """One connection to the file, which several threads may use one after another.

    Args:
        path: of the file; it is created, readable for its owner only, if it does not exist.

    Raises:
        DeltaStoreError: the file is something else.
        OSError: it cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._process = os.getpid()
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
        """Close the file, as soon as no thread is writing it. In a forked process it is the parent's to close."""
        if self._process == os.getpid():
            with self._lock:
                self._connection.close()

    def execute(self, statement: str, *values: SqlValue) -> list[Any]:
        """Run one statement of the store's own, and return the rows that it finds.

        Raises:
            DeltaStoreError: it failed.
        """
        with self._exclusively(), self._explained():
            return self._connection.execute(statement, values).fetchall()

    def execute_many(self, statement: str, values: Iterable[tuple[SqlValue, ...]]) -> None:
        """Run one statement for each row of values.

        Raises:
            DeltaStoreError: it failed.
        """
        with self._exclusively(), self._explained():
            self._connection.executemany(statement, values)

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Commit everything that the block writes, or nothing.

        Raises:
            DeltaStoreError: the transaction cannot be begun or committed; the file is as it was.
        """
        with self._exclusively():
            try:
                self.execute("BEGIN IMMEDIATE")
                yield self._connection
                self.execute("COMMIT")
            except BaseException:
                # Some errors, such as a full disk, have rolled it back already.
                if self.is_in_transaction():
                    self.execute("ROLLBACK")
                raise
            finally:
                self._control_transactions()

    def is_in_transaction(self) -> bool:
        """Return whether a transaction is open; it is not if a handler has closed the connection."""
        try:
            return self._connection.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def _control_transactions(self) -> None:
        """Have no transaction begun by Python itself, even if a handler has wanted that for its own statements.

        What the store writes next would not be committed otherwise.
        """
        with suppress(sqlite3.ProgrammingError):  # closed
            if sys.version_info >= (3, 12):
                self._connection.autocommit = sqlite3.LEGACY_TRANSACTION_CONTROL
            self._connection.isolation_level = None

    @contextmanager
    def _exclusively(self) -> Generator[None]:
        if self._process != os.getpid():
            raise DeltaStoreError(
                f"the delta store {self.path} was opened before this process was forked: open it again in the child"
            )
        with self._lock:
            yield

    def _prepare(self) -> None:
        """Recognize the file before anything in it is touched, and create the tables if it is empty."""
        if self._is_store():
            self._protect(warn=True)
        else:
            self._protect(warn=False)
            with self.transaction():
                if not self._is_store():  # another process may have been faster
                    for statement in _SCHEMA:
                        self.execute(statement)
        self._write_ahead()
        # NORMAL is twenty times as fast, but loses the last commits in a power failure: their calls would be repeated.
        self.execute("PRAGMA synchronous = FULL")

    def _protect(self, *, warn: bool) -> None:
        """Make the file readable for its owner only, because links contain tokens."""
        if os.name == "nt":
            return
        open_to_others = [path for path in self._files() if path.stat().st_mode & _OTHERS]
        if not open_to_others:
            return
        try:
            for path in open_to_others:
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
        except PermissionError:
            advice = "its owner has to run chmod 600 on it"
        else:
            advice = "it has been made readable for its owner only"
        if warn:
            warnings.warn(
                f"other users of this machine could read {self.path}, whose links contain tokens; {advice}",
                stacklevel=5,  # the line that opens the store
            )

    def _files(self) -> list[Path]:
        names = (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm")
        return [path for name in names if (path := self.path.with_name(name)).exists()]

    def _write_ahead(self) -> None:
        """Switch to WAL; SQLite's own timeout does not wait for others who are opening or closing the file."""
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
        """Return whether the file is a store; otherwise it is empty.

        Raises:
            DeltaStoreError: it is neither, or of a newer release.
        """
        ((application, version, tables, *columns),) = self.execute(_WHAT_IT_IS)
        if application == _APPLICATION_ID and version > _SCHEMA_VERSION:
            raise DeltaStoreError(
                f"{self.path} was written by a newer release of graph-meetings (its schema is {version}, this release "
                f"knows {_SCHEMA_VERSION}); update graph-meetings"
            )
        if application == _APPLICATION_ID and tuple(columns) != _COLUMNS:
            raise DeltaStoreError(
                f"{self.path} says that it is a delta store, but its tables are missing or different; use another "
                "file, or delete this one: everything is delivered again then"
            )
        if application == _APPLICATION_ID:
            return True
        if application or version or tables:
            raise DeltaStoreError(
                f"{self.path} is a SQLite database of something else; use another file for the delta store, in which "
                "you may then create tables of your own"
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
    """Return SQLite's primary code of an error; versions differ in the extended one."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
