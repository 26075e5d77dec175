"""How many requests of a client are in flight at once, and how fast they start while the service throttles."""

import heapq
import itertools
import os
import time
from dataclasses import dataclass, field
from threading import Event
from typing import Final
from weakref import WeakSet

from graph_meetings_runtime.blocking.waiting import wait_for
from graph_meetings_runtime.fork import ProcessLock
from graph_meetings_runtime.pace import Pace, Start

_LOOK_AGAIN: Final = 1.0  # seconds


@dataclass(order=True, slots=True)
class _Waiting:
    since: float
    number: int
    start: Start | None = field(default=None, compare=False)
    woken: Event = field(default_factory=Event, compare=False)


class Limiter:
    """Limits the requests in flight, and spreads out their starts after a 429.

    Among waiting requests, the oldest starts first, so a request that was throttled goes before newer ones. Threads can
    share it; a forked process starts with no requests in flight.

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
        # Weak, so that the turn is returned if Ctrl-C keeps a caller from releasing it.
        self._under_way: WeakSet[Start] = WeakSet()
        self._waiting: list[_Waiting] = []
        self._numbers = itertools.count()
        self._lock = ProcessLock()
        self._process = os.getpid()

    @property
    def rate(self) -> float | None:
        """The requests per second that may start, or `None` while they are not limited."""
        return self._pace.rate

    def acquire(self, since: float = 0.0) -> Start:
        """Wait until a request may start. The caller must call `release` once it is over.

        Args:
            since: the `time.monotonic` at which the request was first made; the oldest goes first.

        Returns:
            The start, to pass to `answered`, `throttled` and `release`.

        Raises:
            OutOfTime: the current call has run out of time.
        """
        with self._lock.of_this_process:
            self._start_over_in_child()
            if not self._waiting and self._may_start():
                return self._start()
            waiting = _Waiting(since, next(self._numbers))
            heapq.heappush(self._waiting, waiting)
            self._wake()
        try:
            return self._turn_of(waiting)
        except BaseException:
            self._give_up(waiting)
            raise

    def release(self, start: Start) -> None:
        """Record that a request has ended, in whatever way."""
        with self._lock.of_this_process:
            self._start_over_in_child()
            self._under_way.discard(start)
            self._wake()

    def answered(self, start: Start) -> None:
        """Record a response other than a 429."""
        if self._pace.rate is not None:
            with self._lock.of_this_process:
                self._pace.answered(time.monotonic(), start)

    def throttled(self, start: Start, delay: float) -> None:
        """Record a 429.

        Args:
            start: of the request.
            delay: the seconds for which the service wants no requests.
        """
        with self._lock.of_this_process:
            self._pace.throttled(time.monotonic(), start, delay)

    def _turn_of(self, waiting: _Waiting) -> Start:
        while True:
            with self._lock.of_this_process:
                waiting.woken.clear()
                self._start_those_who_may()
                if waiting.start is not None:
                    self._wake()
                    return waiting.start
                seconds = self._seconds_to_wait(waiting)
            wait_for(waiting.woken, seconds)

    def _seconds_to_wait(self, waiting: _Waiting) -> float:
        """Return when to check again: only the first in line watches the clock, unless Ctrl-C has stopped it."""
        is_first = self._waiting[0] is waiting and len(self._under_way) < self._concurrency
        return min(_LOOK_AGAIN, max(0.0, self._pace.next_start - time.monotonic())) if is_first else _LOOK_AGAIN

    def _give_up(self, waiting: _Waiting) -> None:
        with self._lock.of_this_process:
            if waiting.start is not None:
                self._under_way.discard(waiting.start)  # it has been given its turn, which goes to the next one
            elif waiting in self._waiting:
                self._waiting.remove(waiting)
                heapq.heapify(self._waiting)
            self._wake()

    def _start_over_in_child(self) -> None:
        """Forget the requests of the parent process."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._waiting.clear()
            self._under_way.clear()

    def _may_start(self) -> bool:
        return len(self._under_way) < self._concurrency and self._pace.next_start <= time.monotonic()

    def _start(self) -> Start:
        start = self._pace.started(time.monotonic())
        self._under_way.add(start)
        return start

    def _start_those_who_may(self) -> None:
        while self._waiting and self._may_start():
            waiting = heapq.heappop(self._waiting)
            waiting.start = self._start()
            waiting.woken.set()

    def _wake(self) -> None:
        """Start the requests that may start, and let the next one watch the clock."""
        self._start_those_who_may()
        if self._waiting:
            self._waiting[0].woken.set()
