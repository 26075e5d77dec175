"""Deadlines, shared by everything that one call sends and waits for."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from graph_meetings_runtime.errors import ConnectionFailed

R = TypeVar("R")


class Deadline:
    """The time at which a call must end, shared by everything that it sends and waits for. The clock starts at once.

    Args:
        total: seconds, or `None` for no limit.
    """

    def __init__(self, total: float | None) -> None:
        self._total = total
        self._at = None if total is None else asyncio.get_running_loop().time() + total

    @contextmanager
    def paused(self) -> Generator[None]:
        """Stop the clock for the duration of the block."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            yield
        finally:
            if self._at is not None:
                self._at += clock() - began

    async def apply(self, work: Callable[[], Awaitable[R]]) -> R:
        """Do something that must end by the deadline.

        Raises:
            ConnectionFailed: it did not.
        """
        timer = asyncio.timeout_at(self._at)
        try:
            async with timer:
                return await work()
        except TimeoutError:
            if not timer.expired():  # raised by something else, such as the caller's `on_retry`
                raise
            raise ConnectionFailed(f"no response within {self._total} seconds, the limit of Timeout.total") from None


def within_deadline(limits: Mapping[str, float | None]) -> Mapping[str, float | None]:
    """Return the time limits of a request unchanged, in httpx's form: the deadline cancels the request."""
    return limits
