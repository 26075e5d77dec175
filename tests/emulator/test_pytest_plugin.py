"""The pytest plugin, in separate runs of pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

PLUGIN = "graph_meetings_emulator.pytest_plugin"
SECONDS = 120


def run(folder: Path, code: str, *arguments: str, path: Path | None = None) -> tuple[int, str]:
    """Run pytest on a module, and return its exit status and output."""
    (folder / "test_it.py").write_text(code)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        PLUGIN,
        "--strict-markers",
        "-W",
        "error",
    ]
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    result = subprocess.run(
        [*command, *arguments, "test_it.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


SERVED = """
import urllib.request

def get(emulator, path="/communications/callRecords"):
    headers = {"Authorization": f"Bearer {emulator.token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(emulator.base_url + path, headers=headers)) as response:
            return response.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
"""


def test_each_test_has_a_service_of_its_own(tmp_path: Path) -> None:
    code = f"""{SERVED}
seen = []

def test_one(graph_emulator):
    assert get(graph_emulator) == 200
    seen.append(graph_emulator)

def test_other(graph_emulator):
    assert not graph_emulator.requests
    assert graph_emulator not in seen
    assert [get(graph_emulator) for _ in range(40)] == [200] * 40
"""
    status, output = run(tmp_path, code)
    assert status == 0, output


def test_a_marker_starts_chaos_and_a_failure_shows_it(tmp_path: Path) -> None:
    code = f"""{SERVED}
import pytest

@pytest.mark.graph_chaos("broken-gateway", seed=3, most_in_a_row=2)
def test_marked(graph_emulator):
    seen = [get(graph_emulator) for _ in range(40)]
    assert 0 < sum(status >= 500 for status in seen) < 40
    raise RuntimeError("show me")

def test_not_marked(graph_emulator):
    assert [get(graph_emulator) for _ in range(40)] == [200] * 40
"""
    status, output = run(tmp_path, code)
    assert (status, "1 failed, 1 passed" in output) == (1, True), output
    assert "RuntimeError: show me" in output
    assert "broken-gateway {'seed': 3, 'most_in_a_row': 2}: broken-gateway: " in output


def test_options_start_chaos_everywhere_but_where_a_marker_says_otherwise(tmp_path: Path) -> None:
    code = f"""{SERVED}
import pytest
from graph_meetings_emulator.faults import Answer

def test_not_marked(graph_emulator):
    seen = [get(graph_emulator) for _ in range(40)]
    assert set(seen) == {{200, 429}}, seen

@pytest.mark.graph_chaos({{Answer(500): 1.0}}, most_in_a_row=1)
def test_marked(graph_emulator):
    assert [get(graph_emulator) for _ in range(6)] == [500, 200] * 3
"""
    status, output = run(tmp_path, code, "--graph-chaos", "throttling", "--graph-chaos-seed", "5")
    assert status == 0, output


@pytest.mark.parametrize(
    ("mark", "message"), [("", "takes exactly one profile"), ('"tornado"', "unknown chaos profile 'tornado'")]
)
def test_a_wrong_marker_is_an_error(tmp_path: Path, mark: str, message: str) -> None:
    code = f"""
import pytest

@pytest.mark.graph_chaos({mark})
def test_marked(graph_emulator):
    pass
"""
    status, output = run(tmp_path, code)
    assert (status, message in output) == (1, True), output


def test_without_the_extra_the_fixture_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "starlette.py").write_text("raise ModuleNotFoundError(\"No module named 'starlette'\")")
    code = "def test_it(graph_emulator):\n    pass\n\ndef test_other():\n    pass\n"
    status, output = run(tmp_path, code, path=tmp_path / "hidden")
    assert (status, "1 passed, 1 error" in output) == (1, True), output
    assert "pip install 'graph-meetings[emulator]' (No module named 'starlette')" in output


def test_the_plugin_imports_nothing_that_is_heavy() -> None:
    probe = f"import sys, pytest; before = set(sys.modules); import {PLUGIN}; print(*sorted(set(sys.modules) - before))"
    output = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, timeout=SECONDS, text=True)
    assert set(output.stdout.split()) <= {"graph_meetings_emulator", PLUGIN}


def test_the_distribution_declares_the_plugin() -> None:
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'[project.entry-points.pytest11]\ngraph_meetings = "{PLUGIN}"\n' in pyproject
