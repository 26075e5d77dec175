"""Values of rows in the form that a format has for them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType

Converters: TypeAlias = Sequence[tuple[int, Callable[[object], object]]]
"""The position of a column and what converts its values, for each column whose values are not kept as they are."""


def converters(columns: Sequence[Column], by_type: Mapping[ColumnType, Callable[..., object]]) -> Converters:
    """Return what converts the values of columns."""
    return [(number, by_type[column.type]) for number, column in enumerate(columns) if column.type in by_type]


def converted(row: Sequence[object], by_position: Converters) -> list[object]:
    """Return the values of a row, converted where need be."""
    values = list(row)
    for number, convert in by_position:
        if values[number] is not None:
            values[number] = convert(values[number])
    return values
