"""JSONL: one object on each line, each with all columns."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from graph_meetings_archive.formats.cells import converted, converters
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.storage.unit import REMOVED, StoredTable
from graph_meetings_runtime.tables.column_type import ColumnType

_CONVERTED: Final[dict[ColumnType, Callable[..., object]]] = {
    type_: type_.json_value for type_ in (ColumnType.DECIMAL, ColumnType.MOMENT, ColumnType.DURATION, ColumnType.JSON)
}


class JsonlCodec:
    """Files of JSON objects, one on each line, in UTF-8."""

    ending = ".jsonl"

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one, line by line."""
        encode, names = msgspec.json.Encoder().encode, table.names
        by_position = converters(table.columns, _CONVERTED)
        count = 0
        with target.open("xb") as file:
            for line in _kept(table, change):
                file.write(line)
                count += 1
            for row in change.rows:
                file.write(encode(dict(zip(names, converted(row, by_position), strict=True))) + b"\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        return count


def _kept(table: StoredTable, change: Rewriting) -> Iterator[bytes]:
    """Yield the lines of the source that stay, as they are or marked as removed."""
    if change.source is None:
        return
    # The values stay as they are written: numbers keep their digits.
    decode, encode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode, msgspec.json.Encoder().encode
    with change.source.open("rb") as file:
        for line in file:
            if change.without or change.removed:
                values = decode(line)
                owner = tuple(str(msgspec.json.decode(values[name])) for name in table.owner)
                if owner in change.without:
                    continue
                if owner in change.removed:
                    yield encode({**values, REMOVED: True}) + b"\n"
                    continue
            yield line
