"""Processes killed while they download leave no half file under a final name."""

import asyncio
import hashlib
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import DownloadOutcome

pytestmark = pytest.mark.slow

SIZE = 20_000_000
NEVER = "-1"

# Kills itself a while after a number of reports of progress, which a busy machine makes as often as an idle one.
DOWNLOAD = """
import asyncio, os, sys, threading
from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_emulator.credential import EmulatorCredential

async def main(base_url: str, token: str, organizer: str, folder: str, mode: str, last: str, seconds: str) -> None:
    reports = 0

    def report(*_: object) -> None:
        nonlocal reports
        if reports == int(last):
            threading.Timer(float(seconds), os.kill, (os.getpid(), 9)).start()
        reports += 1

    async with GraphMeetingsClient(EmulatorCredential(token), base_url=base_url) as graph:
        meetings = graph.users.by_user_id(organizer).online_meetings
        recordings = [recording async for recording in meetings.get_all_recordings().list() if recording.id]
        report()
        summary = await graph.download_many(recordings, folder, overwrite=mode == "overwrite", progress=report)
        print(reports, len(summary.failed), flush=True)
        if reports > int(last) >= 0:
            threading.Event().wait()  # for the kill, which is near

asyncio.run(main(*sys.argv[1:]))
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


# Of the reports that all of it makes: with what is kept, a killed process leaves less for the next one to do.
@pytest.mark.parametrize("rounds", [5, pytest.param(10, marks=pytest.mark.long)])
@pytest.mark.parametrize(("mode", "share"), [("keep", 1 / 8), ("overwrite", 1)])
async def test_killed_at_random_and_started_again_every_file_is_whole(
    emulator: Emulator, organizer: str, digests: set[str], tmp_path: Path, mode: str, share: float, rounds: int
) -> None:
    chance = random.Random(20260115)  # noqa: S311  moments, no secrets
    command = [sys.executable, "-c", DOWNLOAD, emulator.base_url, emulator.token, organizer]
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "folder"
    elsewhere.mkdir()
    folder.mkdir()
    _, output = await ended([*command, str(elsewhere), mode, NEVER, "0"])
    longest = int(share * int(output.split()[0]))
    kills = 0
    for number in range(rounds):
        last, seconds = chance.randrange(longest), chance.uniform(0, 0.02)
        status, _ = await ended([*command, str(folder), mode, str(last), str(seconds)])
        kills += status == -9
        assert digests_of(folder) <= digests, f"half a file after {number + 1} rounds"
    status, output = await ended([*command, str(folder), mode, NEVER, "0"])
    assert kills > rounds // 3
    assert (status, output.split()[-1]) == (0, b"0")
    assert digests_of(folder) == digests
    assert not [path.name for path in folder.iterdir() if ".part" in path.name]


async def ended(command: Sequence[str]) -> tuple[int, bytes]:
    """Run a process to its end, and return its status and output."""
    done = await asyncio.to_thread(subprocess.run, command, stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode in {0, -9}
    return done.returncode, done.stdout


def digests_of(folder: Path) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.mp4")}


async def test_what_a_killed_process_left_is_not_fetched_again(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    """Killed from within, at a known moment: after some bytes of its only file."""
    recording = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=SIZE))
    killing = DOWNLOAD.replace(
        "progress=report", "progress=lambda _, state: state.received > 5_000_000 and os.kill(os.getpid(), 9)"
    ).replace(
        "for recording in meetings.get_all_recordings().list()",
        f"for recording in meetings.get_all_recordings().list() if recording.id == {recording.id!r}",
    )
    command = [sys.executable, "-c", killing, emulator.base_url, emulator.token, organizer, str(tmp_path), "keep"]
    status, _ = await ended([*command, NEVER, "0"])
    assert status == -9
    assert not digests_of(tmp_path)
    outcomes: list[DownloadOutcome[CallRecording]] = []
    summary = await graph.download_many([recording], tmp_path, finished=outcomes.append)
    resumed = [outcome.result.resumed_from for outcome in outcomes if outcome.result]
    assert (summary.downloaded, summary.size) == (1, SIZE)
    assert resumed[0] > 5_000_000
    media = emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id))
    assert digests_of(tmp_path) == {media.sha256()}
