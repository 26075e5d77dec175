"""JSONL: one object on each line, each with all columns."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from graph_meetings_archive.formats.cells import decimal_text, moment_text, rendered, renderers, seconds_text
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.storage.unit import REMOVED, StoredTable
from graph_meetings_runtime.tables.column_type import ColumnType


def _seconds(duration: timedelta) -> msgspec.Raw:
    return msgspec.Raw(seconds_text(duration).encode())


_TURNED: Final[dict[ColumnType, Callable[..., object]]] = {
    ColumnType.DECIMAL: decimal_text,
    ColumnType.MOMENT: moment_text,
    ColumnType.DURATION: _seconds,
}


class JsonlCodec:
    """Files of JSON objects, one on each line, in UTF-8."""

    ending = ".jsonl"

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one, line by line."""
        encode, names = msgspec.json.Encoder().encode, table.names
        turning = renderers(table.columns, _TURNED)
        count = 0
        with target.open("xb") as file:
            for line in _kept(table, change):
                file.write(line)
                count += 1
            for row in change.rows:
                file.write(encode(dict(zip(names, rendered(row, turning), strict=True))) + b"\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        return count


def _kept(table: StoredTable, change: Rewriting) -> Iterator[bytes]:
    """Yield the lines of the source that stay, as they are or marked as removed."""
    if change.source is None:
        return
    decode, encode = msgspec.json.Decoder(dict[str, object]).decode, msgspec.json.Encoder().encode
    with change.source.open("rb") as file:
        for line in file:
            if change.without or change.removed:
                values = decode(line)
                owner = tuple(values[name] for name in table.owner)
                if owner in change.without:
                    continue
                if owner in change.removed:
                    yield encode({**values, REMOVED: True}) + b"\n"
                    continue
            yield line
