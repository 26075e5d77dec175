"""Run functions in new processes, and share one clock between them."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

WORKERS: Final = 2


def pool(workers: int = WORKERS) -> ProcessPoolExecutor:
    """Return a pool of spawned processes, which inherit no threads and no connections."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def in_new_process(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function in a new process and return its result."""
    with pool(1) as executor:
        return executor.submit(call, *args, **kwargs).result()


def is_past(deadline: float) -> bool:
    """Return whether a `time.monotonic()` deadline has passed; all processes share that clock."""
    return time.monotonic() >= deadline
