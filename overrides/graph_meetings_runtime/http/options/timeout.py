"""How long a request may take."""

from dataclasses import dataclass, fields
from typing import Any, Final

from kiota_abstractions.request_option import RequestOption

from graph_meetings_runtime.numeric_arguments import is_number

_MOST: Final = 1_000_000_000
"""31 years; operating systems fail with much more."""


@dataclass(frozen=True, slots=True)
class Timeout(RequestOption):
    """The time limits of a request, in seconds; `None` means no limit.

    Pass it to the client for all requests, or in `RequestConfiguration.options` for one.

    Args:
        connect: until a connection is open.
        read: between two chunks of the response; with your own httpx client, also until its pool has a free connection.
        total: until the whole response has arrived. It includes redirects, retries, new tokens, every wait in between,
            and the wait for a turn. For content, it does not include the time in which bytes are read, which may take
            as long as they keep arriving. A download has the whole time again each time it is resumed.

    Raises:
        TypeError: a limit is not a number.
        ValueError: a limit is not greater than 0, or greater than 1,000,000,000.
    """

    connect: float | None = 30.0
    read: float | None = 100.0
    total: float | None = 900.0

    def __post_init__(self) -> None:
        for field in fields(self):
            seconds: Any = getattr(self, field.name)
            if seconds is None:
                continue
            if not is_number(seconds, int, float):
                raise TypeError(f"{field.name} must be a number of seconds or None, not {seconds!r}")
            if not seconds > 0:  # true of nan, too
                raise ValueError(f"{field.name} must be greater than 0 seconds, not {seconds}")
            if seconds > _MOST:
                raise ValueError(f"{field.name} must be at most {_MOST} seconds, or None for no limit, not {seconds}")

    @staticmethod
    def get_key() -> str:
        """Return the key under which Kiota keeps this option."""
        return "graph_meetings.timeout"

    def as_extension(self) -> dict[str, float | None]:
        """Return the limits in httpx's form."""
        return {"connect": self.connect, "read": self.read, "write": self.read, "pool": self.read}
