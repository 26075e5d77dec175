"""The performance page of the documentation, generated from a result."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.benchmarks.all_cases import CASES
from tools.benchmarks.cases.requests.growth import TIMES, key_of
from tools.benchmarks.loopback.clients import BARE
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import ROOT
from tools.benchmarks.report.plot import Plot
from tools.benchmarks.report.results import Result
from tools.benchmarks.report.table import cells

_TITLES: Final = {"time": ("Time to page through recordings", "s"), "memory": ("Most memory while doing so", "MiB")}


def write_page(result: Result, docs: Path = ROOT / "docs") -> list[Path]:
    """Write `performance.md` and its plots, and return their paths.

    Raises:
        ValueError: if the result lacks a case that the page shows.
    """
    files = {f"performance-{name}.svg": _plot(result, name).svg() for name in _TITLES}
    files["performance.md"] = _page(result)
    for name, text in files.items():
        (docs / name).write_text(text, encoding="utf-8", newline="\n")
    return [docs / name for name in files]


def _page(result: Result) -> str:
    environment = Environment(  # noqa: S701  Markdown, from our own numbers
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    sections = {title: _cells(result, case) for case, title in CASES.items()}
    budgets = [_summary(row) for row in result.rows if row.budget]
    missed = sum(not row.budget.is_met(row.ratio) for row in result.rows if row.budget)
    template = environment.get_template("performance.md.jinja")
    return template.render(result=result, sections=sections, budgets=budgets, missed=missed)


def _cells(result: Result, case: str) -> list[tuple[str, ...]]:
    rows = [_escaped(row) for row in result.rows_of(case)]
    if case in result.failures:
        rows.append((f"FAILED: {result.failures[case]}".replace("|", "\\|"), *[""] * 6))
    if not rows:
        raise ValueError(f"the result has no rows of {case}; run all cases: python -m tools.benchmarks --json FILE")
    return rows


def _summary(row: Row) -> tuple[str, ...]:
    """Format a row of the table of budgets. It has rows of all cases, so each begins with the title of its case."""
    what, _, against, _, ratio, spread, verdict = _escaped(row)
    title = CASES[row.key.partition(".")[0]]
    return f"{title}: {what}", against, ratio, spread, verdict


def _escaped(row: Row) -> tuple[str, ...]:
    return tuple(cell.replace("|", "\\|") for cell in cells(row))


def _plot(result: Result, name: str) -> Plot:
    title, unit = _TITLES[name]
    rows: Mapping[str, Row] = {row.key: row for row in result.rows if row.against == BARE}
    try:
        measured = [(times, rows[key_of(f"growth.{name}", times)]) for times in TIMES]
    except KeyError as error:
        raise ValueError(f"the result has no {error}; run all cases: python -m tools.benchmarks --json FILE") from None
    lines = {
        "ours": [(pages, row.ours) for pages, row in measured],
        BARE: [(pages, row.theirs) for pages, row in measured],
    }
    return Plot(title, "times as many pages", unit, lines)
