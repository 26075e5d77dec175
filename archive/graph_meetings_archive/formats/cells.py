"""Values as text, the same in each format that has nothing better.

Moments are UTC, as in `2026-01-15T09:30:00.000000Z`. Durations are seconds. Decimals keep their digits.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

import msgspec

from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType

Render: TypeAlias = Callable[[object], object]

_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)


def moment_text(moment: datetime) -> str:
    """Return a moment in UTC, to the microsecond, so that texts sort as the moments do."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def seconds_text(duration: timedelta) -> str:
    """Return the seconds of a duration as a decimal number, exactly."""
    microseconds = duration // _MICROSECOND
    sign, (whole, rest) = "-" if microseconds < 0 else "", divmod(abs(microseconds), 1_000_000)
    return f"{sign}{whole}.{rest:06}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def decimal_text(number: Decimal) -> str:
    """Return a decimal with all its digits and no exponent."""
    return format(number, "f")


def list_text(texts: Sequence[str]) -> str:
    """Return a list of texts as JSON."""
    return msgspec.json.encode(texts).decode()


def whole_microseconds(duration: timedelta) -> int:
    """Return a duration in microseconds."""
    return duration // _MICROSECOND


def seconds_of(duration: timedelta) -> float:
    """Return a duration in seconds."""
    return duration / _SECOND


def renderers(columns: Sequence[Column], by_type: dict[ColumnType, Callable[..., object]]) -> list[tuple[int, Render]]:
    """Return, for each column whose values are not kept as they are, its position and what turns a value."""
    return [(number, by_type[column.type]) for number, column in enumerate(columns) if column.type in by_type]


def rendered(row: Sequence[object], turning: Sequence[tuple[int, Render]]) -> list[object]:
    """Return the values of a row, turned where need be."""
    values = list(row)
    for number, turn in turning:
        if values[number] is not None:
            values[number] = turn(values[number])
    return values
