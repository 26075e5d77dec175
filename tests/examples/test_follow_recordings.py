"""The example that downloads each new recording once."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from graph_meetings_emulator import Dataset, Emulator

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[2] / "examples" / "follow_recordings.py"
SECONDS = 60


async def run(emulator: Emulator, folder: Path, *arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLE),
        *arguments,
        cwd=folder,
        env={**os.environ, "GRAPH_BASE_URL": emulator.base_url, "GRAPH_TOKEN": emulator.token, "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SECONDS):
        output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_each_recording_of_all_organizers_is_downloaded_once(tmp_path: Path) -> None:
    dataset = Dataset.generate(recordings=2, call_records=0, content_size=10_000)
    with Emulator(dataset, page_size=2) as emulator:
        organizers = dataset.organizers
        for new in (6, 1, 0):
            status, output = await run(emulator, tmp_path, *organizers)
            assert status == 0, output
            assert f"{organizers[0]}: {new} new, 0 repeated" in output
            assert output.count(".mp4") == (12 if new == 6 else new)
            if new == 6:
                dataset.add_recording(organizers[0], content_size=10_000)
        assert len(list((tmp_path / "downloads").glob("*.mp4"))) == 13
        contents = [request for request in emulator.requests if request.target.endswith("/content")]
        assert len(contents) == 13


async def test_an_organizer_that_is_unknown_and_a_store_that_cannot_be_are_one_line_each(tmp_path: Path) -> None:
    with Emulator(Dataset.generate(recordings=1, call_records=0)) as emulator:
        organizer = emulator.dataset.organizers[0]
        status, output = await run(emulator, tmp_path, organizer, "nobody")
        assert status == 1
        assert f"{organizer}: 3 new" in output
        assert "\nnobody: 4" in f"\n{output}"
        status, output = await run(emulator, tmp_path, organizer, "--store", "missing/sync.db")
        assert status == 1
        assert output.startswith("[Errno 2]")
        assert output.count("\n") == 1


@pytest.mark.parametrize("count", [50, pytest.param(1000, marks=pytest.mark.long)])
async def test_many_organizers_are_followed_some_at_a_time(tmp_path: Path, count: int) -> None:
    dataset = Dataset.generate(
        organizers=count, meetings=1, recordings=1, transcripts=0, call_records=0, content_size=100
    )
    (tmp_path / "organizers.txt").write_text("\n".join(dataset.organizers), encoding="utf-8")
    with Emulator(dataset) as emulator:
        status, output = await run(emulator, tmp_path, "@organizers.txt", "--at-once", "32")
    assert status == 0, output[-1000:]
    assert output.count(": 1 new, 0 repeated") == count
    assert len(list((tmp_path / "downloads").glob("*.mp4"))) == count
