"""Results as a table on the terminal."""

from rich.console import Console
from rich.table import Table

from tools.benchmarks.all_cases import CASES
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.report.results import Result


def show(console: Console, case: str, result: Result) -> None:
    """Print the table of a case."""
    table = Table("what", "ours", "against", "its value", "ratio", "spread", "budget", title=CASES[case], expand=True)
    for row in result.rows_of(case):
        table.add_row(*cells(row), style="bold" if "MISSED" in row.verdict else None)
    if case in result.failures:
        table.add_row(f"FAILED: {result.failures[case]}", style="bold")
    console.print(table)


def cells(row: Row) -> tuple[str, ...]:
    """Format a row: what, our value, the other contender, its value, ratio, spread, budget."""
    low, high = row.spread
    ours, theirs = (f"{format_number(value)} {row.unit}".rstrip() for value in (row.ours, row.theirs))
    spread = "" if low == high else f"{format_number(low)} to {format_number(high)}"
    return row.what, ours, row.against, theirs, format_number(row.ratio), spread, row.verdict


def format_number(value: float) -> str:
    """Format a number with three significant digits, without an exponent where possible."""
    if abs(value) >= 100:  # noqa: PLR2004  three digits
        return f"{round(value):,}"
    return f"{float(f'{value:.3g}'):.6g}"
