"""The time left for the current call. No wait for the network exceeds it, however slowly bytes trickle in.

It is stored in the context, so that it need not be passed to everything that waits.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Final, TypeVar

R = TypeVar("R")

_ENDS_AT: Final[ContextVar[float | None]] = ContextVar("ends_at", default=None)


class OutOfTime(Exception):
    """The current call has used up its time. This is not an error of the connection, and must not be retried."""


def run_until(moment: float | None, work: Callable[[], R]) -> R:
    """Do something. All of its waits end at a moment, or earlier if an enclosing call has less time.

    It has its own context, so that nothing remains of the moment, whatever interrupts it.

    Args:
        moment: by `time.monotonic()`, or `None` for no limit.
        work: what to do; its result is returned.

    Raises:
        OutOfTime: a wait reached the moment.
    """
    context, outer = copy_context(), _ENDS_AT.get()
    if moment is not None and (outer is None or moment < outer):
        context.run(_ENDS_AT.set, moment)
    return context.run(work)


def seconds_left() -> float | None:
    """Return the seconds that are left, or `None` if there is no limit.

    Raises:
        OutOfTime: there are none left.
    """
    moment = _ENDS_AT.get()
    if moment is None:
        return None
    left = moment - time.monotonic()
    if left <= 0:
        raise OutOfTime
    return left


class TimeLimit:
    """A limit shared by several waits, such as those for opening a connection.

    Args:
        seconds: the limit, or `None` for only that of the current call.
    """

    def __init__(self, seconds: float | None) -> None:
        self._at = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return the seconds that the next wait may take.

        Raises:
            OutOfTime: the current call has run out of time.
            TimeoutError: the waits have taken too long.
        """
        of_call = seconds_left()
        if self._at is None:
            return of_call
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if of_call is None else min(left, of_call)
