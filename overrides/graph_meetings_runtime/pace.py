"""The rate at which a client starts requests after the service has throttled it.

Source: https://learn.microsoft.com/graph/throttling, "best practices to handle throttling". It works like
TCP's slow start and botocore's adaptive retry mode: start slowly, speed up with each response, and fall back below the
rate that was refused.
"""

from dataclasses import dataclass
from typing import Final

_UNKNOWN: Final = float("inf")
_FIRST_RATE: Final = 5.0  # requests a second
_LOWEST_RATE: Final = 0.2
_GROWTH: Final = 1.25  # with each response, up to the safe rate
_MOST_GROWTH: Final = 2.0  # between the start of a request and its response
_PROBING: Final = 1.05  # each second, once the safe rate has held for a while
_HIGHEST_RATE: Final = 1000.0  # above this, requests are no longer spread out
_CALM: Final = 10.0  # times the wait that the service asked for, before the rate is raised above the safe one
_FORGOTTEN_AFTER: Final = 120.0  # seconds without a 429

# The fraction of a refused rate that is kept. While the rate grows, the last raise exceeded the limit; once it has
# held, only a burst of requests can have been too much.
_KEPT_WHILE_GROWING: Final = 0.9 / _GROWTH
_KEPT_WHILE_NEW: Final = 0.85
_KEPT_WHILE_PROBING: Final = 0.9
_KEPT_WHILE_HOLDING: Final = 0.95
_HELD_AFTER: Final = 20  # answers


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Start:
    """The start of a request; no two are equal.

    Args:
        round: how many times the service had throttled before.
        rate: at which requests were started, in requests per second; infinite if unlimited.
    """

    round: int
    rate: float


class Pace:
    """Decides when the next request may start: immediately until the first 429, then at a rate found by trial.

    After a 429, nothing starts for as long as the service asks. Then requests start one by one, slowly at first, and
    each response raises the rate by a quarter, up to the safe rate: somewhat below the last rate that was refused.
    The safe rate is held for a while, and then raised by 5 % per second until a 429 shows where the limit is now.

    All times are seconds of one monotonic clock.

    Args:
        most: the most requests per second, whatever the service accepts; `None` for no limit.
    """

    def __init__(self, most: float | None = None) -> None:
        self._shortest_gap = 0.0 if most is None else 1.0 / most
        self._rate: float | None = None
        self._safe_rate = _UNKNOWN
        self._round = 0
        self._kept = _KEPT_WHILE_NEW
        self._answers = 0  # at an unchanged rate
        self._started_at = 0.0
        self._last_gap = 0.0
        self._resume_at = 0.0
        self._calm_until = 0.0
        self._raised_at = 0.0

    @property
    def rate(self) -> float | None:
        """Requests per second, or `None` while they are not limited."""
        return self._rate

    @property
    def next_start(self) -> float:
        """The earliest time at which a request may start."""
        gap = self._shortest_gap if self._rate is None else max(self._shortest_gap, 1.0 / self._rate)
        # From the last start, however late it was: catching up would bring two requests too close together.
        return max(self._resume_at, self._started_at + gap) if gap else self._resume_at

    def started(self, now: float) -> Start:
        """Record the start of a request."""
        self._last_gap = now - max(self._started_at, self._resume_at)
        self._started_at = now
        return Start(self._round, _UNKNOWN if self._rate is None else self._rate)

    def throttled(self, now: float, start: Start, delay: float) -> None:
        """Record a 429.

        Args:
            now: the current time.
            start: of the request; one from before the last 429 tells nothing new.
            delay: the seconds for which the service wants no requests.
        """
        self._resume_at = max(self._resume_at, now + delay)
        self._calm_until = self._resume_at + _CALM * delay
        if start.round != self._round:
            return
        self._round += 1
        # By its own account, the service accepts one request after each wait that it asks for.
        lowest = max(_LOWEST_RATE, 1.0 / max(delay, 1.0 / _HIGHEST_RATE))
        if self._rate is None:
            self._rate = max(lowest, min(_FIRST_RATE, self._safe_rate))
        else:
            self._safe_rate = max(lowest, self._kept * min(self._rate, start.rate))
            self._rate = self._safe_rate if self._kept == _KEPT_WHILE_HOLDING else max(lowest, self._safe_rate / 2)
        self._kept = _KEPT_WHILE_NEW
        self._answers = 0

    def answered(self, now: float, start: Start) -> None:
        """Record a response other than a 429.

        Args:
            now: the current time.
            start: of the request; one from before the last 429 tells nothing new.
        """
        if self._rate is None or start.round != self._round:
            return
        self._answers += 1
        if now > self._calm_until + _FORGOTTEN_AFTER or self._rate > _HIGHEST_RATE:
            self._rate = None
        elif self._rate < self._safe_rate:
            kept = _KEPT_WHILE_GROWING if self._safe_rate == _UNKNOWN else _KEPT_WHILE_NEW
            # From how fast requests really started: a busy machine starts them late, and the limit would be passed
            # unnoticed.
            started = min(self._rate, 1.0 / max(self._last_gap, 1e-6))
            grown = min(self._safe_rate, started * _GROWTH, start.rate * _MOST_GROWTH)
            self._raise(max(self._rate, grown), now, kept)
        elif now > self._calm_until:
            seconds = min(1.0, now - max(self._raised_at, self._calm_until))
            self._raise(self._rate * _PROBING**seconds, now, _KEPT_WHILE_PROBING)
        elif self._answers >= _HELD_AFTER:
            self._kept = _KEPT_WHILE_HOLDING

    def _raise(self, rate: float, now: float, kept: float) -> None:
        self._rate, self._raised_at, self._kept, self._answers = rate, now, kept, 0
