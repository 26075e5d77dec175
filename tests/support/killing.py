"""Kill processes at random moments with SIGKILL, and check what they leave behind."""

import asyncio
import hashlib
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeAlias

from graph_meetings import CallRecording, Change, GraphMeetingsClient
from graph_meetings_emulator import Emulator, EmulatorCredential
from graph_meetings_runtime import DeltaRequestBuilder, DeltaStore, InTransaction, sync
from tests.support import delivered_table
from tests.support.forked import FORKED

SECONDS = 60.0


@dataclass(frozen=True)
class Job:
    """The arguments of the work done in a process.

    Args:
        base_url: base URL of the emulator.
        token: token of the emulator.
        organizer: id of the user whose recordings are synced.
        folder: folder for the store and for what handlers write.
    """

    base_url: str
    token: str
    organizer: str
    folder: Path


Work: TypeAlias = Callable[[Job], Awaitable[object]]


def run(work: Work, job: Job, seconds: float, reached: Callable[[], bool] = lambda: True) -> bool:
    """Run work in a new process and kill it a while after `reached` turns true, unless it finishes first.

    Returns:
        Whether the process was killed.
    """
    process = start(work, job)
    end = time.monotonic() + SECONDS
    while process.is_alive() and not reached() and time.monotonic() < end:
        process.join(0.001)
    process.join(seconds)  # returns early if the process finishes
    process.kill()
    process.join(SECONDS)
    assert process.exitcode in {0, -signal.SIGKILL}, f"the work failed with {process.exitcode}"
    return process.exitcode != 0


def start(work: Work, job: Job) -> BaseProcess:
    """Start a process and return once it begins its work."""
    receiver, sender = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=_start, args=(sender, work, job))
    process.start()
    sender.close()
    assert receiver.poll(SECONDS), "the process did not start"
    receiver.close()
    return process


def _start(ready: Connection, work: Work, job: Job) -> None:
    ready.send_bytes(b"ready")
    asyncio.run(_await(work, job))


async def _await(work: Work, job: Job) -> None:
    await work(job)


def kill_often(
    work: Work, emulator: Emulator, folder: Path, *, kills: int, longest: float, seed: int, check: Callable[[], None]
) -> int:
    """Kill work at random moments while recordings are added, links expire and items repeat; then let it finish twice.

    Args:
        work: the work of each process.
        emulator: the service it talks to.
        folder: folder for the store and for what handlers write.
        kills: number of processes to kill.
        longest: maximum delay in seconds between a random early request of a process and its kill.
        seed: random seed of the moments and events.
        check: called after each process.

    Returns:
        The number of processes that were killed before they finished.
    """
    draw = random.Random(seed)  # noqa: S311  not a secret
    organizer = emulator.dataset.organizers[0]
    job = Job(emulator.base_url, emulator.token, organizer, folder)
    killed = 0
    for _ in range(kills):
        for _ in range(draw.randrange(8)):
            emulator.dataset.add_recording(organizer, content_size=(1, 100_000))
        if draw.random() < 0.2:
            emulator.delta.expire_tokens(location=draw.random() < 0.5)
        emulator.delta.repeats = draw.choice([0, 2])
        emulator.requests.clear()
        # Counted in requests, not only in time: a busy machine takes ten times as long as an idle one.
        killed += run(work, job, draw.uniform(0, longest), partial(_has_asked, emulator, draw.randrange(8)))
        check()
    for _ in range(2):  # the first may only complete a round that started before the last recordings were added
        assert not run(work, job, SECONDS), "the last run did not finish"
        check()
    return killed


def _has_asked(emulator: Emulator, requests: int) -> bool:
    return len(emulator.requests) >= requests


# The work, and the checks of its result


async def by_calls(job: Job) -> None:
    """Append the id of each change to a log."""

    async def handle(change: Change[CallRecording]) -> None:
        append(job.folder / "calls.log", str(change.item.id))

    async with _client(job) as graph, DeltaStore(job.folder / "sync.db") as store:
        await sync(_delta(graph, job), store, handle)


