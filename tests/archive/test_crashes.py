"""A process that ends at any of its calls to the system leaves an archive that the next one finishes."""

import random
from pathlib import Path

import pytest

from graph_meetings_archive import FormatName
from tests.support import archived, archiving, crashing

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("format", "crashes"),
    [
        ("sqlite", 3),
        pytest.param("csv", 6, marks=pytest.mark.long),
        *(pytest.param(each, 4, marks=pytest.mark.long) for each in ("jsonl", "parquet", "duckdb")),
    ],
)
def test_every_row_is_there_once_wherever_a_process_ends(tmp_path: Path, format: FormatName, crashes: int) -> None:
    batches = crashing.random_batches(seed=1, count=6)
    calls = crashing.run(crashing.Crash(tmp_path / "undisturbed", format, batches, crashing.NEVER))
    expected = archived.everything(tmp_path / "undisturbed")
    assert len(expected["transcripts"]) > 5
    assert any(row["removed"] for row in expected["transcripts"])
    draw = random.Random(crashes)  # noqa: S311  not a secret
    for number, at in enumerate(draw.sample(range(1, calls), crashes)):
        folder = tmp_path / str(number)
        assert crashing.run(crashing.Crash(folder, format, batches, at)) == 0
        archiving.check_keys(folder)
        # It ends again while it recovers, and then goes on.
        crashing.run(crashing.Crash(folder, format, batches, draw.randrange(1, calls)))
        archiving.check_keys(folder)
        assert crashing.run(crashing.Crash(folder, format, batches, crashing.NEVER)) > 0
        assert archived.everything(folder) == expected, f"ended at call {at} of {calls}"
        assert not list((folder / ".graph-meetings" / "staged").iterdir())
