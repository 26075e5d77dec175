"""Parquet, by pyarrow."""

import os
from pathlib import Path
from typing import Any

from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.formats.extras import library
from graph_meetings_archive.storage.unit import REMOVED, StoredTable
from graph_meetings_runtime.tables.schema import Schema


class ParquetCodec:
    """Files of Parquet, compressed with zstd.

    Raises:
        ModuleNotFoundError: pyarrow is not installed.
    """

    ending = ".parquet"

    def __init__(self) -> None:
        self._arrow = library("pyarrow", "parquet")
        self._parquet = library("pyarrow.parquet", "parquet")

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one."""
        schema = Schema(table.columns).to_arrow()
        tables = [self._kept(table, change)] if change.source is not None else []
        if change.rows:
            values = zip(*change.rows, strict=True)
            arrays = [self._arrow.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            tables.append(self._arrow.Table.from_arrays(arrays, schema=schema))
        whole = self._arrow.concat_tables(tables)
        with target.open("xb") as file:
            self._parquet.write_table(whole, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        count = int(whole.num_rows)
        del whole, tables
        self._arrow.default_memory_pool().release_unused()
        return count

    def _kept(self, table: StoredTable, change: Rewriting) -> Any:
        """Return the rows of the source that stay, as they are or marked as removed."""
        found = self._parquet.ParquetFile(change.source).read()  # read_table would import what reads folders
        if not change.without and not change.removed:
            return found
        owners = list(zip(*(found.column(name).to_pylist() for name in table.owner), strict=True))
        if change.removed:
            flags = zip(owners, found.column(REMOVED).to_pylist(), strict=True)
            marked = [flag or owner in change.removed for owner, flag in flags]
            number = found.schema.get_field_index(REMOVED)
            field = found.schema.field(number)
            found = found.set_column(number, field, self._arrow.array(marked, field.type))
        return found.filter(self._arrow.array([owner not in change.without for owner in owners]))
