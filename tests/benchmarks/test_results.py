"""Results as files, side by side, and as a page."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from tools.benchmarks.all_cases import CASES
from tools.benchmarks.cases.requests.growth import TIMES
from tools.benchmarks.loopback.clients import BARE
from tools.benchmarks.measuring.machine import machine
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.report.compare import is_worse, report
from tools.benchmarks.report.page import write_page
from tools.benchmarks.report.plot import Plot
from tools.benchmarks.report.results import Result, read_result, write_result
from tools.benchmarks.report.table import cells, format_number

ROW = Row("case.what", "what", "ms", 2.0, "theirs", 1.0, 2.0, (1.9, 2.1))


def result(*rows: Row, is_full: bool = True) -> Result:
    return Result(version="1.2.3", is_full=is_full, machine={"processor": "one"}, rows=rows)


def complete() -> Result:
    growth = [
        replace(ROW, key=f"growth.{name}_{times}", against=BARE, ours=times / 7, theirs=times / 9)
        for name in ("time", "memory")
        for times in TIMES
    ]
    return result(*(replace(ROW, key=f"{case}.what") for case in CASES), *growth)


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_result(result(ROW), tmp_path / "folder" / "1.2.3.json")
    assert read_result(tmp_path / "folder" / "1.2.3.json") == result(ROW)


def test_a_result_has_four_digits(tmp_path: Path) -> None:
    write_result(result(replace(ROW, ours=1.23456789, spread=(1.23456, 123456.7))), tmp_path / "x.json")
    [row] = json.loads((tmp_path / "x.json").read_text())["rows"]
    assert row["ours"] == 1.235
    assert row["spread"] == [1.235, 123500]


def test_what_is_no_result_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"version": 1}')
    with pytest.raises(ValueError, match=r"x\.json is not a result"):
        read_result(tmp_path / "x.json")


def test_the_machine_is_told_without_paths() -> None:
    facts = machine()
    assert {"processor", "cores", "python", "httpx", "msgspec"} <= facts.keys()
    assert not any("/" in value for value in facts.values())


@pytest.mark.parametrize(
    ("ratio", "spread", "expected"),
    [
        (2.2, (2.11, 2.3), True),
        (2.2, (1.9, 2.3), False),  # the old ratio is within the new spread
        (2.05, (2.04, 2.06), False),  # the new ratio is within the old spread
        (1.5, (1.4, 1.6), False),
    ],
)
def test_worse_is_what_neither_spread_explains(ratio: float, spread: tuple[float, float], expected: bool) -> None:
    new = replace(ROW, ratio=ratio, spread=spread)
    assert is_worse(ROW, new) is expected


def test_of_rates_less_is_worse() -> None:
    old = replace(ROW, more_is_better=True)
    assert is_worse(old, replace(old, ratio=1.5, spread=(1.4, 1.6)))
    assert not is_worse(old, replace(old, ratio=2.5, spread=(2.4, 2.6)))


def test_a_comparison_names_what_became_worse() -> None:
    new = replace(ROW, ratio=3.0, spread=(2.9, 3.1))
    [line] = report(result(ROW), result(new, replace(new, key="case.new")))
    assert line == "case.what, what, against theirs: 2 → 3 (spread 1.9 to 2.1 → 2.9 to 3.1)"


def test_a_comparison_warns_of_what_makes_it_worth_little() -> None:
    other = Result(version="1", is_full=False, machine={"processor": "two"}, rows=(ROW,))
    nothing, quick, different = report(result(ROW), other)
    assert nothing == "nothing became worse beyond the spread"
    assert "--full" in quick
    assert different == "note: the machines differ in processor"


def test_the_page_has_every_case_and_its_plots(tmp_path: Path) -> None:
    written = {path.name for path in write_page(complete(), tmp_path)}
    assert written == {path.name for path in tmp_path.iterdir()}
    page = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert all(f"## {title}" in page for title in CASES.values())
    assert all(f"({name})" in page for name in written if name.endswith(".svg"))
    assert "tools/benchmarks/results/1.2.3.json" in page
    assert "smaller run" not in page


def test_the_page_says_first_which_budgets_are_met(tmp_path: Path) -> None:
    budgeted = replace(ROW, key="paging.alone", what="of a | b", against=BARE, more_is_better=True)
    missed = replace(budgeted, key="paging.together_32", what="too slow")
    write_page(result(*complete().rows, budgeted, missed), tmp_path)
    summary = (tmp_path / "performance.md").read_text(encoding="utf-8").split("\n## ")[1]
    assert "Of 2 budgets, 1 is missed." in summary
    assert "Paging over loopback: of a \\| b" in summary
    assert [line.split(" | ")[-1] for line in summary.splitlines() if "too slow" in line] == ["≥ 4 MISSED |"]


def test_the_page_of_a_smaller_run_says_so(tmp_path: Path) -> None:
    quick = Result(version="1", is_full=False, machine={}, rows=complete().rows)
    write_page(quick, tmp_path)
    assert "smaller run" in (tmp_path / "performance.md").read_text(encoding="utf-8")


def test_the_page_has_a_row_for_a_case_that_failed(tmp_path: Path) -> None:
    rows = tuple(row for row in complete().rows if not row.key.startswith("reading."))
    broken = Result(version="1", is_full=True, machine={}, rows=rows, failures={"reading": "OSError: no | room"})
    write_page(broken, tmp_path)
    assert "| FAILED: OSError: no \\| room |" in (tmp_path / "performance.md").read_text(encoding="utf-8")


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_page(complete(), tmp_path)]
    assert first == [path.read_bytes() for path in write_page(complete(), tmp_path)]


@pytest.mark.parametrize("lacking", ["reading.what", "growth.time_3"])
def test_a_page_needs_every_case(tmp_path: Path, lacking: str) -> None:
    rows = [row for row in complete().rows if row.key != lacking]
    with pytest.raises(ValueError, match=lacking.partition(".")[0]):
        write_page(result(*rows), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_plot_is_in_proportion() -> None:
    plot = Plot("a < b", "pages", "s", {"ours": [(10, 1.0), (100, 10.0)]})
    root = ET.fromstring(plot.svg())  # noqa: S314  of our own making
    [points] = [element.get("points") for element in root.iter() if element.tag.endswith("polyline")]
    assert points is not None
    (x1, y1), (x2, y2) = [tuple(map(float, point.split(","))) for point in points.split()]
    axis = 310
    assert x2 - 70 == pytest.approx(10 * (x1 - 70), abs=0.5)
    assert axis - y2 == pytest.approx(10 * (axis - y1), abs=0.5)


def test_the_labels_of_lines_that_end_close_to_each_other_stand_apart() -> None:
    plot = Plot("a", "pages", "MiB", {"ours": [(10, 51.8)], "theirs": [(10, 53.3)]})
    root = ET.fromstring(plot.svg())  # noqa: S314  of our own making
    texts = {
        str(text.text).partition(":")[0]: float(text.get("y", "")) for text in root.iter() if ":" in (text.text or "")
    }
    assert texts["theirs"] + 16 <= texts["ours"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567.8, "1,234,568"), (123.4, "123"), (12.345, "12.3"), (0.012345, "0.0123"), (0.00001234, "1.23e-05")],
)
def test_a_figure_has_three_digits(value: float, text: str) -> None:
    assert format_number(value) == text


def test_a_row_without_a_spread_shows_none() -> None:
    assert cells(replace(ROW, spread=(2.0, 2.0)))[5] == ""
    assert cells(ROW)[5] == "1.9 to 2.1"
