"""Whole processes: importing, generating; and the size of the wheel."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Budget, Comparison, Row, interleaved

ROOT = Path(__file__).parents[1]
WHEEL_BUDGET = 300_000


def rows() -> Iterator[Row]:
    """Measure imports, generation and the wheel."""
    yield _imports()
    yield _wheel()


def _imports() -> Row:
    def importing(module: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True, timeout=60)

    peer = "import kiota_http"
    contenders = {
        "ours": lambda: importing("graph_meetings"),
        peer: lambda: importing("kiota_http.httpx_request_adapter"),
    }
    seconds = interleaved(contenders, rounds=9, repeat=1)
    return Comparison("import graph_meetings", peer, Budget(at_most=1.25)).of_times(seconds)


def _wheel() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)
        size = next(Path(folder).glob("*.whl")).stat().st_size
    ratio = size / WHEEL_BUDGET
    return Row("wheel", "kB", size / 1000, WHEEL_BUDGET / 1000, "the budget", ratio, (ratio, ratio), "≤ 1", ratio <= 1)
