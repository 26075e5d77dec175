"""Every case runs with tiny sizes and returns sensible rows. The times themselves are not checked."""

import math

import pytest

from tools.benchmarks.all_cases import CASES, rows_of
from tools.benchmarks.measuring.budgets import BUDGETS
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import Settings

pytestmark = pytest.mark.long

TINY = Settings(rounds=1, share=0.002)

OPTIONAL = {"msgraph-sdk", "curl"}
"""Contenders that are missing on some machines."""


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    """Return the rows of every case."""
    return {case: list(rows_of(case, TINY)) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_rows_of_its_own(rows: dict[str, list[Row]], case: str) -> None:
    assert rows[case]
    assert all(row.key.startswith(f"{case}.") for row in rows[case])


def test_every_figure_is_a_positive_number(rows: dict[str, list[Row]]) -> None:
    for row in (row for some in rows.values() for row in some):
        for figure in (row.ours, row.theirs, row.ratio, *row.spread):
            assert math.isfinite(figure), row
            assert figure > 0, row


def test_a_comparison_is_made_once(rows: dict[str, list[Row]]) -> None:
    compared = [(row.key, row.against) for some in rows.values() for row in some]
    assert len(compared) == len(set(compared))


def test_every_budget_belongs_to_a_comparison(rows: dict[str, list[Row]]) -> None:
    compared = {(row.key, row.against) for some in rows.values() for row in some}
    assert {budget for budget in BUDGETS if budget[1] not in OPTIONAL} <= compared
