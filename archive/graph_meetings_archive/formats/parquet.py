"""Parquet, by pyarrow."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from graph_meetings_archive.formats.arrays import arrow_array, boolean_array
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.formats.extras import library
from graph_meetings_archive.storage.unit import REMOVED, Row, StoredTable
from graph_meetings_runtime.tables.schema import Schema

_ROWS_AT_ONCE: Final = 1024
"""An Arrow array has at most 2 GiB of text: 2 MiB in each row of so few."""


class ParquetCodec:
    """Files of Parquet, compressed with zstd.

    Raises:
        ModuleNotFoundError: pyarrow is not installed.
    """

    ending = ".parquet"

    def __init__(self) -> None:
        self._arrow = library("pyarrow", "parquet")
        self._parquet = library("pyarrow.parquet", "parquet")

    def names(self, file: Path) -> Sequence[str]:
        """Return the names of the columns."""
        names: list[str] = self._parquet.ParquetFile(file).schema_arrow.names
        return names

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one."""
        tables = [self._kept(table, change)] if change.source is not None else []
        tables += [
            self._new(table, change.rows[first : first + _ROWS_AT_ONCE])
            for first in range(0, len(change.rows), _ROWS_AT_ONCE)
        ]
        whole = self._arrow.concat_tables(tables)
        with target.open("xb") as file:
            self._parquet.write_table(whole, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        count = int(whole.num_rows)
        del whole, tables
        self._arrow.default_memory_pool().release_unused()
        return count

    def _new(self, table: StoredTable, rows: Sequence[Row]) -> Any:
        """Return rows as an Arrow table."""
        schema = Schema(table.columns).to_arrow()
        arrays = [
            arrow_array(self._arrow, column.type, field.type, values)
            for column, field, values in zip(table.columns, schema, zip(*rows, strict=True), strict=True)
        ]
        return self._arrow.Table.from_arrays(arrays, schema=schema)

    def _kept(self, table: StoredTable, change: Rewriting) -> Any:
        """Return the rows of the source that stay, as they are or marked as removed."""
        found = self._parquet.ParquetFile(change.source).read()  # read_table would import what reads folders
        if change.extends:
            return self._extended(table, found)
        if not change.without and not change.removed:
            return found
        owners = list(zip(*(found.column(name).to_pylist() for name in table.owner), strict=True))
        if change.removed:
            marks = zip(owners, found.column(REMOVED).to_pylist(), strict=True)
            marked = boolean_array(self._arrow, (mark or owner in change.removed for owner, mark in marks))
            number = found.schema.get_field_index(REMOVED)
            found = found.set_column(number, found.schema.field(number), marked)
        return found.filter(boolean_array(self._arrow, (owner not in change.without for owner in owners)))

    def _extended(self, table: StoredTable, found: Any) -> Any:
        """Return rows with null in the columns that they lack."""
        schema = Schema(table.columns).to_arrow()
        arrays = [
            found.column(field.name) if field.name in found.column_names else self._arrow.nulls(len(found), field.type)
            for field in schema
        ]
        return self._arrow.Table.from_arrays(arrays, schema=schema)
