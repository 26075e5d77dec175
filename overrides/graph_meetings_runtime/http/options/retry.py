"""When a failed request is retried, and after how long."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from kiota_abstractions.request_option import RequestOption
from msgspec import Struct

from graph_meetings_runtime.errors import GraphError
from graph_meetings_runtime.numeric_arguments import is_number


class RetryEvent(Struct, frozen=True):
    """A request failed and is about to be retried.

    Args:
        path: of its URL, with shortened ids.
        attempt: the number of attempts so far.
        delay: seconds until the next one.
        error: why the last one failed.
    """

    path: str
    attempt: int
    delay: float
    error: GraphError


@dataclass(frozen=True, slots=True)
class Retry(RequestOption):
    """How failed requests are retried. A POST is retried only if it certainly had no effect.

    Pass it to the client for all requests, or in `RequestConfiguration.options` for one.

    Args:
        attempts: the most times a request is sent, including the first; 1 means no retries.
        total_time: seconds after the first attempt in which retries may start.
        first_delay: the longest first backoff in seconds; the limit doubles with each attempt.
        longest_delay: the longest backoff in seconds. A `Retry-After` from the service may be longer.
        statuses: the HTTP statuses that are retried.
        on_retry: called before the wait for each retry; whatever it raises ends the request.

    Raises:
        TypeError: something is not a number.
        ValueError: a number is out of range.

    Source: https://learn.microsoft.com/graph/throttling, https://learn.microsoft.com/graph/errors
    """

    attempts: int = 6
    total_time: float = 300.0
    first_delay: float = 0.5
    longest_delay: float = 30.0
    statuses: frozenset[int] = frozenset({429, 500, 502, 503, 504, 509})
    on_retry: Callable[[RetryEvent], object] | None = None

    def __post_init__(self) -> None:
        attempts: Any = self.attempts
        if not is_number(attempts, int):
            raise TypeError(f"attempts must be a whole number, not {attempts!r}")
        if attempts < 1:
            raise ValueError(f"attempts includes the first one, so it must be at least 1, not {attempts}")
        for name in ("total_time", "first_delay", "longest_delay"):
            seconds: Any = getattr(self, name)
            if not is_number(seconds, int, float):
                raise TypeError(f"{name} must be a number of seconds, not {seconds!r}")
            if not seconds >= 0:  # true of nan, too
                raise ValueError(f"{name} must be at least 0 seconds, not {seconds}")

    @staticmethod
    def get_key() -> str:
        """Return the key under which Kiota keeps this option."""
        return "graph_meetings.retry"

    def delay(self, attempt: int, elapsed: float, headers: Mapping[str, str]) -> float | None:
        """Return how long to wait before the next attempt.

        Args:
            attempt: the number of attempts so far, at least 1.
            elapsed: seconds since the first one started.
            headers: of the response, empty if there was none.

        Returns:
            Seconds, or `None` for no further attempt.
        """
        if attempt >= self.attempts:
            return None
        asked = retry_after(headers)
        # Full jitter, so that clients that failed together do not retry together.
        longest = min(self.longest_delay, self.first_delay * 2.0 ** min(attempt - 1, 64))
        delay = asked if asked is not None else random.uniform(0, longest)  # noqa: S311  no secret depends on it
        return delay if elapsed + delay <= self.total_time else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a `Retry-After` header: a number, perhaps with a fraction, or an HTTP date."""
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
