"""Make an archive what it was when an earlier release, which did not know a column, had written it."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec

from graph_meetings_archive.storage.folder import ArchiveFolder

_parquet: Any = import_module("pyarrow.parquet")  # it has no types

_CELL: Final = re.compile(r'("(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r\n)')


def forget_column(folder: Path, table: str, column: str) -> None:
    """Remove a column of a table from an archive that nobody has open."""
    archive = ArchiveFolder(folder)
    kept_as = str(archive.format)
    if kept_as == "duckdb":
        with duckdb.connect(str(folder / "archive.duckdb")) as connection:
            connection.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    with sqlite3.connect(archive.journal(kept_as)) as journal:
        if kept_as == "sqlite":
            journal.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
        for path in (folder / table).glob("part-*"):
            _FORGET[path.suffix](path, column)
            data = path.read_bytes()
            journal.execute(
                "UPDATE graph_meetings_files SET size = ?, sha256 = ? WHERE path = ?",
                (len(data), hashlib.sha256(data).digest(), f"{table}/{path.name}"),
            )
        change_schemas(journal, lambda schemas: schemas[table]["columns"].pop(column))
        journal.execute("UPDATE graph_meetings_about SET value = '0.1.0' WHERE name = 'release'")
        journal.execute("UPDATE graph_meetings_about SET value = '' WHERE name = 'size of the DuckDB file'")
    journal.close()


def change_schemas(journal: sqlite3.Connection, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a journal says of the tables."""
    ((text,),) = journal.execute("SELECT value FROM graph_meetings_about WHERE name = 'tables'").fetchall()
    schemas = json.loads(text)
    change(schemas)
    journal.execute("UPDATE graph_meetings_about SET value = ? WHERE name = 'tables'", (json.dumps(schemas),))


def _from_parquet(path: Path, column: str) -> None:
    _parquet.write_table(_parquet.ParquetFile(path).read().drop_columns([column]), path)


def _from_csv(path: Path, column: str) -> None:
    text = path.read_bytes().decode()
    names = text.partition("\r\n")[0].split(",")
    cells = _CELL.findall(text)
    del cells[names.index(column) :: len(names)]
    width = len(names) - 1
    lines = (",".join(cells[first : first + width]) + "\r\n" for first in range(0, len(cells), width))
    path.write_bytes("".join(lines).encode())


def _from_jsonl(path: Path, column: str) -> None:
    rows = [msgspec.json.decode(line, type=dict[str, msgspec.Raw]) for line in path.read_bytes().split(b"\n")[:-1]]
    for row in rows:
        del row[column]
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


_FORGET: Final = {".parquet": _from_parquet, ".csv": _from_csv, ".jsonl": _from_jsonl}
