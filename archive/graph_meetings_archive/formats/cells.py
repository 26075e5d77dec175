"""Values of rows in the form that a format has for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

import msgspec

from graph_meetings_archive.storage.unit import Row
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType, Convert

Converters: TypeAlias = Sequence[tuple[int, Convert]]
"""The position of a column and what converts its values, for each column whose values are not kept as they are."""

_encode: Final = msgspec.json.Encoder().encode


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
    """Yield each row as a JSON object, and a line end.

    Args:
        columns: of the rows.
        of_type: returns what converts values of a type for JSON.
        rows: the rows.
    """
    names, by_position = [column.name for column in columns], converters(columns, of_type)
    for row in rows:
        yield _encode(dict(zip(names, converted(row, by_position), strict=True))) + b"\n"
