"""Values of rows in the form that a format has for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final

import msgspec

from graph_meetings_archive.storage.unit import Row
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType, Convert

_AT_ONCE: Final = 1000
"""Rows that are converted at once."""

_encode_lines: Final = msgspec.json.Encoder().encode_lines


def converted(
    columns: Sequence[Column], of_type: Callable[[ColumnType], Convert | None], rows: Iterable[Row], null: object = None
) -> Iterator[list[Sequence[Any]]]:
    """Yield the values of some rows at a time, column by column.

    Args:
        columns: of the rows.
        of_type: returns what converts values of a type, `None` if they are kept as they are.
        rows: the rows.
        null: what becomes of null in columns that are converted.
    """
    converters = [of_type(column.type) for column in columns]
    remaining = iter(rows)
    while some := list(islice(remaining, _AT_ONCE)):
        yield [
            values if convert is None else [null if value is None else convert(value) for value in values]
            for convert, values in zip(converters, zip(*some, strict=True), strict=True)
        ]


def json_lines(
    columns: Sequence[Column], of_type: Callable[[ColumnType], Convert | None], rows: Iterable[Row]
) -> Iterator[bytes]:
    """Yield rows as JSON objects with line ends, many at a time.

    Args:
        columns: of the rows.
        of_type: returns what converts values of a type for JSON.
        rows: the rows.
    """
    object_of = _class_of(tuple(column.name for column in columns))
    for values in converted(columns, of_type, rows):
        yield _encode_lines(list(map(object_of, *values)))


@cache
def _class_of(names: tuple[str, ...]) -> Callable[..., object]:
    """Return a class of objects with these names: they are encoded in half the time of dictionaries."""
    return msgspec.defstruct("Row", [(name, Any) for name in names], gc=False)
