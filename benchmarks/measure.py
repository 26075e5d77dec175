"""How things are timed: interleaved rounds, medians, ratios."""

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the result.

    Args:
        what: was measured.
        ours: median, in `unit`.
        limit: the median of what it is compared with, in `unit`.
        against: names that.
        ratio: ours to the limit.
        budget: what the ratio should be, as text; empty where there is none.
        spread: the least and the greatest ratio of the rounds.
        is_met: whether the ratio is within the budget.
    """

    what: str
    unit: str
    ours: float
    limit: float
    against: str
    ratio: float
    spread: tuple[float, float]
    budget: str = ""
    is_met: bool = True


@dataclass(frozen=True)
class Budget:
    """A bound on a ratio: at most, or at least."""

    at_most: float | None = None
    at_least: float | None = None

    def __str__(self) -> str:
        return f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}" if self.at_least else ""

    def is_met(self, ratio: float) -> bool:
        """Check a ratio."""
        return (self.at_most is None or ratio <= self.at_most) and (self.at_least is None or ratio >= self.at_least)


NO_BUDGET = Budget()


def interleaved(
    contenders: Mapping[str, Callable[[], object]], rounds: int = 9, repeat: int = 5
) -> dict[str, list[float]]:
    """Time functions in turn, and give the seconds of each round; a slow moment of the machine hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for function in contenders.values():
        function()
    for _ in range(rounds):
        for name, function in contenders.items():
            gc.collect()
            began = time.perf_counter()
            for _ in range(repeat):
                function()
            seconds[name].append((time.perf_counter() - began) / repeat)
    return seconds


async def interleaved_async(
    contenders: Mapping[str, Callable[[], Awaitable[object]]], rounds: int = 7
) -> dict[str, list[float]]:
    """Time coroutine functions in turn, as `interleaved` does."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for function in contenders.values():
        await function()
    for _ in range(rounds):
        for name, function in contenders.items():
            gc.collect()
            began = time.perf_counter()
            await function()
            seconds[name].append(time.perf_counter() - began)
    return seconds


@dataclass(frozen=True)
class Comparison:
    """What a row says beside its figures.

    Args:
        what: is measured.
        against: the name of the other contender.
        budget: of the ratio.
    """

    what: str
    against: str
    budget: Budget = NO_BUDGET

    def of_times(self, seconds: Mapping[str, list[float]]) -> Row:
        """Compare the time of `ours` with the other's, in milliseconds; less is better."""
        ratios = [ours / other for ours, other in zip(seconds["ours"], seconds[self.against], strict=True)]
        return self._row("ms", [1000 * _median(seconds[name]) for name in ("ours", self.against)], ratios)

    def of_rates(self, seconds: Mapping[str, list[float]], amount: float, unit: str) -> Row:
        """Compare how much `ours` does in a second with the other's; more is better."""
        ratios = [other / ours for ours, other in zip(seconds["ours"], seconds[self.against], strict=True)]
        return self._row(unit, [amount / _median(seconds[name]) for name in ("ours", self.against)], ratios)

    def _row(self, unit: str, medians: list[float], ratios: list[float]) -> Row:
        ratio = _median(ratios)
        spread = min(ratios), max(ratios)
        ours, other = medians
        met = self.budget.is_met(ratio)
        return Row(self.what, unit, ours, other, self.against, ratio, spread, str(self.budget), met)


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
