"""The loop of a run: cases drawn from a seed, one after another, none of which may take long."""

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
"""Seconds after which a case counts as one that hangs."""

_AGAIN: Final = 1.0
"""Seconds until the alarm rings once more: what is raised in a finalizer or in a loop's callback ends nothing."""


class Hang(BaseException):
    """A case took too long. No `Exception`, so that nothing in between takes it for one of its own."""


def random_for_case(seed: int, case: int) -> random.Random:
    """Make the chance of one case, which is the same whatever cases were before it."""
    return random.Random(f"{seed} {case}")


def run_cases(  # noqa: PLR0913  what a run is
    name: str,
    seed: int,
    cases: int,
    deadline: float,
    *,
    draw: Callable[[random.Random], C],
    examine: Callable[[C], str],
) -> FuzzingResults:
    """Draw and examine cases.

    Args:
        name: of the run.
        seed: decides all cases.
        cases: how many at most.
        deadline: the `time.monotonic()` after which none begins.
        draw: makes a case.
        examine: tries it, gives the outcome, and raises what may not come out.
    """
    tally = Tally(name, seed)
    with _alarms():
        while tally.cases < cases and time.monotonic() < deadline:
            case = draw(random_for_case(seed, tally.cases))
            began = time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, LONGEST_CASE, _AGAIN)
            try:
                outcome = examine(case)
            except (Exception, Hang) as error:  # noqa: BLE001  whatever comes out is what is looked for
                signal.setitimer(signal.ITIMER_REAL, 0)
                tally.fail(error, repr(case), time.perf_counter() - began)
            else:
                signal.setitimer(signal.ITIMER_REAL, 0)
                tally.count(outcome, time.perf_counter() - began)
    return tally.figures()


@contextmanager
def _alarms() -> Generator[None]:
    before = signal.signal(signal.SIGALRM, _ring)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise Hang(f"not done after {LONGEST_CASE} seconds")
