"""Cells: from the JSON values of a column to Python values of its type.

A column is checked by the set of its values' types, and read as a whole. Only if something in it is out of the ordinary
are its values looked at one by one.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isfinite
from operator import attrgetter
from typing import Any, Final, TypeAlias, cast

import msgspec

from graph_meetings_runtime.json_codec import JsonValue, Number, encode_json, json_type
from graph_meetings_runtime.models.values.edm import (
    BOOLEAN,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    INT64,
    STRING,
)
from graph_meetings_runtime.tables.column_type import DECIMAL_DIGITS, DECIMAL_SCALE, ColumnType

Report: TypeAlias = Callable[[int, object, str], None]
"""Receives the position of a value in its column, the value, and what is wrong with it."""

ReadWhole: TypeAlias = Callable[[Sequence[Any], set[type]], list[Any] | None]
"""Reads a column as a whole, given the types of its values; returns `None`, or fails, if it cannot."""

_NOTHING: Final = datetime(1, 1, 1, tzinfo=UTC)
"""The moment that the service sends where there is none."""

_YEAR_2: Final = "0002"
_NONE: Final = type(None)
_zone: Final = attrgetter("tzinfo")
_NULLS: Final = {_NONE}
_LIMIT: Final = 1 << 63
_LONGEST: Final = timedelta(microseconds=_LIMIT - 1)


class Nulls(list[Any]):
    """Cells that are all null. In wide tables most columns are, and need no further look."""


def read_whole(read: ReadWhole, values: list[Any]) -> list[Any] | None:
    """Return the values of a column as Python values of its type, `None` if they have to be looked at one by one.

    Args:
        read: from `READERS`, by the type of the column.
        values: as they were decoded from JSON, `None` for null and for what is missing. Values that already are of the
            column's Python type stay as they are.
    """
    kinds = set(map(type, values))
    if kinds == _NULLS:
        return Nulls(values)
    try:
        return read(values, kinds)
    except (ValueError, TypeError, OverflowError, msgspec.ValidationError):
        return None


def read_one_by_one(type_: ColumnType, values: Sequence[Any], report: Report) -> list[Any]:
    """Return the values of a column as Python values of its type.

    Args:
        type_: of the column.
        values: those of `read_whole`.
        report: receives what is malformed; it becomes `None`.
    """
    read = _READ[type_]
    cells: list[Any] = []
    for position, value in enumerate(values):
        cell: Any = None
        if value is not None:
            try:
                cell = read(value)
            except (ValueError, TypeError, OverflowError) as error:
                report(position, value, str(error))
        cells.append(cell)
    return cells


def _texts(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    return list(values) if kinds <= {str, _NONE} else None


def _booleans(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    return list(values) if kinds <= {bool, _NONE} else None


def _integers(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    if not kinds <= {int, _NONE}:
        return None
    array("q", filter(None, values))  # raises an error for an integer of more than 64 bits
    return list(values)


def _doubles(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    if not kinds <= {Number, float, int, _NONE}:
        return None
    numbers = [None if value is None else float(value) for value in values]
    return numbers if isfinite(sum(filter(None, numbers))) else None


def _decimals(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    if not kinds <= {Number, int, _NONE}:
        return None
    return [
        value if value is None else Decimal(value.text) if _is_short(value) else _read_decimal(value)
        for value in values
    ]


def _is_short(value: Number | int) -> bool:
    """Whether a number from JSON certainly fits: charges do, and most of the time goes into the full check."""
    return type(value) is Number and len(value.text) <= DECIMAL_SCALE and "e" not in value.text.lower()


def _moments(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    if not kinds <= {str, _NONE}:
        return None
    parse = datetime.fromisoformat
    moments = [None if value is None else parse(value) for value in values]
    zones = set(map(_zone, filter(None, moments)))
    first: str = min(filter(None, cast("Sequence[str | None]", values)))
    if zones != {UTC} or first < _YEAR_2:
        return None
    return moments


def _durations(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    if not kinds <= {str, _NONE}:
        return None
    durations = msgspec.convert(values, list[timedelta | None])
    known = list(filter(None, durations))
    return durations if not known or (min(known) >= -_LONGEST and max(known) <= _LONGEST) else None


def _lists_of_text(values: Sequence[Any], _: set[type]) -> list[Any] | None:
    return [value if value is None else _read_texts(value) for value in values]


def _json(values: Sequence[Any], _: set[type]) -> list[Any] | None:
    return [value if value is None else _read_json(value) for value in values]


READERS: Final[Mapping[ColumnType, ReadWhole]] = {
    ColumnType.TEXT: _texts,
    ColumnType.INTEGER: _integers,
    ColumnType.BOOLEAN: _booleans,
    ColumnType.DOUBLE: _doubles,
    ColumnType.DECIMAL: _decimals,
    ColumnType.MOMENT: _moments,
    ColumnType.DURATION: _durations,
    ColumnType.LIST_OF_TEXT: _lists_of_text,
    ColumnType.JSON: _json,
}


def _read_integer(value: JsonValue) -> int:
    integer = INT64.read(value)
    if not -_LIMIT <= integer < _LIMIT:
        raise ValueError("not a 64-bit integer")
    return integer


def _read_decimal(value: JsonValue) -> Decimal:
    number = DECIMAL.read(value)
    _, digits, exponent = number.as_tuple()
    if (
        not isinstance(exponent, int)
        or exponent < -DECIMAL_SCALE
        or len(digits) + exponent > DECIMAL_DIGITS - DECIMAL_SCALE
    ):
        raise ValueError(
            f"more than {DECIMAL_DIGITS - DECIMAL_SCALE} digits before the point or {DECIMAL_SCALE} after it"
        )
    return number


def _read_double(value: JsonValue) -> float:
    number = DOUBLE.read(value)
    if not isfinite(number):
        raise ValueError("not a finite number")
    return number


def _read_moment(value: JsonValue) -> datetime | None:
    try:
        moment = DATE_TIME_OFFSET.read(value).astimezone(UTC)
    except OverflowError:
        raise ValueError("out of the range of years from 1 to 9999 in UTC") from None
    return None if moment == _NOTHING else moment


def _read_duration(value: Any) -> timedelta:
    duration = value if isinstance(value, timedelta) else DURATION.read(value)  # a cue's are Python's
    if abs(duration) > _LONGEST:
        raise ValueError("more microseconds than a 64-bit integer has")
    return duration


def _read_texts(value: JsonValue) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {json_type(value)}")
    for item in value:
        if not isinstance(item, str):
            raise TypeError(f"expected a list of strings, found {json_type(item)} in it")
    return [item for item in value if isinstance(item, str)]


def _read_json(value: JsonValue) -> str:
    return encode_json(value).decode()


_READ: Final[Mapping[ColumnType, Callable[[Any], Any]]] = {
    ColumnType.TEXT: STRING.read,
    ColumnType.INTEGER: _read_integer,
    ColumnType.BOOLEAN: BOOLEAN.read,
    ColumnType.DOUBLE: _read_double,
    ColumnType.DECIMAL: _read_decimal,
    ColumnType.MOMENT: _read_moment,
    ColumnType.DURATION: _read_duration,
    ColumnType.LIST_OF_TEXT: _read_texts,
    ColumnType.JSON: _read_json,
}
