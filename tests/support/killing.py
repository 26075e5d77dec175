"""Ends processes with SIGKILL at random moments, for tests of what is there afterwards."""

import asyncio
import hashlib
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
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

SECONDS = 60.0

# A process of its own each time, forked from one that has imported everything.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["pytest", "graph_meetings_runtime.http.transport", "graph_meetings_runtime.delta.stored_feed", __name__]
)


@dataclass(frozen=True)
class Job:
    """What a process needs to know.

    Args:
        base_url: of the emulator.
        token: of the emulator.
        organizer: whose recordings are synced.
        folder: where the store and what handlers write are.
    """

    base_url: str
    token: str
    organizer: str
    folder: Path


Work: TypeAlias = Callable[[Job], Awaitable[object]]


def run(work: Work, job: Job, seconds: float, reached: Callable[[], bool] = lambda: True) -> bool:
    """Run work in a process of its own, kill it some seconds after it has reached something, unless it is done first.

    Returns:
        Whether it was killed.
    """
    process = start(work, job)
    end = time.monotonic() + SECONDS
    while process.is_alive() and not reached() and time.monotonic() < end:
        process.join(0.001)
    process.join(seconds)  # which also ends when the process does
    process.kill()
    process.join(SECONDS)
    assert process.exitcode in {0, -signal.SIGKILL}, f"the work failed with {process.exitcode}"
    return process.exitcode != 0


def start(work: Work, job: Job) -> BaseProcess:
    """Start a process, and return when it begins with its work."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_start, args=(sender, work, job))
    process.start()
    sender.close()
    assert receiver.poll(SECONDS), "the process did not begin"
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
    """Kill work at random moments while recordings are added, links expire and items are repeated; then let it finish.

    Args:
        work: what each process does.
        emulator: which it does it against.
        folder: for the store and what handlers write.
        kills: how many processes are started to be killed.
        longest: seconds from a random one of its first requests on, after which a process is killed at the latest.
        seed: decides the moments and what happens meanwhile.
        check: called after each kill.

    Returns:
        How many were killed before they were done.

    The last two processes come to their end.
    """
    draw = random.Random(seed)  # noqa: S311  moments, no secrets
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
        # By requests rather than by time alone: a busy machine takes ten times as long as an idle one.
        killed += run(work, job, draw.uniform(0, longest), partial(_has_asked, emulator, draw.randrange(16)))
        check()
    for _ in range(2):  # the first one may complete a round that began before the last recordings were added
        assert not run(work, job, SECONDS), "the last run did not come to its end"
        check()
    return killed


def _has_asked(emulator: Emulator, requests: int) -> bool:
    return len(emulator.requests) >= requests


# What handlers do, and what must have come of it


async def by_calls(job: Job) -> None:
    """Write the id of each change into a log."""

    async def handle(change: Change[CallRecording]) -> None:
        append(job.folder / "calls.log", str(change.item.id))

    async with _client(job) as graph, DeltaStore(job.folder / "sync.db") as store:
        await sync(_delta(graph, job), store, handle)


def append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    # A kill may cut even this short; what comes next begins a line of its own all the same.
    os.write(descriptor, f"\n{line}".encode())
    os.close(descriptor)


def check_calls(emulator: Emulator, folder: Path, killed: int) -> None:
    """Nothing is lost; repeated is at most the one call that a kill separated from its commit."""
    ids = recording_ids(emulator)
    calls = [call for call in (folder / "calls.log").read_text().split() if call in ids]
    distinct = [call for call, _ in groupby(calls)]
    assert len(distinct) == len(set(distinct)), "something older than the last call was repeated"
    assert set(distinct) == ids
    assert len(calls) - len(distinct) <= killed


async def in_transaction(job: Job) -> None:
    """Write the id of each change into a table of the store's file."""

    def write(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS own (id TEXT)")  # with room for ids that are repeated
        connection.executemany("INSERT INTO own VALUES (?)", [(change.item.id,) for change in changes])

    async with _client(job) as graph, DeltaStore(job.folder / "sync.db") as store:
        await sync(_delta(graph, job), store, InTransaction(write))


def check_rows(folder: Path) -> None:
    """After any kill, the handler's rows are as many as the store says were delivered."""
    with DeltaStore(folder / "sync.db") as store:
        if store.file.execute("SELECT 1 FROM sqlite_master WHERE name = 'own'"):
            ((rows, ids),) = store.file.execute("SELECT count(*), count(DISTINCT id) FROM own")
            assert rows == ids == sum(store.delivered(name) for name in store.feeds())
        assert store.file.execute("PRAGMA integrity_check") == [("ok",)]


def check_all_rows(emulator: Emulator, folder: Path) -> None:
    """Nothing is lost and nothing is repeated."""
    with closing(sqlite3.connect(folder / "sync.db")) as connection:
        ids = [id_ for (id_,) in connection.execute("SELECT id FROM own")]
    assert len(ids) == len(set(ids))
    assert set(ids) == recording_ids(emulator)


async def downloads(job: Job) -> None:
    """Download each recording, unless the file is there because only the commit is missing."""

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
    """After any kill, every file with a final name is whole."""
    organizer = emulator.dataset.organizers[0]
    for recording in emulator.dataset.recordings(organizer):
        path = folder / file_name(str(recording["id"]))
        if path.exists():
            content = emulator.dataset.content(organizer, str(recording["meetingId"]), str(recording["id"]))
            assert hashlib.sha256(path.read_bytes()).hexdigest() == content.sha256()


def check_all_files(emulator: Emulator, folder: Path) -> None:
    """Nothing is lost and nothing was downloaded twice; a kill after the final name leaves the `.part` files over."""
    names = {file_name(id_) for id_ in recording_ids(emulator)}
    assert {path.name for path in folder.glob("*.mp4")} == names
    downloaded = (folder / "downloads.log").read_text().split()
    assert len(downloaded) == len(set(downloaded))
    check_files(emulator, folder)


def recording_ids(emulator: Emulator) -> set[str]:
    """List what a sync has to deliver."""
    return set(_ids(emulator))


def _ids(emulator: Emulator) -> Iterator[str]:
    for recording in emulator.dataset.recordings(emulator.dataset.organizers[0]):
        yield str(recording["id"])


def _client(job: Job) -> GraphMeetingsClient:
    return GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url)


def _delta(graph: GraphMeetingsClient, job: Job) -> DeltaRequestBuilder[CallRecording]:
    return graph.users.by_user_id(job.organizer).online_meetings.get_all_recordings().delta()
