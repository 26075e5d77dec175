"""The demo fits into a terminal of 80 columns, holds what it claims, and says what to try next."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.long


def test_the_demo_fits_into_80_columns() -> None:
    done = subprocess.run(
        [sys.executable, "examples/demo.py"],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    rows = [line for line in lines if line.startswith("│")]
    assert len(rows) > 10
    assert [row for row in rows if not re.match(r"│ \d{4}-\d\d-\d\d \d\d:\d\d │ ", row)] == [], "a cell is wrapped"
    assert "✗" not in done.stdout
    tried = lines[next(number for number, line in enumerate(lines) if " now try " in line) + 1 :]
    programs = [line.split()[0] for line in tried if not line.startswith(" ")]
    assert len(programs) == 4
    assert [program for program in programs if not (ROOT / program).is_file()] == []
