"""Waiting, and reading a body.

Nothing interrupts a thread from outside. What waits ends by itself: when the time of its call has passed, or when the
threads that it works with are to stop.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Final, TypeVar

from graph_meetings_runtime.fork import ProcessLock
from graph_meetings_runtime.http.connections.time_left import OutOfTime, seconds_left

R = TypeVar("R")


class Stopped(BaseException):
    """This thread is to end: another one failed, or nobody wants its result any more."""


class Stop:
    """Tells threads to stop, wherever they wait."""

    def __init__(self) -> None:
        self._outer = _STOP.get()
        self._is_set = False
        self._waiting: list[threading.Event] = []
        self._lock = ProcessLock()

    @property
    def is_set(self) -> bool:
        """Whether the threads are to stop."""
        return self._is_set or (self._outer is not None and self._outer.is_set)

    def set(self) -> None:
        """Have the threads stop."""
        self._is_set = True
        with self._lock.of_this_process:
            for event in self._waiting:
                event.set()

    def run(self, work: Callable[[], R]) -> R:
        """Do something in a context of its own, in which everything that waits hears of it."""
        context = copy_context()
        context.run(_STOP.set, self)
        return context.run(work)

    @contextmanager
    def waking(self, event: threading.Event) -> Generator[None]:
        """Set an event when the threads are to stop."""
        with self._lock.of_this_process:
            self._waiting.append(event)
        try:
            if self._outer is None:
                yield
            else:
                with self._outer.waking(event):
                    yield
        finally:
            with self._lock.of_this_process:
                self._waiting.remove(event)


_STOP: Final[ContextVar[Stop | None]] = ContextVar("stop", default=None)


def refuse_to_go_on() -> None:
    """Raise if this thread is to end.

    Raises:
        OutOfTime: the time of the call under way has passed.
        Stopped: its result is not wanted any more.
    """
    stop = _STOP.get()
    if stop is not None and stop.is_set:
        raise Stopped
    seconds_left()


def wait_for(event: threading.Event, seconds: float | None = None) -> None:
    """Wait until an event is set, or less long: the caller must look whether what it waits for has happened.

    Args:
        event: that nobody else waits for.
        seconds: to wait at most, `None` for no limit.

    Raises:
        OutOfTime: the time of the call under way has passed.
        Stopped: this thread is to end.
    """
    left, stop = seconds_left(), _STOP.get()
    limit = left if seconds is None else seconds if left is None else min(left, seconds)
    if stop is None:
        event.wait(limit)
    else:
        with stop.waking(event):
            if not stop.is_set:
                event.wait(limit)
    refuse_to_go_on()


def sleep(seconds: float) -> None:
    """Wait.

    Raises:
        OutOfTime: the time of the call under way has passed.
        Stopped: this thread is to end.
    """
    left = seconds_left()
    if _STOP.get() is not None:
        wait_for(threading.Event(), seconds)
    else:
        time.sleep(seconds if left is None else min(left, seconds))
    if left is not None and left <= seconds:
        raise OutOfTime


def let_others_run() -> None:
    """Let the deadline have its turn in between; other threads need no help."""
    refuse_to_go_on()


def joined(pieces: Iterable[bytes]) -> bytes:
    """Read a body into memory; that ends in time, whatever sends it."""
    found: list[bytes] = []
    for piece in pieces:
        refuse_to_go_on()
        found.append(piece)
    return b"".join(found)
