"""What an archive has, read as its users would read it: all files of a table's folder, or the table of the database."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from graph_meetings_archive import Archive, FormatName
from graph_meetings_archive.storage.kinds import KINDS
from graph_meetings_archive.storage.unit import StoredTable
from graph_meetings_runtime.tables.column_type import ColumnType

_parquet_files: Any = import_module("pyarrow.parquet")  # it has no types

Rows: TypeAlias = list[dict[str, Any]]


class NotThere(Exception):
    """The database has no such table yet."""


TABLES = {table.name: table for kind in KINDS for table in kind.tables}
FORMATS: tuple[FormatName, ...] = ("sqlite", "duckdb", "parquet", "csv", "jsonl")


def rows(folder: Path, table: str) -> Rows:
    """Return the rows of a table in the order of their keys, with Python's values."""
    stored = TABLES[table]
    found = list(_READERS[Archive.status(folder).format](folder, stored))
    return sorted(found, key=lambda row: tuple(row[name] for name in stored.key))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def everything(folder: Path) -> dict[str, Rows]:
    """Return the rows of all tables."""
    return {name: rows(folder, name) for name in TABLES}


def keys(folder: Path, table: str) -> list[tuple[Any, ...]]:
    """Return the keys of a table's rows, each as often as it is there."""
    return [tuple(row[name] for name in TABLES[table].key) for row in rows(folder, table)]


def _sqlite(folder: Path, table: StoredTable) -> Iterator[dict[str, Any]]:
    with sqlite3.connect(folder / "archive.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table.name,)).fetchall():
            raise NotThere(table.name)
        for row in connection.execute(f'SELECT * FROM "{table.name}"'):  # noqa: S608  a name of ours
            yield _turned(dict(row), table, _FROM_SQLITE)
    connection.close()


def _duckdb(folder: Path, table: StoredTable) -> Iterator[dict[str, Any]]:
    if not (folder / "archive.duckdb").exists():
        raise NotThere(table.name)
    with duckdb.connect(str(folder / "archive.duckdb"), read_only=True) as connection:
        if (table.name,) not in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            raise NotThere(table.name)
        found = connection.sql(f'SELECT * FROM "{table.name}"').to_arrow_table()  # noqa: S608  a name of ours
    yield from (_turned(row, table, _FROM_DUCKDB) for row in found.to_pylist())


def _parquet(folder: Path, table: StoredTable) -> Iterator[dict[str, Any]]:
    for path in (folder / table.name).glob("*.parquet"):
        for row in _parquet_files.read_table(path).to_pylist():
            yield _turned(row, table, {ColumnType.JSON: json.loads})


def _csv(folder: Path, table: StoredTable) -> Iterator[dict[str, Any]]:
    # Python's own reader cannot tell an empty text from a missing value.
    for path in (folder / table.name).glob("*.csv"):
        query = "SELECT * FROM read_csv(?, all_varchar = true, allow_quoted_nulls = false, strict_mode = true)"
        found = duckdb.execute(query, [str(path)])
        names = [description[0] for description in found.description or ()]
        for row in found.fetchall():
            yield _turned(dict(zip(names, row, strict=True)), table, _FROM_CSV)


def _jsonl(folder: Path, table: StoredTable) -> Iterator[dict[str, Any]]:
    for path in (folder / table.name).glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            yield _turned(json.loads(line, parse_float=str), table, _FROM_JSONL)


def _turned(
    row: dict[str, Any], table: StoredTable, by_type: Mapping[ColumnType, Callable[[Any], Any]]
) -> dict[str, Any]:
    for column in table.columns:
        if column.type in by_type and row.get(column.name) is not None:
            row[column.name] = by_type[column.type](row[column.name])
    return row


def _moment(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text).astimezone(UTC)


def _seconds(text: str | float) -> timedelta:
    return timedelta(microseconds=int(Decimal(str(text)) * 1_000_000))


def _text(cell: str) -> str:
    return cell.removeprefix("'")


_FROM_JSONL: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.DECIMAL: Decimal,
    ColumnType.MOMENT: _moment,
    ColumnType.DURATION: _seconds,
    ColumnType.DOUBLE: float,
    ColumnType.JSON: lambda value: value,
}
_FROM_SQLITE: dict[ColumnType, Callable[[Any], Any]] = {
    **_FROM_JSONL,
    ColumnType.BOOLEAN: bool,
    ColumnType.LIST_OF_TEXT: json.loads,
    ColumnType.JSON: json.loads,
}
_FROM_CSV: dict[ColumnType, Callable[[Any], Any]] = {
    **_FROM_JSONL,
    ColumnType.BOOLEAN: {"true": True, "false": False}.__getitem__,
    ColumnType.LIST_OF_TEXT: json.loads,
    ColumnType.INTEGER: int,
    ColumnType.TEXT: _text,
    ColumnType.JSON: lambda cell: json.loads(_text(cell)),
}
_FROM_DUCKDB: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.DURATION: lambda value: timedelta(days=value.days, microseconds=value.nanoseconds // 1000),
    ColumnType.JSON: json.loads,
}
_READERS: dict[str, Callable[[Path, StoredTable], Iterator[dict[str, Any]]]] = {
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "parquet": _parquet,
    "csv": _csv,
    "jsonl": _jsonl,
}
