"""The notebooks run from the first cell to the last, are stored without outputs, and are linked from the site."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))
PAGE = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
SHOWN_AND_SAVED = {
    "attendance.ipynb": ("Priya Iyer  Presenter", "attendance.xlsx"),
    "call-quality.ipynb": ("caller_device_capture_device_name", "call-quality.xlsx"),
    "recordings-and-transcripts.ipynb": ("downloaded=12, skipped=0", "videos"),
}
SECONDS = 60


@pytest.mark.long
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook: Path, tmp_path: Path) -> None:
    pytest.importorskip("IPython", reason="IPython is not installed")
    # In a process of its own, because a shell of IPython's changes the one that it runs in.
    program = (ROOT / "tests" / "support" / "run_notebook.py").as_posix()
    command = [sys.executable, program, str(notebook)]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    shown, saved = SHOWN_AND_SAVED[notebook.name]
    assert shown in done.stdout
    assert (tmp_path / saved).exists()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_what_it_printed_somewhere(notebook: Path) -> None:
    content = json.loads(notebook.read_text(encoding="utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None and cell["metadata"] == {} for cell in code)
    assert content["metadata"].keys() == {"kernelspec", "language_info"}


def test_every_notebook_is_on_the_page() -> None:
    assert [path.name for path in NOTEBOOKS] == sorted(SHOWN_AND_SAVED)
    for path in NOTEBOOKS:
        assert f"/blob/main/{path.relative_to(ROOT).as_posix()})" in PAGE
