"""Run random cases one after another, with a time limit for each."""

import random
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final, TypeVar

from tools.soak.fuzzing.results import FuzzingResults, Tally

C = TypeVar("C")

LONGEST_CASE: Final = 2.0
"""Seconds after which a case counts as hanging."""

_REPEAT: Final = 1.0
"""Seconds between alarms: an exception raised in a finalizer or an event loop callback stops nothing."""


class Hang(BaseException):
    """A case took too long. Not an `Exception`, so that no handler catches it."""


def random_for_case(seed: int, case: int) -> random.Random:
    """Return the random generator of a case, which does not depend on earlier cases."""
    return random.Random(f"{seed} {case}")


def run_cases(  # noqa: PLR0913  the parameters of a run
    name: str,
    seed: int,
    cases: int,
    deadline: float,
    *,
    draw: Callable[[random.Random], C],
    examine: Callable[[C], str],
) -> FuzzingResults:
    """Draw and examine cases, and return the results.

    Args:
        name: name of the run.
        seed: random seed of all cases.
        cases: maximum number of cases.
        deadline: `time.monotonic()` after which no case starts.
        draw: returns a random case.
        examine: tries a case and returns its outcome; any exception is a failure.
    """
    tally = Tally(name, seed)
    with _alarms():
        while tally.cases < cases and time.monotonic() < deadline:
            case = draw(random_for_case(seed, tally.cases))
            began = time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, LONGEST_CASE, _REPEAT)
            try:
                outcome = examine(case)
            except (Exception, Hang) as error:  # noqa: BLE001  any error is a finding
                signal.setitimer(signal.ITIMER_REAL, 0)
                tally.fail(error, repr(case), time.perf_counter() - began)
            else:
                signal.setitimer(signal.ITIMER_REAL, 0)
                tally.count(outcome, time.perf_counter() - began)
    return tally.results()


@contextmanager
def _alarms() -> Generator[None]:
    before = signal.signal(signal.SIGALRM, _ring)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise Hang(f"timed out after {LONGEST_CASE} seconds")
