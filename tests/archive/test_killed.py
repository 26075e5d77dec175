"""SIGKILL at a random moment of an update, and the next one: nothing is lost, nothing is twice, no file is wrong.

`make soak` kills hundreds.
"""

from pathlib import Path

import pytest

from graph_meetings_archive import FormatName
from graph_meetings_emulator import Dataset, Emulator
from tests.support import archiving

pytestmark = pytest.mark.long


@pytest.mark.parametrize("format", ["sqlite", "parquet", "csv"])  # all of them: python -m tools.soak
def test_an_archive_that_was_killed_is_like_one_that_was_not(tmp_path: Path, format: FormatName) -> None:
    dataset = Dataset.generate(organizers=1, meetings=1, recordings=6, content_size=(1, 50_000), call_records=2)
    with Emulator(dataset, page_size=4) as emulator:
        archiving.kill_often(emulator, tmp_path / "killed", format, kills=1, longest=0.05, seed=20)
        archiving.archive_undisturbed(emulator, tmp_path / "undisturbed", format)
        archiving.check_everything(emulator, tmp_path / "killed", tmp_path / "undisturbed")
