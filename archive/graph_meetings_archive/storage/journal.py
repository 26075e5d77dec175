"""The journal of an archive: where feeds go on, what is known, and which files are to take their places.

It is a SQLite database. In an archive of the format SQLite the rows are in the same file.

Source: https://www.sqlite.org/atomiccommit.html
"""

import sqlite3
import threading
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from os import O_CREAT, O_EXCL, O_RDWR, close
from os import open as open_descriptor
from pathlib import Path
from typing import Any, Final, Self

from graph_meetings_archive.outcome.errors import ArchiveDamaged, ArchiveError, ArchiveMismatch, ArchiveNotWritable
from graph_meetings_archive.storage.changes import Known
from graph_meetings_archive.storage.unit import UnitId

_APPLICATION_ID: Final = 0x474D6172  # "GMar"
SCHEMA_VERSION: Final = 2
_SECONDS_TO_WAIT: Final = 30.0
_MOST_VALUES: Final = 500
_SCHEMA: Final = (
    "CREATE TABLE graph_meetings_about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE graph_meetings_places (feed TEXT PRIMARY KEY, state TEXT NOT NULL)",
    """CREATE TABLE graph_meetings_units (
        id BLOB PRIMARY KEY,       -- digests of the kind and the key
        kind TEXT NOT NULL,
        part INTEGER NOT NULL,     -- the number of the files that the rows are in
        rank INTEGER NOT NULL,     -- the version
        mark BLOB NOT NULL,        -- a digest of what the rows were made from
        is_removed INTEGER NOT NULL,
        has_content INTEGER,
        content_size INTEGER NOT NULL,
        created INTEGER
    ) WITHOUT ROWID""",
    """CREATE TABLE graph_meetings_files (
        path TEXT PRIMARY KEY,     -- below the folder of the archive
        kind TEXT NOT NULL,
        part INTEGER NOT NULL,
        size INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        cells INTEGER NOT NULL
    )""",
    # What a commit still has to do to files. Doing it twice does no harm.
    "CREATE TABLE graph_meetings_steps (number INTEGER PRIMARY KEY, action TEXT NOT NULL, staged TEXT, target TEXT)",
    """CREATE TABLE graph_meetings_due (
        kind TEXT NOT NULL,
        id BLOB NOT NULL,
        feed TEXT NOT NULL,
        artifact BLOB NOT NULL,
        PRIMARY KEY (kind, id)
    ) WITHOUT ROWID""",
    "CREATE TABLE graph_meetings_updates (feed TEXT PRIMARY KEY, at INTEGER NOT NULL, failures TEXT NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_WHAT_IT_IS: Final = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master), page_count, page_size
    FROM pragma_application_id, pragma_user_version, pragma_page_count, pragma_page_size"""
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_NOT_WRITABLE: Final = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})
RESTORE: Final = "restore the archive from a backup, or export into a new folder; nothing in this one was changed"


class Journal:
    """One connection to the journal, which several threads may use one after another.

    Args:
        path: of the file.
        about: what a new archive is; without it, the file must be a journal already.
        is_read_only: whether to leave it as it is.

    Raises:
        ArchiveDamaged: it is damaged, empty or missing.
        ArchiveMismatch: it was written by a newer release, or by one whose archives this one cannot go on with.
        ArchiveNotWritable: it cannot be created or opened.
    """

    def __init__(self, path: Path, *, about: Mapping[str, str] | None = None, is_read_only: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        if about is None and not (path.exists() and path.stat().st_size):
            raise ArchiveDamaged(f"{path} is {'empty' if path.exists() else 'missing'}; {RESTORE}")
        if not path.exists():
            close(open_descriptor(path, O_CREAT | O_EXCL | O_RDWR, 0o600))
        mode = "ro" if is_read_only else "rw"
        with self._explained():
            self._connection = sqlite3.connect(
                f"{path.as_uri()}?mode={mode}",
                uri=True,
                timeout=_SECONDS_TO_WAIT,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            with self._explained():
                self._prepare(about, is_read_only=is_read_only)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, about: Mapping[str, str] | None, *, is_read_only: bool) -> None:
        ((application, version, tables, pages, size),) = self.execute(_WHAT_IT_IS)
        if not application and not tables and about is not None:
            self._write_ahead()
            with self.transaction():  # all of it, or the file stays empty
                for statement in _SCHEMA:
                    self.execute(statement)
                for name, value in about.items():
                    self.describe(name, value)
            return
        if application != _APPLICATION_ID:
            raise ArchiveDamaged(f"{self.path} is not the journal of an archive; {RESTORE}")
        if version > SCHEMA_VERSION:
            raise ArchiveMismatch(
                f"{self.path} was written by a newer release of graph-meetings (its schema is {version}, this release "
                f"knows {SCHEMA_VERSION}); update graph-meetings"
            )
        if version < SCHEMA_VERSION:
            raise ArchiveMismatch(
                f"{self.path} was written by an earlier release of graph-meetings (its schema is {version}, this "
                f"release writes {SCHEMA_VERSION}); go on with that release, or export into a new folder; nothing was "
                "changed"
            )
        if self.path.stat().st_size < pages * size and not _has_log(self.path):
            raise ArchiveDamaged(f"{self.path} is truncated; {RESTORE}")
        if self.execute("PRAGMA quick_check(1)") != [("ok",)]:
            raise ArchiveDamaged(f"{self.path} is damaged; {RESTORE}")
        if not is_read_only:
            self._write_ahead()

    def _write_ahead(self) -> None:
        self.execute("PRAGMA page_size = 8192")  # of a new file: a row takes a quarter of such a page
        self.execute("PRAGMA cache_size = -8000")  # KiB: of the units, mostly those of one organizer at a time
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = FULL")

    def close(self) -> None:
        """Close the file, as soon as no thread is using it."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, statement: str, *values: object) -> list[Any]:
        """Run one statement, and return the rows that it finds.

        Raises:
            ArchiveError: it failed; the subclass says why.
        """
        with self._lock, self._explained():
            return self._connection.execute(statement, values).fetchall()

    def execute_many(self, statement: str, values: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values.

        Raises:
            ArchiveError: it failed; the subclass says why.
        """
        with self._lock, self._explained():
            self._connection.executemany(statement, values)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Commit everything that the block writes, or nothing.

        Raises:
            ArchiveError: it failed; the journal is as it was.
        """
        with self._lock:
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self.execute("ROLLBACK")
                raise

    def about(self) -> dict[str, str]:
        """Return what identifies the archive."""
        return dict(self.execute("SELECT name, value FROM graph_meetings_about"))

    def describe(self, name: str, value: str) -> None:
        """Set something that identifies the archive."""
        self.execute("INSERT OR REPLACE INTO graph_meetings_about VALUES (?, ?)", name, value)

    def known(self, ids: Iterable[UnitId]) -> dict[UnitId, Known]:
        """Return what is known of units; those that are not in the archive are left out."""
        found: dict[UnitId, Known] = {}
        wanted = list(ids)
        for first in range(0, len(wanted), _MOST_VALUES):
            some = wanted[first : first + _MOST_VALUES]
            rows = self.execute(
                "SELECT id, part, rank, mark, is_removed, has_content FROM graph_meetings_units "  # noqa: S608  question marks
                f"WHERE id IN ({', '.join('?' * len(some))})",
                *some,
            )
            for id_, part, rank, mark, is_removed, has_content in rows:
                content = None if has_content is None else bool(has_content)
                found[id_] = Known(part, rank, mark, bool(is_removed), content)
        return found

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._explanation(error) from error

    def _explanation(self, error: sqlite3.Error) -> ArchiveError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            return ArchiveDamaged(f"{self.path} is damaged ({error}); {RESTORE}")
        if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            return ArchiveNotWritable(
                f"{self.path} cannot be written: {error}; free some space, then the next update goes on"
            )
        if code in _NOT_WRITABLE:
            return ArchiveNotWritable(
                f"{self.path} cannot be opened: {error}; the file and its folder must be writable, on a local disk"
            )
        if code == sqlite3.SQLITE_BUSY:
            return ArchiveError(
                f"another program has been writing {self.path} for {_SECONDS_TO_WAIT:.0f} seconds; try again"
            )
        return ArchiveError(f"{self.path} failed: {error}; nothing of this step was written")


def _has_log(path: Path) -> bool:
    """Whether pages are still in the write-ahead log."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0
