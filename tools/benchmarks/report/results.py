"""Results as files; one is kept for each release."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from graph_meetings_runtime.version import VERSION
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import ROOT


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one run.

    Args:
        version: version of graph-meetings.
        is_full: whether it was a run with `--full`; the ratios of a smaller one vary more.
        machine: description of the machine.
        rows: the comparisons, in the order of the table.
        failures: error message of each case that failed.
    """

    version: str
    is_full: bool
    machine: Mapping[str, str]
    rows: tuple[Row, ...]
    failures: Mapping[str, str] = {}

    def rows_of(self, case: str) -> list[Row]:
        """Return the rows of a case."""
        return [row for row in self.rows if row.key.startswith(f"{case}.")]


def result_file(version: str = VERSION) -> Path:
    """Return the path of the result kept for a release."""
    return ROOT / "tools" / "benchmarks" / "results" / f"{version}.json"


def write_result(result: Result, path: Path) -> None:
    """Write a result with four significant digits."""
    rounded = msgspec.structs.replace(result, rows=tuple(map(_rounded, result.rows)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rounded), indent=1) + b"\n")


def read_result(path: Path) -> Result:
    """Read a result.

    Raises:
        ValueError: if the file is not a result.
        OSError: if the file cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Result)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path} is not a result of `python -m tools.benchmarks --json`: {error}") from error


def _rounded(row: Row) -> Row:
    low, high = row.spread
    ours, theirs, ratio = map(_short, (row.ours, row.theirs, row.ratio))
    return replace(row, ours=ours, theirs=theirs, ratio=ratio, spread=(_short(low), _short(high)))


def _short(value: float) -> float:
    return float(f"{value:.4g}")
