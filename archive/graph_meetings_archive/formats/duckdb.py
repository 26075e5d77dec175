"""Rows in a DuckDB file.

A commit is staged as JSONL, which DuckDB reads itself, and applied in one transaction that also records its number: if
a process ends in between, the next one applies it, and never twice.
"""

import errno
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec

from graph_meetings_archive.formats.cells import json_lines
from graph_meetings_archive.formats.extras import library
from graph_meetings_archive.formats.names import quoted
from graph_meetings_archive.outcome.errors import ArchiveDamaged, ArchiveMismatch, ArchiveNotWritable
from graph_meetings_archive.storage.changes import KindChanges
from graph_meetings_archive.storage.folder import DUCKDB
from graph_meetings_archive.storage.format import Staged, Step
from graph_meetings_archive.storage.journal import RESTORE, Journal
from graph_meetings_archive.storage.schema import AddedColumns, missing_columns, record_schemas
from graph_meetings_archive.storage.unit import REMOVED, Key, Kind, StoredTable
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType

_SIZE: Final = "size of the DuckDB file"
_LAST: Final = "SELECT coalesce(max(number), 0) FROM graph_meetings_commits"
_COLUMNS: Final = "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = ?"
_STAGED_TYPES: Final = {
    ColumnType.DECIMAL: "VARCHAR",
    ColumnType.DURATION: "BIGINT",
    ColumnType.JSON: "VARCHAR",
}
"""Where JSON has nothing that is as exact: durations are staged as microseconds."""

_DELETE: Final = "delete"
_INSERT: Final = "insert"
_REMOVE: Final = "remove"
_NO_ROOM: Final = tuple(map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)))
_ROWS_PER_GROUP: Final = 16_384
"""A checkpoint has the last group of each table in memory; by default a group has 122,880 rows."""

_MEMORY_LIMITS: Final = ("48MiB", "64MiB", "256MiB", "1GiB")
"""What is enough for most rows, then what is for long texts. By default DuckDB takes most of what the machine has."""

_CONFIGURATION: Final[Mapping[str, str | int]] = {
    "threads": 1,
    "enable_external_file_cache": "false",  # each staged file is read once
    "allocator_flush_threshold": "4MiB",
    "checkpoint_threshold": "2MiB",  # a checkpoint takes memory for what has come since the last one
}


