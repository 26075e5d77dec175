"""A result as a file, which is kept for each release."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from graph_meetings_runtime.version import VERSION
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import ROOT


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one run gave.

    Args:
        version: of graph-meetings.
        is_quick: whether sizes and rounds were cut down, so that the figures mean little.
        machine: what it ran on.
        rows: the comparisons, in the order of the table.
    """

    version: str
    is_quick: bool
    machine: Mapping[str, str]
    rows: tuple[Row, ...]


def result_file(version: str = VERSION) -> Path:
    """Give the place of the result that is kept for a release."""
    return ROOT / "tools" / "benchmarks" / "results" / f"{version}.json"


def write_result(result: Result, path: Path) -> None:
    """Write a result, one row to a few lines, with four digits that mean something."""
    rounded = msgspec.structs.replace(result, rows=tuple(map(_rounded, result.rows)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rounded), indent=1) + b"\n")


def read_result(path: Path) -> Result:
    """Read a result.

    Raises:
        ValueError: the file is no result; the message says where it is not.
        OSError: it cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Result)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path} is no result of `python -m tools.benchmarks --json`: {error}") from error


def _rounded(row: Row) -> Row:
    low, high = row.spread
    ours, theirs, ratio = map(_short, (row.ours, row.theirs, row.ratio))
    return replace(row, ours=ours, theirs=theirs, ratio=ratio, spread=(_short(low), _short(high)))


def _short(value: float) -> float:
    return float(f"{value:.4g}")
