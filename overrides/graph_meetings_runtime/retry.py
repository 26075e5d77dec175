"""When a failed request is sent again, and after how long."""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from kiota_abstractions.request_option import RequestOption


@dataclass(frozen=True, slots=True)
class Retry(RequestOption):
    """The policy for sending an idempotent request again.

    Give it to the client for all requests, or in `RequestConfiguration.options` for one.

    Args:
        attempts: how often a request is sent at most; 1 means no retry.
        total_time: seconds from the first attempt after which no retry begins.
        first_delay: seconds that the first backoff is at most; each further one may be twice as long.
        longest_delay: seconds that one backoff is at most. A `Retry-After` of the service may be longer.
        statuses: the HTTP statuses that are retried.

    Source: https://learn.microsoft.com/graph/throttling
    """

    attempts: int = 6
    total_time: float = 300.0
    first_delay: float = 0.5
    longest_delay: float = 30.0
    statuses: frozenset[int] = frozenset({429, 502, 503, 504})

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts counts the first one too, so it is at least 1, not {self.attempts}")

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


class Attempts:
    """Counts the attempts of one request and waits between them.

    Args:
        retry: the policy.
    """

    def __init__(self, retry: Retry) -> None:
        self._retry = retry
        self.begin()

    def begin(self) -> None:
        """Count from here on: nothing has failed yet, or something has succeeded since."""
        self._made = 0
        self._began = time.monotonic()

    @property
    def statuses(self) -> frozenset[int]:
        """The HTTP statuses that are retried."""
        return self._retry.statuses

    async def wait(self, headers: Mapping[str, str] | None = None) -> bool:
        """Wait before the next attempt; gives false at once where none is due.

        Args:
            headers: of the response that failed.
        """
        self._made += 1
        delay = self._retry.delay(self._made, time.monotonic() - self._began, headers or {})
        if delay is None:
            return False
        await asyncio.sleep(delay)
        return True


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
        except ValueError:
            return None
    return max(0.0, seconds) if seconds < float("inf") else None
