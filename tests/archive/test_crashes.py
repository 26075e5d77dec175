"""A process that ends at any of its calls to the system leaves an archive that the next one finishes.

`make soak` has many more.
"""

from pathlib import Path

import pytest

from graph_meetings_archive import FormatName
from tests.support import archived, crashing

pytestmark = pytest.mark.long


@pytest.mark.parametrize("format", ["sqlite", "duckdb", "jsonl"])  # all of them: python -m tools.soak
def test_every_row_is_there_once_wherever_a_process_ends(tmp_path: Path, format: FormatName) -> None:
    crashing.crash_often(tmp_path, format, crashes=1, seed=1, steps=4)
    rows = archived.rows(tmp_path / "undisturbed", "transcripts")
    assert len(rows) > 5
    assert any(row["removed"] for row in rows)
