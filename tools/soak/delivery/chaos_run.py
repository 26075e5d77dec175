"""One run under chaos: sync one organizer by delta and download everything, as a program does that nobody watches."""

import asyncio
import hashlib
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from graph_meetings import (
    CallRecording,
    Change,
    DeltaStore,
    GraphError,
    GraphMeetingsClient,
    InTransaction,
    Retry,
    Timeout,
    sync,
)
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.http.messages import ReceivedRequest
from graph_meetings_runtime import DownloadOutcome
from tools.soak.delivery import own_table
from tools.soak.delivery.chaos_plan import Phase, Plan

LONGEST: Final = 60.0
"""Seconds that a run may take."""

MOST_RESTARTS: Final = 500
_ATTEMPTS: Final = 6


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What one run took.

    Attributes:
        recordings: that were synced and downloaded.
        requests: that the service got, at all its origins.
        retries: that the client made by itself.
        restarts: that the program made.
        faults: that happened, by kind; those of the handler are `handler`.
    """

    recordings: int
    requests: int
    retries: int
    restarts: int
    faults: Counter[str]


async def run_once(plan: Plan, http_client: httpx.AsyncClient) -> RunFigures:
    """Do one run and look at what it left.

    Args:
        plan: what happens in it.
        http_client: has the connections of all clients, as making one takes as long as ten requests.

    Raises:
        AssertionError: something does not hold.
        TimeoutError: it takes longer than a minute.
        Exception: an error came out of the client that is none for its users.
    """
    emulator = plan.emulator()
    await asyncio.to_thread(emulator.start)
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with asyncio.timeout(LONGEST):
                run = _Run(plan, emulator, Path(folder), http_client)
                return await run.to_its_end()
    finally:
        # In a thread, because a server takes its time to stop, in which other runs can go on.
        await asyncio.to_thread(emulator.stop)


class _HandlerFailed(Exception):
    """What becomes of a change is for the handler to say, and it can fail, too."""


class _Run:
    def __init__(self, plan: Plan, emulator: Emulator, folder: Path, http_client: httpx.AsyncClient) -> None:
        self._plan = plan
        self._http_client = http_client
        self._emulator = emulator
        self._organizer = emulator.dataset.organizers[0]
        self._store = folder / "sync.db"
        self._files = folder / "files"
        self._files.mkdir()
        self._called: list[CallRecording] = []
        self._paths: dict[str, Path | None] = {}
        self._meanwhile: tuple[int, ...] = ()
        self._chance = random.Random(plan.seed)
        self._retries = self._restarts = self._failed_calls = 0

    async def to_its_end(self) -> RunFigures:
        for phase in self._plan.phases:
            await self._go_through(phase)
        self._check_deliveries()
        self._check_files()
        self._check_secrets()
        figures = self._figures()
        faults = figures.faults.total()
        # Whoever is sent to a place where nobody answers asks there as often as the policy says.
        most_retries = faults + (_ATTEMPTS - 1) * figures.faults["foreign-link"]
        assert figures.retries <= most_retries, f"{figures.retries} retries for {faults} faults"
        assert figures.restarts <= faults, f"{figures.restarts} restarts for {faults} faults"
        most = self._plan.most_requests(figures.recordings, faults)
        assert figures.requests <= most, f"{figures.requests} requests, where {most} are enough for {faults} faults"
        return figures

    async def _go_through(self, phase: Phase) -> None:
        self._add(phase.added)
        self._meanwhile = phase.meanwhile
        if phase.expires:
            self._emulator.delta.expire_tokens(location=phase.tells_location)
        await self._until_done(self._sync)
        self._meanwhile = ()
        await self._until_done(self._download)

    async def _until_done(self, step: Callable[[GraphMeetingsClient], Awaitable[bool]]) -> None:
        """Start over with a new client, as after a crash, until all is done."""
        while True:
            try:
                async with self._client() as graph:
                    if await step(graph):
                        return
            # A ValueError comes from the handler, where an item is damaged.
            except (GraphError, ValueError, _HandlerFailed) as error:
                self._restarts += 1
                if self._restarts > MOST_RESTARTS:
                    raise AssertionError(f"{MOST_RESTARTS} restarts were not enough") from error

    def _client(self) -> GraphMeetingsClient:
        retry = Retry(attempts=_ATTEMPTS, first_delay=0.001, longest_delay=0.01, on_retry=self._count_retry)
        return GraphMeetingsClient(
            self._emulator.credential,
            base_url=self._emulator.base_url,
            http_client=self._http_client,
            retry=retry,
            timeout=Timeout(total=LONGEST),
        )

    def _count_retry(self, _event: object) -> None:
        self._retries += 1

    async def _sync(self, graph: GraphMeetingsClient) -> bool:
        """Complete a round; gives false where it was one that had begun before the last recordings were added."""

        def take(changes: Iterable[Change[CallRecording]]) -> None:
            for change in changes:
                # Refused is what could not be downloaded later. Without a meeting it would count as an ad hoc call's.
                graph.content_of(change.item)
                if change.item.meeting_id is None:
                    raise ValueError(f"the recording {change.item.id} has no meeting")
            self._add(self._meanwhile)
            self._meanwhile = ()
            if self._chance.random() < self._plan.handler_fails:
                self._failed_calls += 1
                raise _HandlerFailed

        async def by_call(change: Change[CallRecording]) -> None:
            take([change])
            self._called.append(change.item)

        def write(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
            own_table.write(changes, connection)
            take(changes)

        delta = graph.users.by_user_id(self._organizer).online_meetings.get_all_recordings().delta()
        with DeltaStore(self._store) as store:
            result = await sync(delta, store, InTransaction(write) if self._plan.in_transaction else by_call)
        return not result.resumed

    async def _download(self, graph: GraphMeetingsClient) -> bool:
        def note(outcome: DownloadOutcome[CallRecording]) -> None:
            self._paths[str(outcome.artifact.id)] = outcome.path

        summary = await graph.download_many(self._delivered(), self._files, finished=note)
        for failed in summary.failed:
            assert isinstance(failed.error, GraphError), f"{failed.path}: {failed.error!r}"
        self._restarts += bool(summary.failed)
        assert self._restarts <= MOST_RESTARTS, f"{MOST_RESTARTS} restarts were not enough"
        return not summary.failed

    def _delivered(self) -> list[CallRecording]:
        return own_table.read(self._store) if self._plan.in_transaction else self._called

    def _add(self, sizes: Iterable[int]) -> None:
        for size in sizes:
            self._emulator.dataset.add_recording(self._organizer, content_size=size)

    def _check_deliveries(self) -> None:
        expected = Counter(str(recording["id"]) for recording in self._emulator.dataset.recordings(self._organizer))
        delivered = Counter(str(recording.id) for recording in self._delivered())
        assert delivered == expected, f"lost: {expected - delivered}; repeated or made up: {delivered - expected}"

    def _check_files(self) -> None:
        found = {path.name for path in self._files.iterdir()}
        expected = {path.name for path in self._paths.values() if path is not None}
        assert found == expected, f"missing: {expected - found}; left over: {found - expected}"
        assert len(expected) == len(self._paths), "two recordings have one file"
        for recording in self._emulator.dataset.recordings(self._organizer):
            path = self._paths[str(recording["id"])]
            assert path is not None
            content = self._emulator.dataset.content(self._organizer, str(recording["meetingId"]), str(recording["id"]))
            assert hashlib.sha256(path.read_bytes()).hexdigest() == content.sha256(), f"{path.name} has other bytes"

    def _check_secrets(self) -> None:
        elsewhere = [*self._emulator.foreign_requests, *self._emulator.download_requests]
        for request in elsewhere:
            assert "authorization" not in request.headers, f"{request.target} at another origin got a token"
            assert self._emulator.token.encode() not in _whole(request), f"{request.target} has the token in it"

    def _figures(self) -> RunFigures:
        emulator = self._emulator
        received = len(emulator.requests) + len(emulator.download_requests) + len(emulator.foreign_requests)
        recordings = len(emulator.dataset.recordings(self._organizer))
        faults = emulator.faults_injected + Counter(handler=self._failed_calls)
        return RunFigures(recordings, received, self._retries, self._restarts, faults)


def _whole(request: ReceivedRequest) -> bytes:
    headers = [part for header in request.raw_headers for part in header]
    return b"\n".join([request.raw_path, request.raw_query, *headers])
