"""JSONL: one object on each line, each with all columns."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from graph_meetings_archive.formats.cells import json_lines
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.storage.unit import REMOVED, StoredTable
from graph_meetings_runtime.tables.column_type import ColumnType


class JsonlCodec:
    """Files of JSON objects, one on each line, in UTF-8."""

    ending = ".jsonl"

    def names(self, file: Path) -> Sequence[str]:
        """Return the names in the first line."""
        with file.open("rb") as opened:
            return tuple(msgspec.json.decode(opened.readline(), type=dict[str, msgspec.Raw]))

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one, line by line."""
        count = 0
        with target.open("xb") as file:
            for line in _kept(table, change):
                file.write(line)
                count += 1
            file.writelines(json_lines(table.columns, ColumnType.json_converter, change.rows))
            file.flush()
            os.fsync(file.fileno())
        return count + len(change.rows)


def _kept(table: StoredTable, change: Rewriting) -> Iterator[bytes]:
    """Yield the lines of the source that stay, as they are or marked as removed."""
    if change.source is None:
        return
    # The values stay as they are written: numbers keep their digits.
    decode, encode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode, msgspec.json.Encoder().encode
    with change.source.open("rb") as file:
        for line in file:
            if change.extends:
                values = decode(line)
                yield encode({name: values.get(name) for name in table.names}) + b"\n"
                continue
            if change.without or change.removed:
                values = decode(line)
                owner = tuple(str(msgspec.json.decode(values[name])) for name in table.owner)
                if owner in change.without:
                    continue
                if owner in change.removed:
                    yield encode({**values, REMOVED: True}) + b"\n"
                    continue
            yield line
