"""Dates and moments as people type them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from graph_meetings_archive.command.usage.failures import CommandFailed

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS_AGO: Final = {"today": 0, "yesterday": 1}
_SPAN: Final = re.compile(r"(\d{1,5})([smhdw])", re.ASCII)


def parse_moment(text: str, option: str) -> datetime:
    """Return a moment in UTC.

    Args:
        text: a date, `today` or `yesterday`, whose local midnight is meant; a moment like `2026-01-31T14:00`, local
            unless it has an offset or a Z; or how long ago, such as `7d`.
        option: the option that it was given for.

    Raises:
        CommandFailed: it is none of these.
    """
    try:
        if text in _DAYS_AGO:
            day = date.today() - timedelta(days=_DAYS_AGO[text])  # noqa: DTZ011  the user's
            return datetime.combine(day, time()).astimezone(UTC)
        if _SPAN.fullmatch(text):
            return datetime.now(UTC) - parse_span(text, option)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandFailed(
            f"{option}: {text!r} is not a date or a time",
            hint="write 2026-01-31, 2026-01-31T14:00Z, yesterday, or 7d for seven days ago",
        ) from None


def parse_span(text: str, option: str) -> timedelta:
    """Return a span of time such as `15m`, `12h`, `7d` or `4w`.

    Raises:
        CommandFailed: it is not one.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        raise CommandFailed(f"{option}: {text!r} is not a span of time", hint="write 15m, 12h, 7d or 4w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
