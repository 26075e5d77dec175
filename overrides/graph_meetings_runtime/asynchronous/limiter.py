"""How many requests of a client are under way at once, and how fast they start while the service throttles."""

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
    """Bounds the requests under way, and spreads out their starts after a 429.

    Of those that wait, the one that was first asked for starts first: a request that was throttled goes before newer
    ones.

    Args:
        concurrency: how many requests may be under way at once.
        most: how many requests a second may start; `None` for as many as the service takes.

    Raises:
        ValueError: the bound is below 1.
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
        """Requests a second that may start, `None` while nothing limits them."""
        return self._pace.rate

    async def acquire(self, since: float = 0.0) -> Start:
        """Wait until a request may start. The caller must call `release` once it is over.

        Args:
            since: when it was first asked for, by `time.monotonic`; the oldest goes first.

        Returns:
            Its start, for `answered`, `throttled` and `release`.
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
                self.release(turn.result())  # it had its turn, which goes to the next one
            raise

    def release(self, start: Start) -> None:
        """Record that a request is over, whatever became of it."""
        self._under_way.discard(start)
        self._wake()

    def answered(self, start: Start) -> None:
        """Record an answer that was not a 429."""
        if self._pace.rate is not None:
            self._pace.answered(time.monotonic(), start)

    def throttled(self, start: Start, delay: float) -> None:
        """Record a 429.

        Args:
            start: of the request.
            delay: seconds for which the service wants no request.
        """
        self._pace.throttled(time.monotonic(), start, delay)

    def _start_over(self, loop: AbstractEventLoop) -> None:
        """Forget those who waited in an event loop that has ended."""
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
        """Let those start who may, and come back when the next one may."""
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
