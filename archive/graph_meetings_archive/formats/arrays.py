"""Columns as Arrow arrays, made of their buffers.

`pyarrow.array` would import pandas if that is installed, only to ask whether the values are its own: that takes 50 MiB.

Source: https://arrow.apache.org/docs/format/Columnar.html
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain
from typing import Any, Final, TypeAlias

from graph_meetings_runtime.tables.column_type import ColumnType

# pyarrow has no types of its own.
Arrow: TypeAlias = Any
"""The module `pyarrow`."""

Array: TypeAlias = Any
"""A `pyarrow.Array`."""

_Make: TypeAlias = Callable[[Arrow, Any, Sequence[Any], Any], Array]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def arrow_array(arrow: Arrow, of_type: ColumnType, type_: Any, values: Sequence[Any]) -> Array:
    """Return the values of a column.

    Args:
        arrow: pyarrow.
        of_type: the type of the column.
        type_: the type in Arrow.
        values: in Python's types, `None` for null.
    """
    nulls = values.count(None)
    if nulls == len(values):
        return arrow.nulls(nulls, type_)
    validity = _bits(arrow, (value is not None for value in values)) if nulls else None
    return _MAKE[of_type](arrow, type_, values, validity)


def boolean_array(arrow: Arrow, values: Iterable[bool]) -> Array:
    """Return an array of booleans."""
    data = bytes(values)
    return arrow.Array.from_buffers(arrow.uint8(), len(data), [None, arrow.py_buffer(data)]).cast(arrow.bool_())


def _bits(arrow: Arrow, values: Iterable[bool]) -> Any:
    return boolean_array(arrow, values).buffers()[1]


def _booleans(arrow: Arrow, type_: Any, values: Sequence[bool | None], validity: Any) -> Array:
    return arrow.Array.from_buffers(type_, len(values), [validity, _bits(arrow, map(bool, values))])


def _texts(arrow: Arrow, type_: Any, values: Sequence[str | None], validity: Any) -> Array:
    texts = [value or "" for value in values]
    text = "".join(texts)
    data = text.encode()
    sizes = map(len, texts if len(data) == len(text) else map(str.encode, texts))
    return arrow.Array.from_buffers(type_, len(texts), [validity, _offsets(arrow, sizes), arrow.py_buffer(data)])


def _decimals(arrow: Arrow, type_: Any, values: Sequence[Any], validity: Any) -> Array:
    convert = ColumnType.DECIMAL.text_converter()
    texts = ["0" if value is None else convert(value) for value in values]
    return _texts(arrow, arrow.string(), texts, validity).cast(type_)


def _lists(arrow: Arrow, type_: Any, values: Sequence[list[str] | None], validity: Any) -> Array:
    lists = [value or [] for value in values]
    inner = _texts(arrow, type_.value_type, list(chain.from_iterable(lists)), None)
    return arrow.Array.from_buffers(type_, len(lists), [validity, _offsets(arrow, map(len, lists))], children=[inner])


def _integers(arrow: Arrow, type_: Any, values: Sequence[int | None], validity: Any) -> Array:
    return _numbers(arrow, type_, array("q", [value or 0 for value in values]), validity)


def _doubles(arrow: Arrow, type_: Any, values: Sequence[float | None], validity: Any) -> Array:
    return _numbers(arrow, type_, array("d", [0 if value is None else value for value in values]), validity)


def _moments(arrow: Arrow, type_: Any, values: Sequence[datetime | None], validity: Any) -> Array:
    numbers = [0 if value is None else (value - _EPOCH) // _MICROSECOND for value in values]
    return _numbers(arrow, type_, array("q", numbers), validity)


def _durations(arrow: Arrow, type_: Any, values: Sequence[timedelta | None], validity: Any) -> Array:
    numbers = [0 if value is None else value // _MICROSECOND for value in values]
    return _numbers(arrow, type_, array("q", numbers), validity)


def _numbers(arrow: Arrow, type_: Any, numbers: "array[Any]", validity: Any) -> Array:
    return arrow.Array.from_buffers(type_, len(numbers), [validity, arrow.py_buffer(numbers)])


def _offsets(arrow: Arrow, sizes: Iterable[int]) -> Any:
    return arrow.py_buffer(array("i", accumulate(sizes, initial=0)))


_MAKE: Final[Mapping[ColumnType, _Make]] = {
    ColumnType.TEXT: _texts,
    ColumnType.INTEGER: _integers,
    ColumnType.BOOLEAN: _booleans,
    ColumnType.DOUBLE: _doubles,
    ColumnType.DECIMAL: _decimals,
    ColumnType.MOMENT: _moments,
    ColumnType.DURATION: _durations,
    ColumnType.LIST_OF_TEXT: _lists,
    ColumnType.JSON: _texts,
}
