"""How many requests of a client are in flight at once, and how fast they start while the service throttles."""

import asyncio
import heapq
import itertools
import time
from asyncio import AbstractEventLoop, Future, TimerHandle
from typing import NamedTuple

from graph_meetings_runtime.pace import Pace, Start


class _Waiting(NamedTuple):
    since: float
    number: int
    turn: "Future[Start]"


class Limiter:
    """Limits the requests in flight, and spreads out their starts after a 429.

    Among waiting requests, the oldest starts first, so a request that was throttled goes before newer ones.

    Args:
        concurrency: the most requests in flight at once.
        most: the most requests that start per second; `None` for as many as the service accepts.

    Raises:
        ValueError: `concurrency` is less than 1.
    """

    def __init__(self, concurrency: int, most: float | None = None) -> None:
        if concurrency < 1:
            raise ValueError(f"concurrency is the number of requests under way at once, at least 1, not {concurrency}")
        self._concurrency = concurrency
        self._pace = Pace(most)
        self._under_way: set[Start] = set()
        self._waiting: list[_Waiting] = []
        self._numbers = itertools.count()
        self._timer: TimerHandle | None = None
        self._loop: AbstractEventLoop | None = None

    @property
    def rate(self) -> float | None:
        """The requests per second that may start, or `None` while they are not limited."""
        return self._pace.rate

    async def acquire(self, since: float = 0.0) -> Start:
        """Wait until a request may start. The caller must call `release` once it is over.

        Args:
            since: the `time.monotonic` at which the request was first made; the oldest goes first.

        Returns:
            The start, to pass to `answered`, `throttled` and `release`.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._start_over(loop)
        if not self._waiting and self._may_start():
            return self._start()
        turn: Future[Start] = loop.create_future()
        heapq.heappush(self._waiting, _Waiting(since, next(self._numbers), turn))
        self._wake()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release(turn.result())  # it has been given its turn, which goes to the next one
            raise

    def release(self, start: Start) -> None:
        """Record that a request has ended, in whatever way."""
        self._under_way.discard(start)
        self._wake()

    def answered(self, start: Start) -> None:
        """Record a response other than a 429."""
        if self._pace.rate is not None:
            self._pace.answered(time.monotonic(), start)

    def throttled(self, start: Start, delay: float) -> None:
        """Record a 429.

        Args:
            start: of the request.
            delay: the seconds for which the service wants no requests.
        """
        self._pace.throttled(time.monotonic(), start, delay)

    def _start_over(self, loop: AbstractEventLoop) -> None:
        """Forget the requests that waited in an event loop that has ended."""
        self._loop = loop
        self._waiting.clear()
        self._timer = None
        self._under_way.clear()

    def _may_start(self) -> bool:
        return len(self._under_way) < self._concurrency and self._pace.next_start <= time.monotonic()

    def _start(self) -> Start:
        start = self._pace.started(time.monotonic())
        self._under_way.add(start)
        return start

    def _wake(self) -> None:
        """Start the requests that may start, and set a timer for the next one."""
        while self._waiting and self._may_start():
            turn = heapq.heappop(self._waiting).turn
            if not turn.done():
                turn.set_result(self._start())
        if (
            self._timer is None
            and self._waiting
            and len(self._under_way) < self._concurrency
            and self._loop is not None
        ):
            self._timer = self._loop.call_later(self._pace.next_start - time.monotonic(), self._timer_rang)

    def _timer_rang(self) -> None:
        self._timer = None
        self._wake()
