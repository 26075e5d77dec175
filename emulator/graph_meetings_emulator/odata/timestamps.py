"""Timestamps with full precision: the service writes seven fraction digits, and `datetime` keeps only six."""

import re
from datetime import datetime

_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,12}))?([Zz]|[+-][0-9]{2}:[0-9]{2}))?"
)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_PICOSECONDS = 10**12


def parse_timestamp(text: str) -> int:
    """Return an RFC 3339 time in picoseconds since 1970; a date stands for its midnight in UTC.

    Raises:
        ValueError: the text is neither a time nor a date.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an RFC 3339 time")
    day, time, fraction, offset = match.groups()
    zone = "+00:00" if offset is None or offset in "Zz" else offset
    elapsed = datetime.fromisoformat(f"{day}T{time or '00:00:00'}{zone}") - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * _PICOSECONDS + int((fraction or "").ljust(12, "0"))
