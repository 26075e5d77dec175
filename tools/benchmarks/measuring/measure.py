"""Measure contenders in turn, round by round."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

Run: TypeAlias = Callable[[], float]
"""Does something once and returns its cost in seconds or bytes."""

Samples: TypeAlias = Mapping[str, Sequence[float]]
"""The cost of each contender in each round."""


def interleaved(contenders: Mapping[str, Run], rounds: int) -> Samples:
    """Run each contender once to warm up, then all of them in each round, so that a slow moment affects all of them.

    Every other round runs in reverse order, so that no contender always runs after the same one. A single round skips
    the warm-up; it is for sizes, and for checking that everything works.
    """
    for run in contenders.values() if rounds > 1 else ():
        run()
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        names = list(contenders)
        for name in names if number % 2 == 0 else reversed(names):
            samples[name].append(contenders[name]())
    return samples


def seconds_of(function: Callable[[], object], repeat: int = 1) -> Run:
    """Return a run of a function: the average seconds of `repeat` calls."""

    def run() -> float:
        began = _begin()
        for _ in range(repeat):
            function()
        return _end(began) / repeat

    return run


def processor_seconds_of(run: Run) -> Run:
    """Return a run that tells the seconds which this process's threads were on a processor, instead of its own cost."""

    def timed() -> float:
        began = time.process_time()
        run()
        return time.process_time() - began

    return timed


def seconds_of_each(runner: asyncio.Runner, function: Callable[[], Awaitable[object]], count: int = 1) -> Run:
    """Return a run of a coroutine function that does something `count` times: the average seconds of one."""

    async def timed() -> float:
        began = _begin()
        await function()
        return _end(began) / count

    return lambda: runner.run(timed())


def _begin() -> float:
    # The garbage collector should not traverse the benchmark's own objects while a contender runs.
    gc.collect()
    gc.freeze()
    return time.perf_counter()


def _end(began: float) -> float:
    seconds = time.perf_counter() - began
    gc.unfreeze()
    return seconds
