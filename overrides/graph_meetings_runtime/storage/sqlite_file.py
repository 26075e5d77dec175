"""A SQLite file of this package: created, recognized, and written in transactions."""

import os
import sqlite3
import stat
import sys
import threading
import time
import warnings
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

SqlValue: TypeAlias = str | bytes | int | float | None

_SECONDS_BETWEEN: Final = 0.01
_NOT_WRITABLE: Final = "the file and its folder must be writable, and the folder must be on a local disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """The format by which a file is recognized.

    Args:
        name: of the format, as in "the delta store x.db".
        name_with_article: as in "it says that it is a delta store".
        application_id: in the file.
        version: of the schema, in the file.
        schema: the statements that create the tables.
        columns: of each table, separated by commas.
        why_private: the reason why only its owner may read it.
        if_deleted: what happens if the file is deleted.
        error: the class of the errors that are raised.
        seconds_to_wait: for other processes that are writing to it.
        survives_power_failures: whether a commit is on the disk when it returns. Otherwise, a power failure can undo
            the last commits, although the end of the process cannot.
    """

    name: str
    name_with_article: str
    application_id: int
    version: int
    schema: tuple[str, ...]
    columns: Mapping[str, str]
    why_private: str
    if_deleted: str
    error: type[Exception]
    seconds_to_wait: float = 30.0
    survives_power_failures: bool = True

    def question(self) -> str:
        """Return the query that tells whether a file is of this format.

        It is one statement, so that it never sees a file that another process has half created.
        """
        # Only names of our own are in it.
        columns = (f"(SELECT group_concat(name) FROM pragma_table_info('{name}'))" for name in self.columns)  # noqa: S608  names of our own
        what = ", ".join(["application_id", "user_version", "(SELECT count(*) FROM sqlite_master)", *columns])
        return f"SELECT {what} FROM pragma_application_id, pragma_user_version"  # noqa: S608  as above

    def hint(self, code: int) -> str:
        """Return what to do about an error of SQLite."""
        damaged = f"use another file, or delete this one if it is a damaged {self.name}; {self.if_deleted} then"
        seconds = f"{self.seconds_to_wait:.0f} seconds"
        hints = {
            sqlite3.SQLITE_BUSY: f"another process has been writing it for {seconds}; try again",
            sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
            sqlite3.SQLITE_CORRUPT: damaged,
            sqlite3.SQLITE_FULL: "free some space, and it resumes where it stopped",
            sqlite3.SQLITE_NOTADB: damaged,
            sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
        }
        return hints.get(code, "nothing of the transaction was written")


_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class SqliteFile:
    """One connection to the file, which several threads can use one after another.

    Args:
        path: of the file. If it does not exist, it is created, and only its owner can read it.
        format: of the file.

    Raises:
        Exception: the format's error, if the file has another format.
        OSError: it cannot be created.
    """

    def __init__(self, path: Path, format: FileFormat) -> None:
        self.path = path
        self._format = format
        self._lock = threading.RLock()
        self._process = os.getpid()
        if path.is_dir():
            raise format.error(f"{path} is a folder; name a file in it")
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with self._explained():
            self._connection = sqlite3.connect(
                path, timeout=format.seconds_to_wait, isolation_level=None, check_same_thread=False
            )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file as soon as no thread is writing to it. A forked process leaves that to its parent."""
        if self._process == os.getpid():
            with self._lock:
                self._connection.close()

    def execute(self, statement: str, *values: SqlValue) -> list[Any]:
        """Run one of this package's own statements, and return the rows that it finds.

        Raises:
            Exception: the format's error, if it fails.
        """
        with self._exclusively(), self._explained():
            return self._connection.execute(statement, values).fetchall()

    def execute_many(self, statement: str, values: Iterable[tuple[SqlValue, ...]]) -> None:
        """Run one statement for each row of values.

        Raises:
            Exception: the format's error, if it fails.
        """
        with self._exclusively(), self._explained():
            self._connection.executemany(statement, values)

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Commit everything that the block writes, or nothing.

        Raises:
            Exception: the format's error, if the transaction cannot be begun or committed; the file is unchanged.
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
        """Return whether a transaction is open. It is not if a handler has closed the connection."""
        try:
            return self._connection.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def _control_transactions(self) -> None:
        """Keep Python from starting transactions itself, even if a handler has turned that on for its own statements.

        Otherwise, what this package writes next would not be committed.
        """
        with suppress(sqlite3.ProgrammingError):  # closed
            if sys.version_info >= (3, 12):
                self._connection.autocommit = sqlite3.LEGACY_TRANSACTION_CONTROL
            self._connection.isolation_level = None

    @contextmanager
    def _exclusively(self) -> Generator[None]:
        if self._process != os.getpid():
            raise self._format.error(
                f"the {self._format.name} {self.path} was opened before this process was forked: open it again in the "
                "child"
            )
        with self._lock:
            yield

    def _prepare(self) -> None:
        """Recognize the file before anything in it is touched, and create the tables if it is empty."""
        if self._is_recognized():
            self._protect(warn=True)
        else:
            self._protect(warn=False)
            with self.transaction():
                if not self._is_recognized():  # another process may have been faster
                    for statement in self._statements():
                        self.execute(statement)
        self._write_ahead()
        # NORMAL is twenty times as fast, but a power failure loses the last commits, whose calls would be repeated.
        self.execute(f"PRAGMA synchronous = {'FULL' if self._format.survives_power_failures else 'NORMAL'}")

    def _protect(self, *, warn: bool) -> None:
        """Make the file readable for its owner only, because of what is in it."""
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
                f"other users of this machine could read {self.path}, {self._format.why_private}; {advice}",
                stacklevel=5,  # the line that opens the store
            )

    def _files(self) -> list[Path]:
        names = (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm")
        return [path for name in names if (path := self.path.with_name(name)).exists()]

    def _write_ahead(self) -> None:
        """Switch to WAL. SQLite's own timeout does not wait for processes that are opening or closing the file."""
        deadline = time.monotonic() + self._format.seconds_to_wait
        while True:
            try:
                self.execute("PRAGMA journal_mode = WAL")
            except self._format.error as error:
                if _code_of(error.__cause__) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_SECONDS_BETWEEN)
            else:
                return

    def _statements(self) -> tuple[str, ...]:
        return (
            *self._format.schema,
            f"PRAGMA application_id = {self._format.application_id}",
            f"PRAGMA user_version = {self._format.version}",
        )

    def _is_recognized(self) -> bool:
        """Return whether the file is of this format; otherwise it is empty.

        Raises:
            Exception: the format's error, if it is neither, or was written by a newer release.
        """
        format_ = self._format
        ((application, version, tables, *columns),) = self.execute(format_.question())
        is_ours = application == format_.application_id
        if is_ours and version > format_.version:
            raise format_.error(
                f"{self.path} was written by a newer release of graph-meetings (its schema is {version}, this release "
                f"knows {format_.version}); update graph-meetings"
            )
        if is_ours and columns != list(format_.columns.values()):
            raise format_.error(
                f"{self.path} says that it is {format_.name_with_article}, but its tables are missing or different; "
                f"use another file, or delete this one: {format_.if_deleted} then"
            )
        if is_ours:
            return True
        if application or version or tables:
            raise format_.error(
                f"{self.path} is a SQLite database of something else; use another file for the {format_.name}, in "
                "which you may then create tables of your own"
            )
        return False

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            hint = self._format.hint(_code_of(error))
            raise self._format.error(f"the {self._format.name} {self.path} failed: {error}; {hint}") from error


def _code_of(error: BaseException | None) -> int:
    """Return SQLite's primary code of an error; versions differ in the extended one."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
