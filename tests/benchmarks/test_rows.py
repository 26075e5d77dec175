"""From samples to rows."""

import asyncio
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.benchmarks.measuring import row as rows_module
from tools.benchmarks.measuring.budgets import Budget, at_least, at_most
from tools.benchmarks.measuring.measure import interleaved, processor_seconds_of, seconds_of, seconds_of_each
from tools.benchmarks.measuring.row import Metric

COSTS = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=9)


def test_contenders_run_in_turn_and_every_second_round_the_other_way_round() -> None:
    ran: list[str] = []

    def contender(name: str) -> Callable[[], float]:
        def run() -> float:
            ran.append(name)
            return len(ran)

        return run

    samples = interleaved({"a": contender("a"), "b": contender("b")}, 3)
    assert "".join(ran) == "ab" + "ab" + "ba" + "ab"
    assert samples == {"a": [3, 6, 7], "b": [4, 5, 8]}


def test_a_single_round_is_all_that_runs() -> None:
    runs = iter([5.0])
    assert interleaved({"a": lambda: next(runs)}, 1) == {"a": [5.0]}


def test_a_function_is_called_as_often_as_said() -> None:
    calls: list[int] = []
    seconds = seconds_of(lambda: calls.append(1), repeat=4)()
    assert len(calls) == 4
    assert 0 < seconds < 60


def test_a_coroutine_function_gives_the_seconds_of_each_time() -> None:
    with asyncio.Runner() as runner:
        one = seconds_of_each(runner, lambda: asyncio.sleep(0.02))()
        each = seconds_of_each(runner, lambda: asyncio.sleep(0.02), 1000)()
    assert one >= 0.02
    assert each < one / 10


def test_the_time_of_processors_leaves_out_waiting() -> None:
    assert processor_seconds_of(seconds_of(lambda: time.sleep(0.05)))() < 0.05
    assert processor_seconds_of(seconds_of(lambda: sum(range(100_000))))() > 0


def test_times_are_compared_round_by_round() -> None:
    [row] = Metric("case.what", "what").rows({"ours": [0.001, 0.004, 0.003], "theirs": [0.001, 0.001, 0.001]})
    assert (row.ours, row.theirs, row.ratio, row.spread) == (3, 1, 3, (1, 4))
    assert not row.more_is_better


def test_a_rate_is_the_other_way_round() -> None:
    [row] = Metric("case.what", "what", "/s", 10, is_rate=True).rows({"ours": [0.5], "theirs": [2.0]})
    assert (row.ours, row.theirs, row.ratio) == (20, 5, 4)
    assert row.more_is_better


def test_ours_is_compared_with_each_other_contender() -> None:
    samples = {"a": [1.0], "ours": [1.0], "b": [1.0]}
    assert [row.against for row in Metric("case.what", "what").rows(samples)] == ["a", "b"]


def test_a_fixed_limit_is_in_the_measure_of_the_samples() -> None:
    row = Metric("case.size", "size", "kB", 1 / 1000).within(300_000, [150_000])
    assert (row.ours, row.theirs, row.ratio) == (150, 300, 0.5)


@given(ours=COSTS)
def test_the_ratio_is_within_the_spread(ours: list[float]) -> None:
    for is_rate in (False, True):
        row = Metric("case.what", "what", is_rate=is_rate).row("theirs", ours, ours[::-1])
        low, high = row.spread
        assert low <= row.ratio <= high


@pytest.mark.parametrize(
    ("budget", "ratio", "verdict"),
    [
        (at_most(2), 2.0, "≤ 2 met"),
        (at_most(2), 2.01, "≤ 2 MISSED"),
        (at_least(3), 3.0, "≥ 3 met"),
        (at_least(3), 2.99, "≥ 3 MISSED"),
    ],
)
def test_a_verdict_says_the_budget_and_whether_it_is_met(
    monkeypatch: pytest.MonkeyPatch, budget: Budget, ratio: float, verdict: str
) -> None:
    def budget_of(*_: str) -> Budget:
        return budget

    monkeypatch.setattr(rows_module, "budget_of", budget_of)
    assert Metric("case.what", "what").row("theirs", [ratio], [1.0]).verdict == verdict


def test_without_a_budget_there_is_no_verdict() -> None:
    assert not Metric("no.such", "what").row("theirs", [1.0], [1.0]).verdict
