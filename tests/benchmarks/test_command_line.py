"""`python -m tools.benchmarks`."""

from pathlib import Path

import pytest

from tools.benchmarks.__main__ import main
from tools.benchmarks.measuring.settings import ROOT
from tools.benchmarks.report.results import read_result


def test_a_case_is_measured_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wrapping", "--quick", "--json", str(tmp_path / "x.json")]) == 0
    result = read_result(tmp_path / "x.json")
    assert result.is_quick
    assert {row.key for row in result.rows} == {
        "wrapping.recordings",
        "wrapping.attendance",
        "wrapping.sessions",
        "wrapping.pstn",
    }
    output = capsys.readouterr().out
    assert "10 recordings" in output
    assert str(ROOT) not in (tmp_path / "x.json").read_text()


def test_two_results_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["sizes", "--quick", "--json", str(tmp_path / "x.json")])
    capsys.readouterr()
    assert main(["compare", str(tmp_path / "x.json"), str(tmp_path / "x.json")]) == 0
    assert capsys.readouterr().out.startswith("nothing became worse beyond the spread")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reeding"], "no such case: reeding; there are wrapping, reading"),
        (["compare", "missing.json", "missing.json"], "missing.json"),
        (["page", "missing.json"], "missing.json"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert message in capsys.readouterr().err
