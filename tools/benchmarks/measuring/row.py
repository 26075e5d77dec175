"""One line of the result, and how samples become one."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tools.benchmarks.measuring.budgets import Budget, budget_of
from tools.benchmarks.measuring.measure import Samples

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison of ours with one other contender.

    Args:
        key: of what was measured; stays the same from release to release.
        what: was measured, for people.
        unit: of the two figures.
        ours: our median.
        against: names the other contender.
        theirs: its median.
        ratio: of our figure to its, the median of the rounds.
        spread: the least and the greatest ratio of the rounds.
        more_is_better: whether a greater figure is better, as with rates.
    """

    key: str
    what: str
    unit: str
    ours: float
    against: str
    theirs: float
    ratio: float
    spread: tuple[float, float]
    more_is_better: bool = False

    @property
    def budget(self) -> Budget | None:
        """What the ratio should be, `None` where nothing is asked for."""
        return budget_of(self.key, self.against)

    @property
    def verdict(self) -> str:
        """The budget, and whether it is met; empty where there is none."""
        if self.budget is None:
            return ""
        return f"{self.budget} {'met' if self.budget.is_met(self.ratio) else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured.

    Args:
        key: such as `reading.recordings`: the case, and what of it.
        what: the same for people.
        unit: of the figures.
        per: how many of the unit one of the samples is: 1000 for milliseconds of seconds.
        is_rate: whether the figure is how many of the unit there are per second, and the sample its seconds.
    """

    key: str
    what: str
    unit: str = "ms"
    per: float = 1000
    is_rate: bool = False

    def rows(self, samples: Samples) -> Iterator[Row]:
        """Compare `ours` with every other contender."""
        for name in samples:
            if name != OURS:
                yield self.row(name, samples[OURS], samples[name])

    def row(self, against: str, ours: Sequence[float], theirs: Sequence[float]) -> Row:
        """Compare the samples of ours with another contender's, round by round."""
        our_figures, their_figures = ([self._figure(cost) for cost in costs] for costs in (ours, theirs))
        ratios = [our / their for our, their in zip(our_figures, their_figures, strict=True)]
        return Row(
            self.key,
            self.what,
            self.unit,
            statistics.median(our_figures),
            against,
            statistics.median(their_figures),
            statistics.median(ratios),
            (min(ratios), max(ratios)),
            self.is_rate,
        )

    def within(self, limit: float, ours: Sequence[float]) -> Row:
        """Compare samples with a fixed limit, in the same measure."""
        return self.row("the limit", ours, [limit] * len(ours))

    def named(self, key: str, what: str) -> "Metric":
        """Give another metric in the same unit."""
        return replace(self, key=key, what=what)

    def _figure(self, cost: float) -> float:
        return self.per / cost if self.is_rate else self.per * cost
