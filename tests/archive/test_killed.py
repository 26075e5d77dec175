"""SIGKILL at random moments of updates, and the next one: nothing is lost, nothing is twice, no file is wrong."""

from pathlib import Path

import pytest

from graph_meetings_archive import FormatName
from graph_meetings_emulator import Dataset, Emulator
from tests.support import archiving

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("format", "kills"),
    [
        ("sqlite", 3),
        pytest.param("csv", 6, marks=pytest.mark.long),
        *(pytest.param(each, 4, marks=pytest.mark.long) for each in ("jsonl", "parquet", "duckdb")),
    ],
)
def test_an_archive_that_is_often_killed_is_like_one_that_is_not(
    tmp_path: Path, format: FormatName, kills: int
) -> None:
    dataset = Dataset.generate(organizers=2, meetings=1, recordings=6, content_size=(1, 50_000), call_records=4)
    with Emulator(dataset, page_size=4) as emulator:
        killed = archiving.kill_often(emulator, tmp_path / "killed", format, kills=kills, longest=0.1, seed=20)
        archiving.archive_undisturbed(emulator, tmp_path / "undisturbed", format)
        archiving.check_everything(emulator, tmp_path / "killed", tmp_path / "undisturbed")
    assert killed >= kills // 4, "most were done before they were killed, which shows nothing"
