"""Waiting, and reading a body.

A thread cannot be interrupted from outside. It ends its waits itself: when its call runs out of time, or when the
threads that it works with must stop.
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
    """This thread must end: another one has failed, or its result is no longer needed."""


class Stop:
    """Tells threads to stop wherever they wait."""

    def __init__(self) -> None:
        self._outer = _STOP.get()
        self._is_set = False
        self._waiting: list[threading.Event] = []
        self._lock = ProcessLock()

    @property
    def is_set(self) -> bool:
        """Whether the threads must stop."""
        return self._is_set or (self._outer is not None and self._outer.is_set)

    def set(self) -> None:
        """Tell the threads to stop."""
        self._is_set = True
        with self._lock.of_this_process:
            for event in self._waiting:
                event.set()

    def run(self, work: Callable[[], R]) -> R:
        """Run work in its own context, in which every wait notices when to stop."""
        context = copy_context()
        context.run(_STOP.set, self)
        return context.run(work)

    @contextmanager
    def waking(self, event: threading.Event) -> Generator[None]:
        """Set an event when the threads must stop."""
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
    """Raise an error if this thread must end.

    Raises:
        OutOfTime: the current call has run out of time.
        Stopped: its result is no longer needed.
    """
    stop = _STOP.get()
    if stop is not None and stop.is_set:
        raise Stopped
    seconds_left()


def wait_for(event: threading.Event, seconds: float | None = None) -> None:
    """Wait until an event is set, or for a shorter time: the caller must check what it waits for.

    Args:
        event: an event that no other thread waits for.
        seconds: the longest wait, or `None` for no limit.

    Raises:
        OutOfTime: the current call has run out of time.
        Stopped: this thread must end.
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
        OutOfTime: the current call has run out of time.
        Stopped: this thread must end.
    """
    left = seconds_left()
    if _STOP.get() is not None:
        wait_for(threading.Event(), seconds)
    else:
        time.sleep(seconds if left is None else min(left, seconds))
    if left is not None and left <= seconds:
        raise OutOfTime


def let_others_run() -> None:
    """Check the deadline; other threads run anyway."""
    refuse_to_go_on()


def joined(pieces: Iterable[bytes]) -> bytes:
    """Read a body into memory, within the time of the current call."""
    found: list[bytes] = []
    for piece in pieces:
        refuse_to_go_on()
        found.append(piece)
    return b"".join(found)
