"""How many requests of a client are under way at once, and how fast they start while the service throttles."""

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
    """Bounds the requests under way, and spreads out their starts after a 429.

    Of those that wait, the one that was first asked for starts first: a request that was throttled goes before newer
    ones. Threads may share it; a forked process starts with none under way.

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
        # Weak, so that the turn of a caller whom Ctrl-C cut off before it could release it comes back.
        self._under_way: WeakSet[Start] = WeakSet()
        self._waiting: list[_Waiting] = []
        self._numbers = itertools.count()
        self._lock = ProcessLock()
        self._process = os.getpid()

    @property
    def rate(self) -> float | None:
        """Requests a second that may start, `None` while nothing limits them."""
        return self._pace.rate

    def acquire(self, since: float = 0.0) -> Start:
        """Wait until a request may start. The caller must call `release` once it is over.

        Args:
            since: when it was first asked for, by `time.monotonic`; the oldest goes first.

        Returns:
            Its start, for `answered`, `throttled` and `release`.

        Raises:
            OutOfTime: the time of the call under way has passed.
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
        """Record that a request is over, whatever became of it."""
        with self._lock.of_this_process:
            self._start_over_in_child()
            self._under_way.discard(start)
            self._wake()

    def answered(self, start: Start) -> None:
        """Record an answer that was not a 429."""
        if self._pace.rate is not None:
            with self._lock.of_this_process:
                self._pace.answered(time.monotonic(), start)

    def throttled(self, start: Start, delay: float) -> None:
        """Record a 429.

        Args:
            start: of the request.
            delay: seconds for which the service wants no request.
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
        """Return when to look again: only the first one has to watch the clock, unless Ctrl-C cut that one off."""
        is_first = self._waiting[0] is waiting and len(self._under_way) < self._concurrency
        return min(_LOOK_AGAIN, max(0.0, self._pace.next_start - time.monotonic())) if is_first else _LOOK_AGAIN

    def _give_up(self, waiting: _Waiting) -> None:
        with self._lock.of_this_process:
            if waiting.start is not None:
                self._under_way.discard(waiting.start)  # it had its turn, which goes to the next one
            elif waiting in self._waiting:
                self._waiting.remove(waiting)
                heapq.heapify(self._waiting)
            self._wake()

    def _start_over_in_child(self) -> None:
        """Forget those whom only the parent process has."""
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
        """Let those start who may, and the next one watch the clock."""
        self._start_those_who_may()
        if self._waiting:
            self._waiting[0].woken.set()
