"""The time left for the call under way. No wait for the network goes on after it, however slowly bytes trickle in.

It belongs to the context, so that what waits need not be told by what began the call.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Final, TypeVar

R = TypeVar("R")

_ENDS_AT: Final[ContextVar[float | None]] = ContextVar("ends_at", default=None)


class OutOfTime(Exception):
    """The call under way has used up its time. It is no error of the connection: another attempt must not follow."""


def run_until(moment: float | None, work: Callable[[], R]) -> R:
    """Do something; everything that it waits for ends at a moment, or earlier if work around this one says so.

    It has a context of its own, so that nothing is left of the moment, whatever interrupts it.

    Args:
        moment: of `time.monotonic()`, `None` for no limit.
        work: what to do; its result is returned.

    Raises:
        OutOfTime: something waited that long.
    """
    context, outer = copy_context(), _ENDS_AT.get()
    if moment is not None and (outer is None or moment < outer):
        context.run(_ENDS_AT.set, moment)
    return context.run(work)


def seconds_left() -> float | None:
    """Return the seconds that are left, `None` if there is no limit.

    Raises:
        OutOfTime: there are none.
    """
    moment = _ENDS_AT.get()
    if moment is None:
        return None
    left = moment - time.monotonic()
    if left <= 0:
        raise OutOfTime
    return left


class TimeLimit:
    """A limit for several waits together, such as those until a connection is open.

    Args:
        seconds: `None` for no limit but the one of the call under way.
    """

    def __init__(self, seconds: float | None) -> None:
        self._at = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return the seconds that the next wait may take.

        Raises:
            OutOfTime: the call under way has no time left.
            TimeoutError: the waits have taken too long.
        """
        of_call = seconds_left()
        if self._at is None:
            return of_call
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if of_call is None else min(left, of_call)
