"""Deadlines, shared by everything that one call sends and waits for."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from graph_meetings_runtime.errors import ConnectionFailed
from graph_meetings_runtime.http.connections.time_left import OutOfTime, run_until, seconds_left

R = TypeVar("R")

_SHORTEST: Final = 0.001  # to sockets, 0 means something else


class Deadline:
    """The time at which a call must end, shared by everything that it sends and waits for. The clock starts at once.

    No wait takes longer than the time left. DNS lookups and credentials cannot be interrupted.

    Args:
        total: seconds, or `None` for no limit.
    """

    def __init__(self, total: float | None) -> None:
        self._total = total
        self._at = None if total is None else time.monotonic() + total

    @contextmanager
    def paused(self) -> Generator[None]:
        """Stop the clock for the duration of the block."""
        began = time.monotonic()
        try:
            yield
        finally:
            if self._at is not None:
                self._at += time.monotonic() - began

    def apply(self, work: Callable[[], R]) -> R:
        """Do something that must end by the deadline.

        Raises:
            ConnectionFailed: it did not.
        """
        try:
            return run_until(self._at, work)
        except OutOfTime:
            raise self._passed() from None
        except ConnectionFailed:
            if self._at is not None and self._at <= time.monotonic():
                raise self._passed() from None
            raise

    def _passed(self) -> ConnectionFailed:
        return ConnectionFailed(f"no response within {self._total} seconds, the limit of Timeout.total")


def within_deadline(limits: Mapping[str, float | None]) -> Mapping[str, float | None]:
    """Return the time limits of a request in httpx's form, each no longer than the time left when it is read."""
    return _Limits(limits)


class _Limits(Mapping[str, float | None]):
    def __init__(self, limits: Mapping[str, float | None]) -> None:
        self._limits = limits

    def __getitem__(self, name: str) -> float | None:
        limit, left = self._limits[name], _left()
        return limit if left is None else left if limit is None else min(limit, left)

    def __iter__(self) -> Iterator[str]:
        return iter(self._limits)

    def __len__(self) -> int:
        return len(self._limits)


def _left() -> float | None:
    with suppress(OutOfTime):
        left = seconds_left()
        return left if left is None else max(left, _SHORTEST)
    return _SHORTEST
