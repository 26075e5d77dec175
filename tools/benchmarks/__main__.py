"""The command line: `python -m tools.benchmarks [CASE…] | compare OLD NEW | page [FILE]`."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from graph_meetings_runtime.version import VERSION
from tools.benchmarks.cases import CASES, rows_of
from tools.benchmarks.measuring.machine import machine
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import FULL, QUICK, Settings
from tools.benchmarks.report.compare import report
from tools.benchmarks.report.page import write_page
from tools.benchmarks.report.results import Result, read_result, result_file, write_result
from tools.benchmarks.report.table import show


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit status. A budget that is missed is shown, and does not change it."""
    command, *rest = arguments or [""]
    try:
        if command == "compare":
            return _compare(rest)
        if command == "page":
            return _page(rest)
        return _measure(arguments)
    except (OSError, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1


def _measure(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    unknown = set(options.cases) - set(CASES)
    if unknown:
        raise ValueError(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}, compare and page")
    settings: Settings = replace((QUICK if options.quick else FULL).with_peers(), csdl=options.csdl)
    console = Console(width=None if sys.stdout.isatty() else 160)
    facts = machine()
    console.print(", ".join(f"{name} {value}" for name, value in facts.items()), style="dim")
    rows: list[Row] = []
    for case in options.cases or CASES:
        rows += show(console, case, rows_of(case, settings))
        if options.json:  # after each case: one that fails is not to lose a quarter of an hour
            write_result(Result(version=VERSION, is_quick=options.quick, machine=facts, rows=tuple(rows)), options.json)
    if settings.peers is None:
        console.print("without msgraph-sdk: `make bench-peers` makes its environment", style="dim")
    return 0


def _compare(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks compare", description="Say what became worse.")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    options = parser.parse_args(arguments)
    print("\n".join(report(read_result(options.old), read_result(options.new))))
    return 0


def _page(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks page", description="Write docs/performance.md.")
    parser.add_argument("result", type=Path, nargs="?", default=result_file())
    options = parser.parse_args(arguments)
    write_page(read_result(options.result))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks", description="Measure, and print a table.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"some of {', '.join(CASES)}; by default all of them")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds: whether it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the result goes as well")
    parser.add_argument("--csdl", type=Path, metavar="FILE", help="Graph's complete v1.0 document, for generation")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
