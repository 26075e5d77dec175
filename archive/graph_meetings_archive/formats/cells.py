"""Values of rows in the form that a format has for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice, starmap
from typing import Any, Final, TypeAlias

import msgspec

from graph_meetings_archive.storage.unit import Row
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType, Convert

Converters: TypeAlias = Sequence[tuple[int, Convert]]
"""The position of a column and what converts its values, for each column whose values are not kept as they are."""

_AT_ONCE: Final = 1000
"""Rows that are turned into JSON at once."""

_encode_lines: Final = msgspec.json.Encoder().encode_lines


def converters(columns: Sequence[Column], of_type: Callable[[ColumnType], Convert | None]) -> Converters:
    """Return what converts the values of columns."""
    found = ((number, of_type(column.type)) for number, column in enumerate(columns))
    return [(number, convert) for number, convert in found if convert is not None]


def converted(row: Row, by_position: Converters) -> list[object]:
    """Return the values of a row, converted where need be."""
    values = list(row)
    for number, convert in by_position:
        if values[number] is not None:
            values[number] = convert(values[number])
    return values


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
    by_position = converters(columns, of_type)
    remaining = iter(rows)
    while some := list(islice(remaining, _AT_ONCE)):
        yield _encode_lines(
            [object_of(*converted(row, by_position)) for row in some] if by_position else list(starmap(object_of, some))
        )


@cache
def _class_of(names: tuple[str, ...]) -> Callable[..., object]:
    """Return a class of objects with these names: they are encoded in half the time of dictionaries."""
    return msgspec.defstruct("Row", [(name, Any) for name in names], gc=False)
