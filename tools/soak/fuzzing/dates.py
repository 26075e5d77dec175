"""Dates and times as callers pass them, each with the literal expected in the URL."""

import random
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

_ZONES: Final = tuple(map(ZoneInfo, ("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia")))
_BAD_TEXTS: Final = (
    *("", " ", "now", "2026", "2026-1-5", "2026-13-01", "2026-02-30", "2026-01-15T09:30:00", "2026-01-15 09:30:00Z"),
    *("2026-01-15T25:00:00Z", "2026-01-15T09:30:00.Z", "2026-01-15T09:30:00+25:00", "20260115"),
    *("2026-01-15T09:30:00Z'", "2026-01-15T09:30:00Z)", "2026-01-15T09:30:00Z,x=1", "٢٠٢٦-01-15", "2026-W03-4"),
    "2026-01-15T09:30:00.1234567890123Z",
    *("2026-01-15T09:30:00Z\n", "2026-01-15\n", "\ud800", "0000-01-01", "2026-01-15T09:30:00+0100", "'2026-01-15'"),
)


def date_argument(chance: random.Random) -> tuple[object, str | None]:
    """Return a random value and its literal, `None` if the value must be rejected."""
    roll = chance.random()
    if roll < 0.5:
        aware = _aware(chance)
        return aware, _literal(aware)
    if roll < 0.6:
        day = date.fromordinal(chance.randrange(1, date.max.toordinal() + 1))
        return day, f"{day.year:04}-{day.month:02}-{day.day:02}"
    if roll < 0.9:
        given = _text(chance)
        return given, given
    refused = (chance.choice(_BAD_TEXTS), _naive(chance), chance.randrange(10**9), 1.5, b"2026-01-15", ["2026-01-15"])
    return chance.choice(refused), None


def aware_datetime(chance: random.Random) -> tuple[datetime, str]:
    """Return a datetime that the client can send and the emulator's filter grammar accepts, and its literal."""
    while True:
        aware = _aware(chance)
        literal = _literal(aware)
        if literal is not None and literal >= "1000":
            return aware, literal


def _literal(moment: datetime) -> str | None:
    """Format a moment in UTC without the client's code; return `None` outside of Python's range of years."""
    offset = moment.utcoffset() or timedelta(0)
    try:
        there = moment.replace(tzinfo=None) - offset
    except OverflowError:
        return None
    fraction = f".{there.microsecond:06}" if there.microsecond else ""
    day = f"{there.year:04}-{there.month:02}-{there.day:02}"
    return f"{day}T{there.hour:02}:{there.minute:02}:{there.second:02}{fraction}Z"


def _naive(chance: random.Random) -> datetime:
    span = datetime.max - datetime.min  # noqa: DTZ901  naive on purpose
    start = datetime.min  # noqa: DTZ901  naive on purpose
    if chance.random() < 0.9:
        start, span = datetime(2020, 1, 1), timedelta(days=4000)  # noqa: DTZ001  naive on purpose
    found = start + timedelta(microseconds=chance.randrange(span // timedelta(microseconds=1)))
    return found if chance.random() < 0.7 else found.replace(microsecond=0)


def _aware(chance: random.Random) -> datetime:
    roll = chance.random()
    naive = _naive(chance)
    if roll < 0.3:
        return naive.replace(tzinfo=UTC)
    if roll < 0.6:
        return naive.replace(tzinfo=chance.choice(_ZONES), fold=chance.randrange(2))
    seconds = chance.randrange(-86_340, 86_400)
    offset = timedelta(seconds=seconds) if chance.random() < 0.2 else timedelta(minutes=seconds // 60)
    return naive.replace(tzinfo=timezone(offset))


def _text(chance: random.Random) -> str:
    day = f"{chance.randrange(1, 10_000):04}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    if chance.random() < 0.2:
        return day
    time = f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"
    fraction = f".{chance.randrange(10**12)}" if chance.random() < 0.5 else ""
    offset = chance.choice(("Z", "z", "+00:00", "-00:00", "+05:45", "-23:59", "+14:00"))
    return f"{day}{chance.choice('Tt')}{time}{fraction}{offset}"