def append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    # A kill can cut even this short, so each entry starts a new line.
    os.write(descriptor, f"\n{line}".encode())
    os.close(descriptor)


def check_calls(emulator: Emulator, folder: Path, killed: int) -> None:
    """Check that nothing is lost, and that only a call cut off from its commit by a kill is repeated."""
    ids = recording_ids(emulator)
    calls = [call for call in (folder / "calls.log").read_text().split() if call in ids]
    distinct = [call for call, _ in groupby(calls)]
    assert len(distinct) == len(set(distinct)), "a call before the last one was repeated"
    assert set(distinct) == ids
    assert len(calls) - len(distinct) <= killed


async def in_transaction(job: Job) -> None:
    """Add each change to a table in the store's file."""
    async with _client(job) as graph, DeltaStore(job.folder / "sync.db") as store:
        await sync(_delta(graph, job), store, InTransaction(delivered_table.add))


def check_rows(folder: Path) -> None:
    """Check after a kill that the table has as many rows as the store says were delivered."""
    with DeltaStore(folder / "sync.db") as store:
        if store.file.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivered'"):
            ((rows, ids),) = store.file.execute("SELECT count(*), count(DISTINCT id) FROM delivered")
            assert rows == ids == sum(store.delivered(name) for name in store.feeds())
        assert store.file.execute("PRAGMA integrity_check") == [("ok",)]


def check_all_rows(emulator: Emulator, folder: Path) -> None:
    """Check that nothing is lost and nothing is repeated."""
    ids = [str(recording.id) for recording in delivered_table.read(folder / "sync.db")]
    assert len(ids) == len(set(ids))
    assert set(ids) == recording_ids(emulator)


async def downloads(job: Job) -> None:
    """Download each recording, unless its file exists because only the commit is missing."""

    async with _client(job) as graph, DeltaStore(job.folder / "sync.db") as store:

        async def handle(change: Change[CallRecording]) -> None:
            target = job.folder / file_name(str(change.item.id))
            if not target.exists():
                await graph.content_of(change.item).download(target)
                append(job.folder / "downloads.log", target.name)

        await sync(_delta(graph, job), store, handle)


def file_name(id_: str) -> str:
    return f"{hashlib.sha256(id_.encode()).hexdigest()}.mp4"


def check_files(emulator: Emulator, folder: Path) -> None:
    """Check after a kill that every file with a final name is complete."""
    organizer = emulator.dataset.organizers[0]
    for recording in emulator.dataset.recordings(organizer):
        path = folder / file_name(str(recording["id"]))
        if path.exists():
            content = emulator.dataset.content(organizer, str(recording["meetingId"]), str(recording["id"]))
            assert hashlib.sha256(path.read_bytes()).hexdigest() == content.sha256()


def check_all_files(emulator: Emulator, folder: Path) -> None:
    """Check that nothing is lost or downloaded twice; a kill right after the rename may leave `.part` files behind."""
    names = {file_name(id_) for id_ in recording_ids(emulator)}
    assert {path.name for path in folder.glob("*.mp4")} == names
    downloaded = (folder / "downloads.log").read_text().split()
    assert len(downloaded) == len(set(downloaded))
    check_files(emulator, folder)


def recording_ids(emulator: Emulator) -> set[str]:
    """Return the ids that a sync must deliver."""
    recordings = emulator.dataset.recordings(emulator.dataset.organizers[0])
    return {str(recording["id"]) for recording in recordings}


def _client(job: Job) -> GraphMeetingsClient:
    return GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url)


def _delta(graph: GraphMeetingsClient, job: Job) -> DeltaRequestBuilder[CallRecording]:
    return graph.users.by_user_id(job.organizer).online_meetings.get_all_recordings().delta()
