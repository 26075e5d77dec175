"""The table on the terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from tools.benchmarks.cases import CASES
from tools.benchmarks.measuring.row import Row


def show(console: Console, case: str, rows: Iterable[Row]) -> list[Row]:
    """Print the table of a case, and give its rows."""
    collected = list(rows)
    table = Table("what", "ours", "against", "its figure", "ratio", "spread", "budget", title=CASES[case], expand=True)
    for row in collected:
        table.add_row(*cells(row), style="bold" if "MISSED" in row.verdict else None)
    console.print(table)
    return collected


def cells(row: Row) -> tuple[str, ...]:
    """Give a row as texts: what, our figure, the other contender, its figure, ratio, spread, budget."""
    low, high = row.spread
    ours, theirs = (f"{format_number(value)} {row.unit}".rstrip() for value in (row.ours, row.theirs))
    spread = "" if low == high else f"{format_number(low)} to {format_number(high)}"
    return row.what, ours, row.against, theirs, format_number(row.ratio), spread, row.verdict


def format_number(value: float) -> str:
    """Write a number with three digits that mean something, in full."""
    if abs(value) >= 100:  # noqa: PLR2004  three digits
        return f"{round(value):,}"
    return f"{float(f'{value:.3g}'):.6g}"
