"""Every case runs with tiny sizes and returns sensible rows. The times themselves are not checked."""

import math
from functools import cache

import pytest

from tools.benchmarks.all_cases import CASES, rows_of
from tools.benchmarks.measuring.budgets import BUDGETS
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import Settings

pytestmark = pytest.mark.long

TINY = Settings(rounds=1, share=0.002)

OPTIONAL = {"msgraph-sdk", "curl"}
"""Contenders that are missing on some machines."""


@cache
def measured(case: str) -> list[Row]:
    """Return the rows of a case, measured once."""
    return list(rows_of(case, TINY))


def all_rows() -> list[Row]:
    return [row for case in CASES for row in measured(case)]


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_rows_of_its_own(case: str) -> None:
    assert measured(case)
    assert all(row.key.startswith(f"{case}.") for row in measured(case))


def test_every_figure_is_a_positive_number() -> None:
    for row in all_rows():
        for figure in (row.ours, row.theirs, row.ratio, *row.spread):
            assert math.isfinite(figure), row
            assert figure > 0, row


def test_a_comparison_is_made_once() -> None:
    compared = [(row.key, row.against) for row in all_rows()]
    assert len(compared) == len(set(compared))


def test_every_budget_belongs_to_a_comparison() -> None:
    compared = {(row.key, row.against) for row in all_rows()}
    assert {budget for budget in BUDGETS if budget[1] not in OPTIONAL} <= compared
