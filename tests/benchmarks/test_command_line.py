"""`python -m tools.benchmarks`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tools.benchmarks import __main__ as command
from tools.benchmarks.__main__ import main
from tools.benchmarks.measuring.row import Row
from tools.benchmarks.measuring.settings import ROOT, Settings
from tools.benchmarks.report.results import read_result

ROW = Row("case.what", "what", "ms", 2.0, "theirs", 1.0, 2.0, (1.9, 2.1))


def test_a_case_is_measured_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wrapping", "--quick", "--json", str(tmp_path / "x.json")]) == 0
    result = read_result(tmp_path / "x.json")
    assert not result.is_full
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
    main(["wrapping", "--quick", "--json", str(tmp_path / "x.json")])
    capsys.readouterr()
    assert main(["compare", str(tmp_path / "x.json"), str(tmp_path / "x.json")]) == 0
    assert capsys.readouterr().out.startswith("nothing became worse beyond the spread")


def test_a_case_that_fails_is_a_row_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows_of(case: str, settings: Settings) -> Iterator[Row]:
        yield replace(ROW, key=f"{case}.first")
        if case == "reading":
            raise OSError(f"broken with {settings.rounds} rounds")

    monkeypatch.setattr(command, "rows_of", rows_of)
    assert main(["wrapping", "reading", "sizes", "--quick", "--json", str(tmp_path / "x.json")]) == 1
    result = read_result(tmp_path / "x.json")
    assert [row.key for row in result.rows] == ["wrapping.first", "reading.first", "sizes.first"]
    assert result.failures == {"reading": "OSError: broken with 2 rounds"}
    assert "FAILED: OSError: broken with 2 rounds" in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reeding"], "unknown case: reeding; choose from wrapping, reading"),
        (["compare", "missing.json", "missing.json"], "missing.json"),
        (["page", "missing.json"], "missing.json"),
    ],
)
def test_a_wrong_command_is_explained(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert message in capsys.readouterr().err
