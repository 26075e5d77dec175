"""Processes killed while they download leave no half file under a final name."""

import hashlib
import os
import random
import signal
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_emulator import Emulator, EmulatorCredential
from graph_meetings_runtime import DownloadOutcome, Progress
from tests.support import killing

pytestmark = pytest.mark.slow

SIZE = 20_000_000
HALF = 5_000_000


@dataclass(frozen=True)
class DownloadJob(killing.Job):
    """The arguments of a process that downloads an organizer's recordings.

    Args:
        overwrites: whether it downloads what is there again.
        last: how many bytes it fetches, which a busy machine does as an idle one; `None` for all.
        seconds: from then until it kills itself.
    """

    overwrites: bool = False
    last: int | None = None
    seconds: float = 0.0


async def download(job: killing.Job) -> None:
    """Download all, or until the process kills itself."""
    assert isinstance(job, DownloadJob)
    last, fetched, dies = job.last, 0, False
    reached: dict[str | None, int] = {}

    def report(recording: CallRecording, state: Progress) -> None:
        nonlocal fetched, dies
        fetched += state.received - reached.get(recording.id, state.received)
        reached[recording.id] = state.received
        if last is not None and fetched >= last and not dies:
            dies = True
            threading.Timer(job.seconds, kill_itself).start()

    async with GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url) as graph:
        recordings = graph.users.by_user_id(job.organizer).online_meetings.get_all_recordings().list()
        found = [recording async for recording in recordings]
        summary = await graph.download_many(found, job.folder, overwrite=job.overwrites, progress=report)
        assert not summary.failed
        if dies:
            threading.Event().wait()  # for the kill, which is near


async def download_half(recording: CallRecording, job: killing.Job) -> None:
    """Download one, and end at a known moment."""

    def report(_: object, state: Progress) -> None:
        if state.received > HALF:
            kill_itself()

    async with GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url) as graph:
        await graph.download_many([recording], job.folder, progress=report)


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


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


# The first process is always killed. What is kept may leave the next one too little to do; if that overwrites, the one
# after it starts afresh.
@pytest.mark.parametrize("rounds", [5, pytest.param(10, marks=pytest.mark.long)])
@pytest.mark.parametrize(("overwrites", "most"), [(False, SIZE // 8), (True, 2 * SIZE - HALF)])
def test_killed_at_random_and_started_again_every_file_is_whole(
    emulator: Emulator, organizer: str, digests: set[str], tmp_path: Path, rounds: int, most: int, *, overwrites: bool
) -> None:
    chance = random.Random(20260115)  # noqa: S311  moments, no secrets
    job = partial(DownloadJob, emulator.base_url, emulator.token, organizer, tmp_path, overwrites)
    killed = 0
    for number in range(rounds):
        killed += was_killed(download, job(chance.randrange(most), chance.uniform(0, 0.02)))
        assert digests_of(tmp_path) <= digests, f"half a file after {number + 1} rounds"
    assert killed >= (rounds // 2 if overwrites else 1)
    assert not was_killed(download, job())
    assert digests_of(tmp_path) == digests
    assert not [path.name for path in tmp_path.iterdir() if ".part" in path.name]


def was_killed(work: killing.Work, job: killing.Job) -> bool:
    """Run a process to its end."""
    process = killing.start(work, job)
    process.join(killing.SECONDS)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def digests_of(folder: Path) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.mp4")}


async def test_what_a_killed_process_left_is_not_fetched_again(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path
) -> None:
    """Killed from within, at a known moment: after some bytes of its only file."""
    recording = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=SIZE))
    job = killing.Job(emulator.base_url, emulator.token, organizer, tmp_path)
    assert was_killed(partial(download_half, recording), job)
    assert not digests_of(tmp_path)
    outcomes: list[DownloadOutcome[CallRecording]] = []
    summary = await graph.download_many([recording], tmp_path, finished=outcomes.append)
    resumed = [outcome.result.resumed_from for outcome in outcomes if outcome.result]
    assert (summary.downloaded, summary.size) == (1, SIZE)
    assert resumed[0] > HALF
    media = emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id))
    assert digests_of(tmp_path) == {media.sha256()}
