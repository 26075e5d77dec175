"""Work in processes of its own: on all cores, or alone to be measured."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

WORKERS: Final = 2


def pool(workers: int = WORKERS) -> ProcessPoolExecutor:
    """Start processes that share nothing with this one, threads and connections least of all."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def alone(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function in a new process."""
    with pool(1) as executor:
        return executor.submit(call, *args, **kwargs).result()


def is_over(deadline: float) -> bool:
    """Say whether a `time.monotonic()` is past; it is the same clock in all processes."""
    return time.monotonic() >= deadline
