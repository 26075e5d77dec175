"""Rows in the SQLite file of the journal itself, in the transaction of the commit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from graph_meetings_archive.formats.cells import converted
from graph_meetings_archive.formats.names import quoted
from graph_meetings_archive.storage.changes import KindChanges
from graph_meetings_archive.storage.format import Staged, Step
from graph_meetings_archive.storage.journal import Journal
from graph_meetings_archive.storage.schema import AddedColumns, missing_columns, record_schemas
from graph_meetings_archive.storage.unit import REMOVED, Key, Kind, Row, StoredTable
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType


class SqliteFormat:
    """Tables in the journal's file.

    Args:
        folder: of the archive.
        staging: not used.
        journal: of the archive.
    """

    values_at_once = 120_000

    def __init__(self, folder: Path, staging: Path, journal: Journal) -> None:
        del folder, staging
        self._journal = journal

    def prepare(self, kinds: Sequence[Kind], added: AddedColumns) -> None:
        """Check the tables, and create what is missing, in one transaction with the schemas.

        Raises:
            ArchiveMismatch: one has other columns.
        """
        tables = [table for kind in kinds for table in kind.tables]
        statements = [self._completed(table, added) for table in tables]
        with self._journal.transaction():
            for statement in chain.from_iterable(statements):
                self._journal.execute(statement)
            record_schemas(self._journal, tables)

    def check(self) -> None:
        """Do nothing: the journal has been checked."""

    def extensions(self) -> Iterable[Callable[[int], Staged]]:
        """Return nothing: the tables have been extended."""
        return ()

    def stage(self, changes: Mapping[Kind, KindChanges], number: int) -> Staged:
        """Do nothing: the transaction can be rolled back."""
        del changes, number
        return Staged()

    def write(self, changes: Mapping[Kind, KindChanges]) -> None:
        """Write the rows."""
        for kind, each in changes.items():
            units = [*each.added.values(), *each.replaced.values()]
            for number, table in enumerate(kind.tables):
                self._delete(table, (unit.key for unit in each.replaced.values()))
                self._insert(table, (row for unit in units for row in unit.rows[number]))
                if table.has_removed:
                    self._mark_removed(table, each.removed.values())

    def apply(self, steps: Sequence[Step], number: int) -> None:
        """Do nothing: the rows were written in the transaction."""

    def close(self) -> None:
        """Do nothing: the journal is closed by itself."""

    def _completed(self, table: StoredTable, added: AddedColumns) -> list[str]:
        """Return the statements that create a table, or the columns that it lacks."""
        found = [name for (name,) in self._journal.execute("SELECT name FROM pragma_table_info(?)", table.name)]
        if not found:
            return [_created(table)]
        missing = missing_columns(self._journal.path, table, found, added)
        return [f"ALTER TABLE {quoted(table.name)} ADD COLUMN {_declared(column)}" for column in missing]

    def _delete(self, table: StoredTable, keys: Iterable[Key]) -> None:
        owners = (table.owner_of(key) for key in keys)
        self._journal.execute_many(f"DELETE FROM {quoted(table.name)} WHERE {_is_owner(table)}", owners)  # noqa: S608  quoted

    def _insert(self, table: StoredTable, rows: Iterable[Row]) -> None:
        names = ", ".join(map(quoted, table.names))  # columns that were added later come last
        places = ", ".join("?" * len(table.columns))
        some = (zip(*cells, strict=True) for cells in converted(table.columns, ColumnType.sqlite_converter, rows))
        self._journal.execute_many(
            f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({places})",  # noqa: S608  quoted
            chain.from_iterable(some),
        )

    def _mark_removed(self, table: StoredTable, keys: Iterable[Key]) -> None:
        self._journal.execute_many(
            f"UPDATE {quoted(table.name)} SET {quoted(REMOVED)} = 1 WHERE {_is_owner(table)}",  # noqa: S608  quoted
            (table.owner_of(key) for key in keys),
        )


def _created(table: StoredTable) -> str:
    columns = ", ".join(map(_declared, table.columns))
    key = ", ".join(map(quoted, table.key))
    return f"CREATE TABLE {quoted(table.name)} ({columns}, PRIMARY KEY ({key}))"


def _declared(column: Column) -> str:
    return f"{quoted(column.name)} {column.type.sqlite}{'' if column.nullable else ' NOT NULL'}"


def _is_owner(table: StoredTable) -> str:
    return " AND ".join(f"{quoted(name)} = ?" for name in table.owner)
