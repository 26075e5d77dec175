"""Rows of the result, made from samples."""

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
        key: key of the metric, the same in every release.
        what: description of the metric.
        unit: unit of both values.
        ours: our median.
        against: name of the other contender.
        theirs: its median.
        ratio: median over all rounds of our value divided by its value.
        spread: the smallest and the largest ratio of any round.
        more_is_better: whether a larger value is better, as for rates.
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
        """The budget of the ratio, `None` if it has none."""
        return budget_of(self.key, self.against)

    @property
    def verdict(self) -> str:
        """The budget and whether it is met; empty without a budget."""
        if self.budget is None:
            return ""
        return f"{self.budget} {'met' if self.budget.is_met(self.ratio) else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric.

    Args:
        key: the case and the metric, such as `reading.recordings`.
        what: description.
        unit: unit of the values.
        per: factor from samples to values: 1000 for samples in seconds and values in milliseconds.
        is_rate: whether the value is a rate per second; the samples are still seconds.
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
        """Compare our samples with another contender's, round by round."""
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
        """Compare our samples with a fixed limit in the same unit."""
        return self.row("the limit", ours, [limit] * len(ours))

    def named(self, key: str, what: str) -> "Metric":
        """Return a copy with another key and description."""
        return replace(self, key=key, what=what)

    def _figure(self, cost: float) -> float:
        return self.per / cost if self.is_rate else self.per * cost
