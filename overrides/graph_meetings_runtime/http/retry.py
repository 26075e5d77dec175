"""When a failed request is sent again, and after how long."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from kiota_abstractions.request_option import RequestOption
from msgspec import Struct

from graph_meetings_runtime.errors import GraphError


class RetryEvent(Struct, frozen=True):
    """A request failed and is about to be sent again.

    Args:
        path: of its URL, with ids cut short.
        attempt: how many attempts were made.
        delay: seconds until the next one.
        error: why the last one failed.
    """

    path: str
    attempt: int
    delay: float
    error: GraphError


@dataclass(frozen=True, slots=True)
class Retry(RequestOption):
    """The policy for sending an idempotent request again; this client sends no others.

    Give it to the client for all requests, or in `RequestConfiguration.options` for one.

    Args:
        attempts: how often a request is sent at most; 1 means no retry.
        total_time: seconds from the first attempt after which no retry begins.
        first_delay: seconds that the first backoff is at most; each further one may be twice as long.
        longest_delay: seconds that one backoff is at most. A `Retry-After` of the service may be longer.
        statuses: the HTTP statuses that are retried.
        on_retry: called before each wait for a further attempt; what it raises ends the request.

    Raises:
        ValueError: a number is out of its range.

    Source: https://learn.microsoft.com/graph/throttling, https://learn.microsoft.com/graph/errors
    """

    attempts: int = 6
    total_time: float = 300.0
    first_delay: float = 0.5
    longest_delay: float = 30.0
    statuses: frozenset[int] = frozenset({429, 500, 502, 503, 504, 509})
    on_retry: Callable[[RetryEvent], object] | None = None

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts counts the first one too, so it is at least 1, not {self.attempts}")
        for name in ("total_time", "first_delay", "longest_delay"):
            if not getattr(self, name) >= 0:  # also of nan
                raise ValueError(f"{name} is in seconds, at least 0, not {getattr(self, name)}")

    @staticmethod
    def get_key() -> str:
        """Give the key under which Kiota keeps this option."""
        return "graph_meetings.retry"

    def delay(self, attempt: int, elapsed: float, headers: Mapping[str, str]) -> float | None:
        """Say how long to wait before the next attempt.

        Args:
            attempt: how many were made, 1 or more.
            elapsed: seconds since the first one began.
            headers: of the response, empty where none came.

        Returns:
            Seconds, or `None` where no further attempt is due.
        """
        if attempt >= self.attempts:
            return None
        asked = retry_after(headers)
        # Full jitter: clients that failed together do not come back together.
        longest = min(self.longest_delay, self.first_delay * 2.0 ** min(attempt - 1, 64))
        delay = asked if asked is not None else random.uniform(0, longest)  # noqa: S311  no secret depends on it
        return delay if elapsed + delay <= self.total_time else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read a `Retry-After` header: seconds, with a fraction as the service also sends, or an HTTP date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if seconds < float("inf") else None