class DuckdbFormat:
    """Tables in a DuckDB file.

    Args:
        folder: of the archive.
        staging: the folder for staged files.
        journal: of the archive, which knows the number of the last commit.

    Raises:
        ModuleNotFoundError: duckdb is not installed.
    """

    values_at_once = 60_000  # it takes memory several times itself

    def __init__(self, folder: Path, staging: Path, journal: Journal) -> None:
        self._duckdb = library("duckdb", "duckdb")
        self._path = folder / DUCKDB
        self._staging = staging
        self._journal = journal
        self._is_new = journal.about().get("commit", "0") == "0"
        self._tables: dict[str, StoredTable] = {}
        self._limits = iter(_MEMORY_LIMITS)
        self._connection: Any = None

    def prepare(self, kinds: Sequence[Kind], added: AddedColumns) -> None:
        """Open the file, check the tables, and create what is missing.

        If the process ends before the schemas are recorded, the next one goes on with what is still missing.

        Raises:
            ArchiveDamaged: the file is missing or damaged.
            ArchiveMismatch: a table has other columns, or the file is one of a newer DuckDB.
            ArchiveNotWritable: another program has the file open, or DuckDB cannot write into such a folder.
        """
        if "?" in str(self._path):  # it would look for its log in the folder whose name ends there
            raise ArchiveNotWritable(
                f"{self._path} cannot be written: DuckDB takes no path with a question mark; use another folder"
            )
        self._tables = {table.name: table for kind in kinds for table in kind.tables}
        if not self._path.exists() and not self._is_new:
            raise ArchiveDamaged(f"{self._path} is missing; {RESTORE}")
        self._check_size()
        with self._explained():
            self._connect(next(self._limits))
            statements = list(chain.from_iterable(self._extensions_of(it, added) for it in self._tables.values()))
            self._journal.describe(_SIZE, "")  # while it is open, or after a crash, any size is right
            self._with_enough_memory(partial(self._extend, statements))
            self._create()
        with self._journal.transaction():
            record_schemas(self._journal, self._tables.values())

    def check(self) -> None:
        """Do nothing: the file was checked when it was opened."""

    def extensions(self) -> Iterable[Callable[[int], Staged]]:
        """Return nothing: the tables have been extended."""
        return ()

    def stage(self, changes: Mapping[Kind, KindChanges], number: int) -> Staged:
        """Write rows and the owners of those that go."""
        staged = Staged()
        for kind, each in changes.items():
            units = [*each.added.values(), *each.replaced.values()]
            for position, table in enumerate(kind.tables):
                owners = [table.owner_of(unit.key) for unit in each.replaced.values()]
                self._stage(staged, _DELETE, table, number, _owner_lines(table, owners))
                if table.has_removed:
                    gone = [table.owner_of(key) for key in each.removed.values()]
                    self._stage(staged, _REMOVE, table, number, _owner_lines(table, gone))
                rows = (row for unit in units for row in unit.rows[position])
                lines = json_lines(table.columns, ColumnType.exact_json_converter, rows)
                self._stage(staged, _INSERT, table, number, lines)
        return staged

    def write(self, changes: Mapping[Kind, KindChanges]) -> None:
        """Do nothing: the rows are in the staged files."""

    def apply(self, steps: Sequence[Step], number: int) -> None:
        """Do the steps of a commit in one transaction, unless they have been done."""
        with self._explained():
            self._with_enough_memory(partial(self._apply_all, steps, number))
        for step in steps:
            (self._staging / str(step.staged)).unlink(missing_ok=True)

    def _with_enough_memory(self, work: Callable[[], None]) -> None:
        """Do some work, again with more memory if there was too little. What it has done is not done again."""
        duckdb = self._duckdb
        # The others for a checkpoint without memory; then the connection is of no use any more.
        failures = duckdb.OutOfMemoryException, duckdb.FatalException, duckdb.TransactionException, duckdb.IOException
        while True:
            try:
                return work()
            except failures as error:
                more = None if any(it in str(error) for it in _NO_ROOM) else next(self._limits, None)
                if more is None:
                    raise
                self._connection.close()
                self._connect(more)

    def _connect(self, memory_limit: str) -> None:
        temporary = f"{self._path}.tmp"  # as for a file that is not attached, not in the working directory
        config = {**_CONFIGURATION, "memory_limit": memory_limit, "temp_directory": temporary}
        connection = self._duckdb.connect(":memory:", config=config)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"ATTACH {_literal(str(self._path))} AS archive (ROW_GROUP_SIZE {_ROWS_PER_GROUP})")
        connection.execute("USE archive")
        self._connection = connection  # only now: the size of a file that another program writes means nothing

    def _apply_all(self, steps: Sequence[Step], number: int) -> None:
        ((done,),) = self._connection.execute(_LAST).fetchall()
        if not steps or done >= number:
            return
        with self._transaction():
            for step in steps:
                self._apply(step.action, self._tables[str(step.target)], self._staging / str(step.staged))
            self._connection.execute("DELETE FROM graph_meetings_commits")
            self._connection.execute("INSERT INTO graph_meetings_commits VALUES (?)", [number])

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            size = str(self._path.stat().st_size)
            if self._journal.about().get(_SIZE) != size:
                self._journal.describe(_SIZE, size)

    def _check_size(self) -> None:
        """Check that the file is not smaller than when it was last closed. DuckDB would notice it late."""
        size = int(self._journal.about().get(_SIZE) or 0)
        if size and self._path.stat().st_size < size:
            raise ArchiveDamaged(f"{self._path} is truncated; {RESTORE}")

    def _extensions_of(self, table: StoredTable, added: AddedColumns) -> list[str]:
        """Return the statements that add the columns that a table lacks, if it exists."""
        found = [name for (name,) in self._connection.execute(_COLUMNS, [table.name]).fetchall()]
        missing = missing_columns(self._path, table, found, added) if found else []
        return [f"ALTER TABLE {quoted(table.name)} ADD COLUMN IF NOT EXISTS {_declared(it)}" for it in missing]

    def _extend(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._connection.execute(statement)
            # Or DuckDB keeps all columns in memory, and 2.0 cannot insert into groups of rows of another size.
            self._connection.execute("CHECKPOINT archive")

    def _create(self) -> None:
        with self._transaction():
            for table in self._tables.values():
                columns = ", ".join(map(_declared, table.columns))
                self._connection.execute(f"CREATE TABLE IF NOT EXISTS {quoted(table.name)} ({columns})")
            self._connection.execute("CREATE TABLE IF NOT EXISTS graph_meetings_commits (number BIGINT NOT NULL)")

    def _stage(self, staged: Staged, action: str, table: StoredTable, number: int, lines: Iterator[bytes]) -> None:
        first = next(lines, None)
        if first is None:
            return
        name = f"{number}-{table.name}-{action}.jsonl"
        path = self._staging / name
        with path.open("xb") as file:
            file.write(first)
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        staged.steps.append(Step(action, name, table.name))

    def _apply(self, action: str, table: StoredTable, path: Path) -> None:
        into = quoted(table.name)
        if action == _INSERT:
            names = ", ".join(map(quoted, table.names))  # columns that were added later come last
            rows = f"SELECT {', '.join(map(_read, table.columns))} FROM {_staged(table.columns)}"  # noqa: S608  quoted
            self._connection.execute(f"INSERT INTO {into} ({names}) {rows}", _parameters(path))
            return
        owner = [column for column in table.columns if column.name in table.owner]
        same = " AND ".join(f"t.{quoted(column.name)} = s.{quoted(column.name)}" for column in owner)
        found = f"EXISTS (SELECT 1 FROM {_staged(owner)} AS s WHERE {same})"  # noqa: S608  quoted
        change = f"DELETE FROM {into} AS t" if action == _DELETE else f"UPDATE {into} AS t SET {REMOVED} = true"  # noqa: S608  quoted
        self._connection.execute(f"{change} WHERE {found}", _parameters(path))

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            with suppress(self._duckdb.Error):  # a checkpoint that failed has ended the transaction
                self._connection.rollback()
            raise

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except self._duckdb.OutOfMemoryException as error:
            raise ArchiveNotWritable(f"{self._path} cannot be written: {error}") from error
        except self._duckdb.Error as error:
            text = str(error).partition("\n")[0]
            if "set lock" in text or "file handle conflict" in text:
                raise ArchiveNotWritable(
                    f"another program, or this one, has {self._path} open, which DuckDB does not allow while it is "
                    f"written: close it there and try again ({text})"
                ) from error
            if "database file with version" in text:
                raise ArchiveMismatch(
                    f"{self._path} was written by another release of DuckDB: install that one or a newer one ({text})"
                ) from error
            if any(it in text for it in _NO_ROOM):
                raise ArchiveNotWritable(f"{self._path} cannot be written: {text}; free some space") from error
            raise ArchiveDamaged(f"{self._path} failed: {text}; {RESTORE}") from error


def _declared(column: Column) -> str:
    return f"{quoted(column.name)} {column.type.duckdb}{'' if column.nullable else ' NOT NULL'}"


def _staged(columns: Sequence[Column]) -> str:
    """Return the table function that reads a staged file, with `_parameters` of the file."""
    types = ", ".join(
        f"{_literal(column.name)}: {_literal(_STAGED_TYPES.get(column.type, column.type.duckdb))}" for column in columns
    )
    return f"read_json(?, format = 'newline_delimited', columns = {{{types}}}, maximum_object_size = ?)"


def _parameters(path: Path) -> list[str | int]:
    """Return the path of a staged file, and the size of its longest line, for which DuckDB sets memory aside."""
    with path.open("rb") as file:
        return [str(path), max(map(len, file))]


def _read(column: Column) -> str:
    name = quoted(column.name)
    if column.type == ColumnType.DECIMAL:
        return f"CAST({name} AS {column.type.duckdb})"
    return f"to_microseconds({name})" if column.type == ColumnType.DURATION else name


def _owner_lines(table: StoredTable, owners: Iterable[Key]) -> Iterator[bytes]:
    """Yield the columns of each owner as a JSON object, and a line end."""
    return (msgspec.json.encode(dict(zip(table.owner, owner, strict=True))) + b"\n" for owner in owners)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
