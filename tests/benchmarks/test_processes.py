"""Programs in new processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.benchmarks.measuring.processes import disk_usage, line_server, printed, run, wall_seconds

PROCESSES = "tools.benchmarks.measuring.processes"
ECHO = f"from {PROCESSES} import answer_lines\nnumbers = iter(range(10))\nanswer_lines(lambda: next(numbers))"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_process_answers_when_asked() -> None:
    with line_server(python(ECHO)) as ask:
        assert [ask(), ask()] == ["0", "1"]


def test_a_process_that_ends_is_an_error() -> None:
    with line_server(python("input()")) as ask, pytest.raises(RuntimeError, match="ended"):
        ask()


def test_a_process_that_has_ended_is_an_error() -> None:
    with line_server(python("import sys; sys.stdin.close()")) as ask:
        with pytest.raises(RuntimeError, match="ended"):
            ask()
        with pytest.raises(RuntimeError, match="ended"):
            ask()


def test_a_process_that_never_answers_is_ended() -> None:
    late = python("import time; time.sleep(600)")
    with line_server(late, longest=0.5) as ask, pytest.raises(RuntimeError, match=r"took more than 0\.5 s"):
        ask()


def test_a_process_that_fails_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run(python("raise SystemExit(3)"))


def test_a_number_is_read() -> None:
    assert printed(python("print(1.5)")) == 1.5


def test_the_whole_process_is_timed_in_its_environment() -> None:
    code = "import os, time; assert os.environ['X'] == 'y'; time.sleep(0.1)"
    assert 0.1 <= wall_seconds(python(code), {"X": "y"}) < 60


def test_a_folder_takes_what_its_files_take(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "x").write_bytes(bytes(range(256)) * 400)
    assert 102_400 <= disk_usage(tmp_path) < 300_000


def test_the_peak_of_memory_is_that_of_the_process_itself() -> None:
    small = printed(python(f"from {PROCESSES} import peak_memory\nprint(peak_memory())"))
    held = "held = bytearray(64 << 20); del held"
    large = printed(python(f"from {PROCESSES} import peak_memory\n{held}\nprint(peak_memory())"))
    assert small < 64 << 20
    assert 32 << 20 < large - small < 96 << 20
