"""Parquet, by pyarrow.

Rows go to Arrow as JSON: what converts Python's values, such as `pyarrow.array`, imports pandas if that is installed,
only to ask whether they are its own, and that takes 50 MiB.
"""

import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from graph_meetings_archive.formats.cells import json_lines
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.formats.extras import library
from graph_meetings_archive.storage.unit import REMOVED, StoredTable
from graph_meetings_runtime.tables.column_type import ColumnType
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
        self._json = library("pyarrow.json", "parquet")

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one."""
        tables = [self._kept(table, change)] if change.source is not None else []
        lines = json_lines(table.columns, ColumnType.exact_json_converter, change.rows)
        tables += [self._new(table, some) for some in lines]
        whole = self._arrow.concat_tables(tables)
        with target.open("xb") as file:
            self._parquet.write_table(whole, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        count = int(whole.num_rows)
        del whole, tables
        self._arrow.default_memory_pool().release_unused()
        return count

    def _new(self, table: StoredTable, data: bytes) -> Any:
        """Return rows that are JSON objects, one on each line, as an Arrow table."""
        schema = Schema(table.columns).to_arrow()
        found = self._json.read_json(
            BytesIO(data),
            self._json.ReadOptions(use_threads=False, block_size=len(data)),  # no row may be in two blocks
            self._json.ParseOptions(explicit_schema=self._staged(schema), unexpected_field_behavior="error"),
        )
        return found.cast(schema)

    def _staged(self, schema: Any) -> Any:
        """Return the schema of the JSON: durations are microseconds."""
        types = self._arrow.types
        fields = (field.with_type(self._arrow.int64()) if types.is_duration(field.type) else field for field in schema)
        return self._arrow.schema(fields)

    def _kept(self, table: StoredTable, change: Rewriting) -> Any:
        """Return the rows of the source that stay, as they are or marked as removed."""
        found = self._parquet.ParquetFile(change.source).read()  # read_table would import what reads folders
        if not change.without and not change.removed:
            return found
        owners = list(zip(*(found.column(name).to_pylist() for name in table.owner), strict=True))
        if change.removed:
            flags = zip(owners, found.column(REMOVED).to_pylist(), strict=True)
            marked = self._flags(flag or owner in change.removed for owner, flag in flags)
            number = found.schema.get_field_index(REMOVED)
            found = found.set_column(number, found.schema.field(number), marked)
        return found.filter(self._flags(owner not in change.without for owner in owners))

    def _flags(self, flags: Iterable[bool]) -> Any:
        """Return an array of booleans."""
        data = bytes(flags)
        numbers = self._arrow.Array.from_buffers(self._arrow.uint8(), len(data), [None, self._arrow.py_buffer(data)])
        return numbers.cast(self._arrow.bool_())
