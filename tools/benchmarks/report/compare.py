"""Two results side by side: what became slower, or larger, beyond the spread."""

from collections.abc import Iterator, Sequence

from tools.benchmarks.measuring.row import Row
from tools.benchmarks.report.results import Result
from tools.benchmarks.report.table import format_number


def worsened(old: Result, new: Result) -> Iterator[str]:
    """Say which ratios became worse so that neither run's spread explains it.

    Ratios are compared, because figures of different machines, or of one machine on different days, are not
    comparable. A row that is in one of the results only is none that became worse.
    """
    before = {(row.key, row.against): row for row in old.rows}
    for row in new.rows:
        earlier = before.get((row.key, row.against))
        if earlier is not None and is_worse(earlier, row):
            yield (
                f"{row.key}, {row.what}, against {row.against}: "
                f"{format_number(earlier.ratio)} → {format_number(row.ratio)} "
                f"(spread {_spread(earlier)} → {_spread(row)})"
            )


def _spread(row: Row) -> str:
    low, high = row.spread
    return f"{format_number(low)} to {format_number(high)}"


def is_worse(old: Row, new: Row) -> bool:
    """Tell whether each run's ratio is on its bad side of what the other's rounds gave."""
    if new.more_is_better:
        return new.ratio < old.spread[0] and old.ratio > new.spread[1]
    return new.ratio > old.spread[1] and old.ratio < new.spread[0]


def report(old: Result, new: Result) -> Sequence[str]:
    """Give the lines that `python -m tools.benchmarks compare` prints."""
    lines = list(worsened(old, new)) or ["nothing became worse beyond the spread"]
    if old.is_quick or new.is_quick:
        lines.append("note: a result of --quick is among them; its figures mean little")
    different = [name for name, value in new.machine.items() if old.machine.get(name) != value]
    if different:
        lines.append(f"note: the two differ in {', '.join(different)}")
    return lines
