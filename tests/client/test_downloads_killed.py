"""Processes killed while they download leave no half file under a final name."""

import asyncio
import hashlib
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import DownloadOutcome

pytestmark = pytest.mark.slow

SIZE = 20_000_000
ROUNDS = 15

# Says when it begins, as starting takes longer than downloading.
DOWNLOAD = """
import asyncio, sys
from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_emulator.credential import EmulatorCredential

async def main(base_url: str, token: str, organizer: str, folder: str) -> None:
    async with GraphMeetingsClient(EmulatorCredential(token), base_url=base_url) as graph:
        meetings = graph.users.by_user_id(organizer).online_meetings
        recordings = [recording async for recording in meetings.get_all_recordings().list()]
        print("begins", flush=True)
        summary = await graph.download_many(recordings, folder, overwrite="overwrite" in sys.argv)
        print(summary.downloaded, summary.skipped, len(summary.failed))

asyncio.run(main(*sys.argv[1:5]))
"""


@pytest.fixture
def digests(emulator: Emulator, organizer: str) -> set[str]:
    """The SHA-256 of each of an organizer's recordings, small and big ones."""
    for _ in range(2):
        emulator.dataset.add_recording(organizer, content_size=SIZE)
    recordings = [CallRecording.from_raw(raw) for raw in emulator.dataset.recordings(organizer)]
    return {
        emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id)).sha256()
        for recording in recordings
    }


# As shares of the time that everything takes: if files are kept, each process leaves less for the next one.
@pytest.mark.parametrize(("mode", "longest"), [("keep", 1 / 8), ("overwrite", 1)])
async def test_killed_at_random_and_started_again_every_file_is_whole(
    emulator: Emulator, organizer: str, digests: set[str], tmp_path: Path, mode: str, longest: float
) -> None:
    chance = random.Random(20260115)  # noqa: S311  moments, no secrets
    command = [sys.executable, "-c", DOWNLOAD, emulator.base_url, emulator.token, organizer]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    process = await begun([*command, str(elsewhere), mode])
    began = time.monotonic()
    await finished(process)
    longest *= time.monotonic() - began
    folder = tmp_path / "folder"
    folder.mkdir()
    kills = 0
    for number in range(ROUNDS):
        process = await begun([*command, str(folder), mode])
        await asyncio.wait({asyncio.ensure_future(process.wait())}, timeout=chance.uniform(0, longest))
        if process.returncode is None:
            process.kill()
            kills += 1
        await finished(process)
        assert digests_of(folder) <= digests, f"half a file after {number + 1} rounds"
    output = await finished(await begun([*command, str(folder), mode]))
    assert kills > ROUNDS // 3
    assert output.split()[-1] == b"0"
    assert digests_of(folder) == digests
    assert not [path.name for path in folder.iterdir() if ".part" in path.name]


async def begun(command: Sequence[str]) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 60) == b"begins\n"
    return process


async def finished(process: asyncio.subprocess.Process) -> bytes:
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return output


def digests_of(folder: Path) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.mp4")}


async def test_what_a_killed_process_left_is_not_fetched_again(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    """Killed from within, at a known moment: after some bytes of its only file."""
    recording = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=SIZE))
    killing = (
        DOWNLOAD.replace(
            'overwrite="overwrite" in sys.argv',
            "progress=lambda _, state: state.received > 5_000_000 and os.kill(os.getpid(), 9)",
        )
        .replace("import asyncio, sys", "import asyncio, os, sys")
        .replace(
            "for recording in meetings.get_all_recordings().list()",
            f"for recording in meetings.get_all_recordings().list() if recording.id == {recording.id!r}",
        )
    )
    command = [sys.executable, "-c", killing, emulator.base_url, emulator.token, organizer, str(tmp_path)]
    process = await begun(command)
    await finished(process)
    assert process.returncode == -9
    assert not digests_of(tmp_path)
    outcomes: list[DownloadOutcome[CallRecording]] = []
    summary = await graph.download_many([recording], tmp_path, finished=outcomes.append)
    resumed = [outcome.result.resumed_from for outcome in outcomes if outcome.result]
    assert (summary.downloaded, summary.size) == (1, SIZE)
    assert resumed[0] > 5_000_000
    media = emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id))
    assert digests_of(tmp_path) == {media.sha256()}
