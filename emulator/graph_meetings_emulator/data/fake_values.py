"""Made-up values from a seeded random sequence, the building blocks of all made-up data."""

import random
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, TypeVar

from graph_meetings_runtime.json_codec import JsonObject, Number

T = TypeVar("T")

Start: TypeAlias = datetime | str | None
"""A datetime or an RFC 3339 text, in UTC unless it says otherwise; `None` for a made-up time."""

_FIRST_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
_FIRST_NAMES = ("Ines", "Tomasz", "Aiko", "Léa", "Mateus", "Priya", "Jonas", "Zanele", "Ewa", "Noor", "Łucja", "小雪")
_LAST_NAMES = ("Okafor", "Brandl", "Tanaka", "Dubois", "Silva", "Iyer", "Lindqvist", "Dlamini", "Nowak", "Nguyễn")
_OFTEN_WITH_OFFSET = 5
_SHORTEST_MONTH = 28


class FakeValues:
    """Make up values from a seeded random sequence.

    Args:
        seed: decides all values.
        tenant: the id of the tenant; by default a made-up one.
        until: the present, before which everything happens; `None` for the first half of 2026.
    """

    def __init__(self, seed: str | int, tenant: str | None = None, until: Start = None) -> None:
        self.random = random.Random(seed)  # noqa: S311  plausible data, not secrets
        self.tenant = tenant or self.guid()
        self.until = None if until is None else parse_start(until)
        self._moments = 0

    def number(self, least: int, greatest: int) -> int:
        """Return a whole number in a range, both ends included."""
        return least + int(self.random.random() * (greatest - least + 1))

    def choice(self, options: Sequence[T]) -> T:
        """Return one of several options."""
        return options[int(self.random.random() * len(options))]

    def decimal(self, scale: int) -> Number:
        """Return a decimal number below 10 with an exact number of digits after the point."""
        return Number(f"{self.number(0, 9)}.{self.random.randrange(10**scale):0{scale}}")

    def ratio(self) -> float:
        """Return a number between 0 and 1, with as many digits as a single-precision number."""
        return round(self.random.random(), 7)

    def guid(self) -> str:
        """Return a GUID."""
        # Not uuid.UUID, which would take half of the time needed to make 100,000 recordings.
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def phone_number(self) -> str:
        """Return a telephone number that nobody has."""
        return f"+49155501{self.number(0, 99999):05}"

    def ip_address(self) -> str:
        """Return an IP address from the ranges reserved for documentation."""
        return f"{self.choice(('192.0.2', '198.51.100', '203.0.113'))}.{self.number(1, 254)}"

    def user(self) -> JsonObject:
        """Return a user."""
        first, last = self.choice(_FIRST_NAMES), self.choice(_LAST_NAMES)
        ascii_name = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode().strip(".")
        name = f"{ascii_name}@lakeshore.example".lower()
        return {
            "id": self.guid(),
            "displayName": f"{first} {last}",
            "givenName": first,
            "jobTitle": None,
            "mail": name,
            "officeLocation": None,
            "preferredLanguage": None,
            "surname": last,
            "userPrincipalName": name,
        }

    def start(self, given: Start = None) -> datetime:
        """Return a given time, by default one during working hours in the past, or in the first half of 2026."""
        if given is not None:
            return parse_start(given)
        number, minutes = self.number(0, 170), 15 * self.number(0, 32)
        day = _FIRST_DAY + timedelta(days=number) if self.until is None else self._past_day(number, self.until)
        return day + timedelta(minutes=minutes)

    def series_start(self, occurrences: int) -> datetime:
        """Return the time of the first of several weekly occurrences; the last one is in the past, if there is one."""
        last = self.start()
        return last if self.until is None else last - timedelta(weeks=occurrences - 1)

    def _past_day(self, number: int, until: datetime) -> datetime:
        """Return the day before the present at first, then days of the last week and of the last month in turn."""
        today = until.astimezone(UTC).replace(hour=_FIRST_DAY.hour, minute=0, second=0, microsecond=0)
        self._moments += 1
        if self._moments == 1:
            return today - timedelta(days=1)
        if self._moments % 2:
            return today - timedelta(days=1 + number % 7)
        return today.replace(day=1) - timedelta(days=1 + number % _SHORTEST_MONTH)

    def varied_timestamp(self, moment: datetime) -> str:
        """Return a time in one of the service's notations: with 0, 5 or 7 fraction digits, with `Z` or `+00:00`."""
        digits = self.choice((0, 5, 7, 7, 7))
        text = timestamp(moment, moment.microsecond * 10)
        return f"{text[:25]}+00:00" if digits == _OFTEN_WITH_OFFSET else text[: 20 + digits].rstrip(".Z") + "Z"

    def ticks(self) -> int:
        """Return a fraction of a second in ticks of 100 ns, the service's unit."""
        return self.number(0, 9_999_999)


def parse_start(given: datetime | str) -> datetime:
    """Return a time given as text, in UTC unless it says otherwise, or as it is.

    Raises:
        ValueError: the text is not a date or a time.
    """
    moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def base64(content: bytes) -> str:
    """Encode bytes as in ids."""
    return b64encode(content, altchars=b"-_").decode()


def timestamp(moment: datetime, ticks: int | None = None) -> str:
    """Format a time as the service does, in UTC with seven fraction digits or none."""
    fraction = "" if ticks is None else f".{ticks:07}"
    return f"{moment.astimezone(UTC).isoformat()[:19]}{fraction}Z"
