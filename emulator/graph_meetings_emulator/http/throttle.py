"""Throttling: token buckets for each application in each tenant, refused with 429 and `Retry-After`.

Source: https://learn.microsoft.com/graph/throttling, https://learn.microsoft.com/graph/throttling-limits
"""

import binascii
import math
import re
import time
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import msgspec

from graph_meetings_emulator.http.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Limit:
    """How many requests of an application in a tenant the service takes.

    Args:
        requests: how many, in `seconds`.
        seconds: the period.
        burst: how many of them at once; by default all.
        retry_after: the `Retry-After` of a refusal, in seconds; by default until the next request is taken, rounded up.
        path: which paths it is for, as a regular expression of a path below the version; by default all.
        is_per_path: whether each path has a limit of its own.
        counts_refused: whether refused requests count too, so that a client that does not wait gets nothing.

    Raises:
        ValueError: a number is not positive.
    """

    requests: float
    seconds: float = 1.0
    burst: float | None = None
    retry_after: float | None = None
    path: str = ""
    is_per_path: bool = False
    counts_refused: bool = False

    def __post_init__(self) -> None:
        if min(self.requests, self.seconds, self.size) <= 0 or (self.retry_after or 0) < 0:
            raise ValueError("a limit's requests, seconds and burst must be positive, its retry_after not negative")

    @property
    def size(self) -> float:
        """How many requests the bucket holds; at least the one that it is asked for."""
        return max(self.requests, 1.0) if self.burst is None else self.burst

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


_RECORDS = r"communications/callRecords"
_RECORD = rf"{_RECORDS}/[^/(]+"
_LOGS = rf"{_RECORDS}/(?:microsoft\.graph\.callRecords\.)?get[A-Za-z]+\("
DOCUMENTED = (
    Limit(130_000, 10, counts_refused=True),
    Limit(1_500, 20, path=rf"{_RECORDS}(?!/\w+\()", counts_refused=True),
    Limit(40, 20, path=rf"{_RECORDS}$", counts_refused=True),
    Limit(40, 20, path=rf"({_RECORD})(?:/|$)", is_per_path=True, counts_refused=True),
    Limit(200, 60, path=_LOGS, counts_refused=True),
    Limit(50, 60, path=rf"({_LOGS})", is_per_path=True, counts_refused=True),
    Limit(750, 30, path=r"solutions/virtualEvents/", counts_refused=True),
    Limit(30, 1, path=r"(?:me|users/[^/]+)/(?:onlineMeetings|adhocCalls)", counts_refused=True),
)
"""The documented limits of one application in one tenant. Where none is documented for recordings, transcripts and
attendance, the one for other requests to Teams is assumed."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass(slots=True)
class Throttle:
    """Takes requests as long as no limit is exceeded.

    Args:
        limits: all of them must be kept.
        clock: returns the time in seconds.

    Attributes:
        taken: how many requests of each caller were taken.
        refused: how many were refused.
    """

    limits: tuple[Limit, ...] = ()
    clock: Callable[[], float] = time.monotonic
    taken: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    _buckets: dict[tuple[int, str, str], _Bucket] = field(default_factory=dict[tuple[int, str, str], _Bucket])

    @classmethod
    def documented(cls) -> Self:
        """Return the limits that the service documents."""
        return cls(DOCUMENTED)

    def check(self, token: str, path: str) -> None:
        """Count a request.

        Args:
            token: the bearer token, which tells applications apart.
            path: the path below the version.

        Raises:
            ServiceError: 429 if a limit is exceeded.
        """
        if not self.limits:
            return
        caller = caller_of(token)
        found = [
            (limit, self._bucket(number, limit, caller, match))
            for number, limit in enumerate(self.limits)
            if (match := re.match(limit.path, path)) is not None
        ]
        exceeded = [(limit, bucket) for limit, bucket in found if bucket.tokens < 1]
        if not exceeded:
            self.taken[caller] += 1
            for _, bucket in found:
                bucket.tokens -= 1
            return
        self.refused[caller] += 1
        waits = [_wait(limit, bucket) for limit, bucket in exceeded]
        for limit, bucket in exceeded:
            if limit.counts_refused:
                bucket.tokens = max(bucket.tokens - 1, -limit.size)
        headers = {"Retry-After": f"{max(waits):g}"}
        raise ServiceError(429, "TooManyRequests", "Too many requests have been sent.", headers)

    def _bucket(self, number: int, limit: Limit, caller: str, match: re.Match[str]) -> _Bucket:
        """Return the bucket of a limit, filled up to now."""
        key = (number, caller, match[1] if limit.is_per_path else "")
        now = self.clock()
        bucket = self._buckets.setdefault(key, _Bucket(limit.size, now))
        bucket.tokens = min(limit.size, bucket.tokens + (now - bucket.filled_at) * limit.rate)
        bucket.filled_at = now
        return bucket


def caller_of(token: str) -> str:
    """Return the application and the tenant that a token names; the token itself if it is not a JWT that does."""
    parts = token.split(".")
    try:
        payload = urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = msgspec.json.decode(payload, type=dict[str, object])
        return f"{claims.get('appid') or claims['azp']} in {claims['tid']}"
    except (IndexError, KeyError, binascii.Error, ValueError):
        return token


def _wait(limit: Limit, bucket: _Bucket) -> float:
    return math.ceil((1 - bucket.tokens) / limit.rate) if limit.retry_after is None else limit.retry_after
