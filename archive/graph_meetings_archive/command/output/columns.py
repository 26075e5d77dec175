"""The columns of tables on a terminal: not all of them, and with values shortened for people."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from graph_meetings_runtime.log import printable

Row: TypeAlias = Mapping[str, object]

_HANDLE: Final = 12
_HANDLES: Final = re.compile(f"[0-9a-f]{{{_HANDLE}}}")
_TWO_DAYS: Final = 48
_NEXT_UNIT: Final = 999.95
_NOTHING: Final = "–"  # noqa: RUF001  an en dash, as in printed tables


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        title: its heading.
        show: returns the text for a row.
        width: in characters, or `None` to take what the others leave.
        is_number: whether to align it to the right.
    """

    title: str
    show: Callable[[Row], str]
    width: int | None = None
    is_number: bool = False


def text(title: str, *fields: str, width: int | None = None) -> Column:
    """Return a column with the first of several fields that is not empty."""

    def show(row: Row) -> str:
        return next((printable(str(row[field])) for field in fields if row.get(field) not in {None, ""}), _NOTHING)

    return Column(title, show, width)


def number(title: str, field: str, *, width: int) -> Column:
    """Return a column of numbers."""
    return Column(title, text(title, field).show, width, is_number=True)


def moment(title: str, field: str) -> Column:
    """Return a column of moments in local time, to the minute."""

    def show(row: Row) -> str:
        value = row.get(field)
        return f"{value.astimezone():%Y-%m-%d %H:%M}" if isinstance(value, datetime) else _NOTHING

    return Column(title, show, width=16)


def span(title: str, start: str, end: str) -> Column:
    """Return a column of the time between two fields."""

    def show(row: Row) -> str:
        first, last = row.get(start), row.get(end)
        if isinstance(first, datetime) and isinstance(last, datetime):
            return duration_text(last - first)
        return _NOTHING

    return Column(title, show, width=7, is_number=True)


def seconds(title: str, field: str) -> Column:
    """Return a column of durations that are given in seconds."""

    def show(row: Row) -> str:
        value = row.get(field)
        return duration_text(timedelta(seconds=value)) if isinstance(value, int) else _NOTHING

    return Column(title, show, width=7, is_number=True)


def handle(title: str, field: str) -> Column:
    """Return a column of handles of ids, which are too long for a terminal."""
    return Column(title, lambda row: handle_of(str(row[field])), width=_HANDLE)


def handle_of(id: str) -> str:
    """Return the handle of an id: short, and always the same. Ids themselves differ only in the middle."""
    return hashlib.sha256(id.encode()).hexdigest()[:_HANDLE]


def is_handle(name: str) -> bool:
    """Return whether a name has the form of a handle, which no id has."""
    return _HANDLES.fullmatch(name) is not None


def size(title: str, field: str) -> Column:
    """Return a column of numbers of bytes."""

    def show(row: Row) -> str:
        value = row.get(field)
        return size_text(value) if isinstance(value, int) else _NOTHING

    return Column(title, show, width=9, is_number=True)


def size_text(size: int) -> str:
    """Return a number of bytes in readable form: `12.5 MB`."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < _NEXT_UNIT:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def duration_text(duration: timedelta) -> str:
    """Return a duration in readable form: `1h 05m`, `12m 30s`."""
    total = max(0, round(duration.total_seconds()))
    hours, minutes, seconds = total // 3600, total // 60 % 60, total % 60
    if hours >= _TWO_DAYS:
        return f"{hours // 24}d {hours % 24:02}h"
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {seconds:02}s" if minutes else f"{seconds}s"
