"""Moments, dates, times of day and durations."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

import msgspec

from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.models.values.edm_type import EdmType, typed, typed_writer
from graph_meetings_runtime.models.values.texts import STRING

DateTimeParameter: TypeAlias = datetime | date | str
"""The values of a date parameter: an aware `datetime`, a `date`, or an RFC 3339 string, which is sent unchanged."""

_RFC_3339 = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?"


def _read_date_time_offset(value: JsonValue) -> datetime:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else STRING.read(value))
    except ValueError:  # Python's message repeats the text, however long or secret
        raise ValueError("not a date and time like 2026-01-15T09:30:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("the time has no UTC offset")
    return moment


def _write_date_time_offset(value: datetime) -> str:
    _require_aware(value)
    return value.isoformat().replace("+00:00", "Z")


def _require_aware(value: datetime) -> None:
    if value.utcoffset() is None:
        raise ValueError(
            f"the datetime {value.isoformat()} is naive; add a timezone, for example datetime(2026, 1, 15, tzinfo=UTC)"
        )


def _date_time_literal(value: object) -> str:
    if isinstance(value, datetime):
        _require_aware(value)
        try:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except OverflowError:
            raise ValueError(f"the datetime {value.isoformat()} is out of range in UTC") from None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _check_rfc_3339(value)
    raise TypeError(f"expected an aware datetime, a date or an RFC 3339 string, got {value!r}")


def _check_rfc_3339(text: str) -> str:
    try:
        if re.fullmatch(_RFC_3339, text):
            datetime.fromisoformat(text.upper())
            return text
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not an RFC 3339 date or time like 2026-01-15T09:30:00Z")


def _read_date(value: JsonValue) -> date:
    text = STRING.read(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("not a date like 2026-01-15") from None


def _date_literal(value: object) -> str:
    return typed(value, date).isoformat()


def _read_time_of_day(value: JsonValue) -> time:
    text = STRING.read(value)
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError("not a time of day like 09:30:00") from None


def _time_literal(value: object) -> str:
    return typed(value, time).isoformat()


def parse_duration(text: str) -> timedelta:
    """Parse an `Edm.Duration`, such as `PT1H2.5S`; digits finer than microseconds are rounded.

    Raises:
        ValueError: the text is not an ISO 8601 duration of days and smaller units.
    """
    try:
        return msgspec.convert(text, timedelta)
    except msgspec.ValidationError as error:
        raise ValueError(f"not an ISO 8601 duration like PT1H30M: {error}") from None


def format_duration(value: timedelta) -> str:
    """Write a `timedelta` as an `Edm.Duration` in days, seconds and microseconds."""
    sign, magnitude = ("-", -value) if value < timedelta(0) else ("", value)
    days = f"{magnitude.days}D" if magnitude.days else ""
    fraction = f".{magnitude.microseconds:06}".rstrip("0") if magnitude.microseconds else ""
    return f"{sign}P{days}T{magnitude.seconds}{fraction}S"


def _read_duration(value: JsonValue) -> timedelta:
    return parse_duration(STRING.read(value))


def _duration_literal(value: object) -> str:
    return f"duration'{format_duration(typed(value, timedelta))}'"


DATE_TIME_OFFSET = EdmType(
    "Edm.DateTimeOffset",
    str,
    _read_date_time_offset,
    typed_writer(datetime, _write_date_time_offset),
    _date_time_literal,
)
DATE = EdmType("Edm.Date", str, _read_date, typed_writer(date, date.isoformat), _date_literal)
TIME_OF_DAY = EdmType("Edm.TimeOfDay", str, _read_time_of_day, typed_writer(time, time.isoformat), _time_literal)
DURATION = EdmType("Edm.Duration", str, _read_duration, typed_writer(timedelta, format_duration), _duration_literal)
