"""CSV as RFC 4180 has it, with what spreadsheets would run made harmless.

A text that begins with one of `= + - @`, a tab or a line end, or with their full-width forms, gets an apostrophe before
it; so does a text that begins with an apostrophe. Taking away the first apostrophe of a text gives it back. Numbers,
moments and durations are never texts. A missing value is empty; an empty text is `""`.

Source: https://www.rfc-editor.org/rfc/rfc4180, https://owasp.org/www-community/attacks/CSV_Injection
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

from graph_meetings_archive.formats.cells import converted
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.storage.unit import StoredTable
from graph_meetings_runtime.tables.column_type import ColumnType

_LINE_END: Final = "\r\n"
_RUN_BY_SPREADSHEETS: Final = re.compile("['=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NEEDS_QUOTES: Final = re.compile('[",;\r\n]|^\\s|\\s$|^$')
_is_plain: Final = re.compile(r"[A-Za-z0-9](?:[\w.:/?&=%#+* -]*[\w.:/?&=%#+*-])?", re.ASCII).fullmatch
"""Most texts are: one look instead of two."""

_CELL: Final = re.compile('((?:"[^"]*+")++|[^",]*)(?:,|\r\n)')
_cells: Final = _CELL.findall
"""The cells of a record as they are written: only there an empty text is not the same as a missing value."""

_WITHOUT_TEXTS: Final = frozenset(ColumnType) - {ColumnType.TEXT, ColumnType.LIST_OF_TEXT, ColumnType.JSON}
_KEPT: Final = "false"


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs; without its first apostrophe, if it has one, it is the text."""
    return f"'{text}" if _RUN_BY_SPREADSHEETS.match(text) else text


def _text_cell(text: str) -> str:
    if _is_plain(text):
        return text
    cell = harmless(text)
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


class CsvCodec:
    """Files of comma-separated values, in UTF-8, with a line of names."""

    ending = ".csv"

    def names(self, file: Path) -> Sequence[str]:
        """Return the names in the first line."""
        with file.open(encoding="utf-8", newline="") as opened:
            return _cells(next(_records(opened), ""))

    def write(self, table: StoredTable, target: Path, change: Rewriting) -> int:
        """Write a file from another one, record by record."""
        count = len(change.rows)
        with target.open("x", encoding="utf-8", errors="replace", newline="") as file:
            file.write(",".join(map(_text_cell, table.names)) + _LINE_END)
            for record in _kept(table, change):
                file.write(record)
                count += 1
            for cells in converted(table.columns, _cell, change.rows, null=""):
                file.writelines(",".join(record) + _LINE_END for record in zip(*cells, strict=True))
            file.flush()
            os.fsync(file.fileno())
        return count


def _cell(type_: ColumnType) -> Callable[[Any], str]:
    """Return what makes cells of a type."""
    if type_ in _WITHOUT_TEXTS:
        return type_.text_converter()
    if type_.python is str:
        return _text_cell
    to_text = type_.text_converter()
    return lambda value: _text_cell(to_text(value))


def _kept(table: StoredTable, change: Rewriting) -> Iterator[str]:
    """Yield the records of the source that stay, as they are or marked as removed."""
    if change.source is None:
        return
    without = {tuple(map(harmless, owner)) for owner in change.without}
    removed = {tuple(map(harmless, owner)) for owner in change.removed}
    positions = table.owner_positions
    with change.source.open(encoding="utf-8", newline="") as file:
        records = _records(file)
        names = _cells(next(records, ""))
        if change.extends:
            yield from _extended(table, names, records)
            return
        for record in records:
            if without or removed:
                owner = _texts(record, positions)
                if owner in without:
                    continue
                if owner in removed:
                    yield record.removesuffix(_KEPT + _LINE_END) + "true" + _LINE_END
                    continue
            yield record


def _texts(record: str, positions: Sequence[int]) -> tuple[str, ...]:
    """Return the texts of some cells. `csv` would refuse a record with a text of more than 131,072 characters."""
    cells = [match[1] for match in islice(_CELL.finditer(record), max(positions) + 1)]
    found = (cells[position] for position in positions)
    return tuple(cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in found)


def _extended(table: StoredTable, names: Sequence[str], records: Iterator[str]) -> Iterator[str]:
    """Yield records with empty cells in the columns that they lack."""
    positions = [names.index(name) if name in names else None for name in table.names]
    for record in records:
        cells = _cells(record)
        yield ",".join(["" if position is None else cells[position] for position in positions]) + _LINE_END


def _records(file: TextIO) -> Iterator[str]:
    """Yield records with their line ends. One that has line ends within quotes spans several lines of the file."""
    record = ""
    for line in file:
        record += line
        if record.endswith(_LINE_END) and record.count('"') % 2 == 0:
            yield record
            record = ""
    if record:
        raise ValueError("its last record is not complete")
