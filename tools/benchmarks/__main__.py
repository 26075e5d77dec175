"""The command line: `python -m tools.benchmarks [CASE…] | compare OLD NEW | page [FILE]`."""

import argparse
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from graph_meetings_runtime.version import VERSION
from tools.benchmarks.all_cases import CASES, rows_of
from tools.benchmarks.measuring.machine import machine
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import DEFAULT, FULL, QUICK, Settings
from tools.benchmarks.report.compare import report
from tools.benchmarks.report.page import write_page
from tools.benchmarks.report.results import Result, read_result, result_file, write_result
from tools.benchmarks.report.table import show


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status: 1 for an error or a failed case, but not for a missed budget."""
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
        raise ValueError(f"unknown case: {', '.join(sorted(unknown))}; choose from {', '.join(CASES)}, compare, page")
    settings = replace(_settings(options).with_peers(), csdl=options.csdl)
    console = Console(width=None if sys.stdout.isatty() else 160)
    result = Result(version=VERSION, is_full=options.full, machine=machine(), rows=())
    console.print(", ".join(f"{name} {value}" for name, value in result.machine.items()), style="dim")
    for case in options.cases or CASES:
        result = _with_case(result, case, settings)
        show(console, case, result)
        if options.json:  # after each case, so that an interruption loses little
            write_result(result, options.json)
    if settings.peers is None:
        console.print("msgraph-sdk is not compared; `make bench-peers` installs it", style="dim")
    return 1 if result.failures else 0


def _with_case(result: Result, case: str, settings: Settings) -> Result:
    """Add the rows of a case. If it fails, keep the rows measured before, and the error."""
    rows: list[Row] = []
    failures = dict(result.failures)
    try:
        rows.extend(rows_of(case, settings))
    except Exception as error:  # noqa: BLE001  one broken case must not lose the others
        traceback.print_exc()
        failures[case] = f"{type(error).__name__}: {error}"
    return Result(
        version=result.version,
        is_full=result.is_full,
        machine=result.machine,
        rows=(*result.rows, *rows),
        failures=failures,
    )


def _settings(options: argparse.Namespace) -> Settings:
    if options.full:
        return FULL
    return QUICK if options.quick else DEFAULT


def _compare(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks compare", description="List what became worse.")
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
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"any of {', '.join(CASES)}; all by default")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="check that everything works: tiny sizes, two rounds")
    size.add_argument("--full", action="store_true", help="full sizes and all rounds, for the result of a release")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the result to this file")
    parser.add_argument("--csdl", type=Path, metavar="FILE", help="Graph's complete v1.0 document, for generation")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
