"""How things are measured: contenders in turn, round after round."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

Run: TypeAlias = Callable[[], float]
"""Does something once and gives what it cost: seconds, or bytes."""

Samples: TypeAlias = Mapping[str, Sequence[float]]
"""What each contender cost, round by round."""


def interleaved(contenders: Mapping[str, Run], rounds: int) -> Samples:
    """Run each contender once unmeasured, then all of them in each round; a slow moment of the machine hits all.

    Every second round goes the other way round, so that none always runs after the same one. A single round is for
    what needs no warming: sizes, and whether it works at all.
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
    """Make a run of a function: the seconds of one call, over some calls in a row."""

    def run() -> float:
        began = _begin()
        for _ in range(repeat):
            function()
        return _end(began) / repeat

    return run


def seconds_of_each(runner: asyncio.Runner, function: Callable[[], Awaitable[object]], count: int = 1) -> Run:
    """Make a run of a coroutine function that does something `count` times: the seconds of each time."""

    async def timed() -> float:
        began = _begin()
        await function()
        return _end(began) / count

    return lambda: runner.run(timed())


def _begin() -> float:
    # What the benchmark itself holds is nothing that the collector should go through while a contender runs.
    gc.collect()
    gc.freeze()
    return time.perf_counter()


def _end(began: float) -> float:
    seconds = time.perf_counter() - began
    gc.unfreeze()
    return seconds
