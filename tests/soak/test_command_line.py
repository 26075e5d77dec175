"""`python -m tools.soak`: what it prints, and its exit status."""

from types import SimpleNamespace

import pytest

from tools.soak import __main__ as command
from tools.soak.report import PartReport

FINE = command.Part("fine", 0.5, lambda seed, _: PartReport("fine", {"seed": str(seed)}, []))
WRONG = command.Part("wrong", 0.5, lambda _, __: PartReport("wrong", {}, ["seed 3: it does not hold"] * 12))


def _broken(_seed: int, _deadline: float) -> PartReport:
    raise OSError("no room")


BROKEN = command.Part("broken", 0.5, _broken)


def test_figures_are_printed_and_failures_are_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PARTS", (FINE, WRONG))
    assert command.main(["--seed", "3", "--only", "fine"]) == 0
    assert capsys.readouterr().out == "fine\n  seed  3\n0 failures, seed 3\n"
    assert command.main(["--seed", "3"]) == 1
    output = capsys.readouterr().out
    assert output.count("FAILED: seed 3: it does not hold") == 10
    assert "FAILED: 2 more\n12 failures, seed 3\n" in output


def test_a_part_that_breaks_fails_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PARTS", (BROKEN, FINE))
    assert command.main([]) == 1
    output = capsys.readouterr().out
    assert "OSError: no room" in output
    assert "fine\n  seed  1\n" in output


def test_time_is_shared_and_what_one_leaves_over_is_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines: list[float] = []

    def quick(_seed: int, deadline: float) -> PartReport:
        deadlines.append(deadline)
        return PartReport("quick", {}, [])

    parts = tuple(command.Part(str(number), 0.25, quick) for number in range(4))
    monkeypatch.setattr(command, "PARTS", parts)
    monkeypatch.setattr(command, "time", SimpleNamespace(monotonic=lambda: 100.0))
    command.main(["--seconds", "60"])
    assert deadlines == [115.0, 120.0, 130.0, 160.0]
