"""Compare two results: what became slower or larger beyond the spread."""

from collections.abc import Iterator, Sequence

from tools.benchmarks.measuring.row import Row
from tools.benchmarks.report.results import Result
from tools.benchmarks.report.table import format_number


def worsened(old: Result, new: Result) -> Iterator[str]:
    """Yield a message for each ratio that became worse by more than the spread of either run.

    Ratios are compared because absolute values of different machines, or of one machine on different days, are not
    comparable. A row that only one of the results has is ignored.
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
    """Return whether each ratio lies outside the spread of the other run, on the worse side."""
    if new.more_is_better:
        return new.ratio < old.spread[0] and old.ratio > new.spread[1]
    return new.ratio > old.spread[1] and old.ratio < new.spread[0]


def report(old: Result, new: Result) -> Sequence[str]:
    """Return the lines that `python -m tools.benchmarks compare` prints."""
    lines = list(worsened(old, new)) or ["nothing became worse beyond the spread"]
    if not (old.is_full and new.is_full):
        lines.append("note: not both results are from --full; smaller runs vary more")
    lines += [f"note: {case} failed: {message}" for case, message in new.failures.items()]
    different = [name for name, value in new.machine.items() if old.machine.get(name) != value]
    if different:
        lines.append(f"note: the machines differ in {', '.join(different)}")
    return lines
