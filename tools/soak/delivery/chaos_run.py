"""One run under chaos: sync one organizer by delta and download everything, restarting after every error."""

import asyncio
import hashlib
import random
import sqlite3
import tempfile
import traceback
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
from tests.support import delivered_table
from tests.support.error_collector import unescaped
from tools.soak.delivery.chaos_plan import Phase, Plan

LONGEST: Final = 60.0
"""Maximum duration of a run, in seconds."""

MOST_RESTARTS: Final = 500
_ATTEMPTS: Final = 6


@dataclass(frozen=True, slots=True)
class RunResult:
    """Counts of one run.

    Attributes:
        recordings: recordings synced and downloaded.
        requests: requests that the service received, at all its origins.
        retries: retries made by the client.
        restarts: restarts of the program after an error.
        faults: faults by kind; those of the handler are called `handler`.
    """

    recordings: int
    requests: int
    retries: int
    restarts: int
    faults: Counter[str]


async def run_once(plan: Plan, http_client: httpx.AsyncClient) -> RunResult:
    """Execute one plan and check the result.

    Args:
        plan: the plan.
        http_client: shared by all clients, because creating one takes as long as ten requests.

    Raises:
        AssertionError: if a check fails.
        TimeoutError: if the run takes longer than a minute.
        Exception: if the client raises an undocumented error.
    """
    emulator = plan.emulator()
    await asyncio.to_thread(emulator.start)
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with asyncio.timeout(LONGEST):
                run = _Run(plan, emulator, Path(folder), http_client)
                return await run.execute()
    finally:
        # In a thread: a server takes a while to stop, and other runs can proceed meanwhile.
        await asyncio.to_thread(emulator.stop)


class _HandlerFailed(Exception):
    """Raised by the handler on purpose."""


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
        self._added_during: tuple[int, ...] = ()
        self._chance = random.Random(plan.seed)
        self._retries = self._restarts = self._failed_calls = 0

    async def execute(self) -> RunResult:
        for phase in self._plan.phases:
            await self._run_phase(phase)
        self._check_deliveries()
        self._check_files()
        self._check_secrets()
        result = self._result()
        faults = result.faults.total()
        # A link to a host that does not answer costs all attempts of the retry policy.
        most_retries = faults + (_ATTEMPTS - 1) * result.faults["foreign-link"]
        assert result.retries <= most_retries, f"{result.retries} retries for {faults} faults"
        # A client gives up and is restarted several times within the same endless pages.
        most_restarts = faults + 2 * result.faults["endless-pages"]
        assert result.restarts <= most_restarts, f"{result.restarts} restarts for {faults} faults"
        most = self._plan.most_requests(result.recordings, result.faults)
        assert result.requests <= most, f"{result.requests} requests, at most {most} allowed for {faults} faults"
        return result

    async def _run_phase(self, phase: Phase) -> None:
        self._add(phase.added_before)
        self._added_during = phase.added_during
        if phase.expires:
            self._emulator.delta.expire_tokens(location=phase.tells_location)
        await self._until_done(self._sync)
        self._added_during = ()
        await self._until_done(self._download)

    async def _until_done(self, step: Callable[[GraphMeetingsClient], Awaitable[bool]]) -> None:
        """Start over with a new client after each error, as after a crash, until the step is done."""
        while True:
            try:
                async with self._client() as graph:
                    if await step(graph):
                        return
            # The handler raises ValueError for a damaged item.
            except (GraphError, ValueError, _HandlerFailed) as error:
                self._restarts += 1
                self._check_error(error)
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
        """Complete one round; return false if it started before the last recordings were added."""

        def handle(changes: Iterable[Change[CallRecording]]) -> None:
            for change in changes:
                # Reject what could not be downloaded later. Without a meeting it would look like an ad hoc call.
                graph.content_of(change.item)
                if change.item.meeting_id is None:
                    raise ValueError(f"the recording {change.item.id} has no meeting")
            self._add(self._added_during)
            self._added_during = ()
            if self._chance.random() < self._plan.handler_failure_rate:
                self._failed_calls += 1
                raise _HandlerFailed

        async def handle_one(change: Change[CallRecording]) -> None:
            handle([change])
            self._called.append(change.item)

        def write(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
            delivered_table.add(changes, connection)
            handle(changes)

        delta = graph.users.by_user_id(self._organizer).online_meetings.get_all_recordings().delta()
        with DeltaStore(self._store) as store:
            result = await sync(delta, store, InTransaction(write) if self._plan.in_transaction else handle_one)
        return not result.resumed

    async def _download(self, graph: GraphMeetingsClient) -> bool:
        def record_path(outcome: DownloadOutcome[CallRecording]) -> None:
            self._paths[str(outcome.artifact.id)] = outcome.path

        summary = await graph.download_many(self._delivered(), self._files, finished=record_path)
        for failed in summary.failed:
            assert isinstance(failed.error, GraphError), f"{failed.path}: {failed.error!r}"
            self._check_error(failed.error)
        self._restarts += bool(summary.failed)
        assert self._restarts <= MOST_RESTARTS, f"{MOST_RESTARTS} restarts were not enough"
        return not summary.failed

    def _delivered(self) -> list[CallRecording]:
        return delivered_table.read(self._store) if self._plan.in_transaction else self._called

    def _add(self, sizes: Iterable[int]) -> None:
        for size in sizes:
            self._emulator.dataset.add_recording(self._organizer, content_size=size)

    def _check_deliveries(self) -> None:
        expected = Counter(str(recording["id"]) for recording in self._emulator.dataset.recordings(self._organizer))
        delivered = Counter(str(recording.id) for recording in self._delivered())
        assert delivered == expected, f"lost: {expected - delivered}; repeated or unknown: {delivered - expected}"

    def _check_files(self) -> None:
        found = {path.name for path in self._files.iterdir()}
        expected = {path.name for path in self._paths.values() if path is not None}
        assert found == expected, f"missing: {expected - found}; left over: {found - expected}"
        assert len(expected) == len(self._paths), "two recordings share a file"
        for recording in self._emulator.dataset.recordings(self._organizer):
            path = self._paths[str(recording["id"])]
            assert path is not None
            content = self._emulator.dataset.content(self._organizer, str(recording["meetingId"]), str(recording["id"]))
            assert hashlib.sha256(path.read_bytes()).hexdigest() == content.sha256(), f"{path.name}: wrong content"

    def _check_error(self, error: Exception) -> None:
        """Check that no one who undoes all escapes finds the token in an error; a traceback says where it was."""
        shown = f"{error}\n{error!r}\n{vars(error)}\n{''.join(traceback.format_exception(error))}"
        assert self._emulator.token not in unescaped(shown), f"{type(error).__name__} contains the token"

    def _check_secrets(self) -> None:
        elsewhere = [*self._emulator.foreign_requests, *self._emulator.download_requests]
        for request in elsewhere:
            assert "authorization" not in request.headers, f"{request.target} at another origin received a token"
            assert self._emulator.token.encode() not in _raw(request), f"{request.target} contains the token"

    def _result(self) -> RunResult:
        emulator = self._emulator
        received = len(emulator.requests) + len(emulator.download_requests) + len(emulator.foreign_requests)
        recordings = len(emulator.dataset.recordings(self._organizer))
        faults = emulator.faults_injected + Counter(handler=self._failed_calls)
        return RunResult(recordings, received, self._retries, self._restarts, faults)


def _raw(request: ReceivedRequest) -> bytes:
    headers = [part for header in request.raw_headers for part in header]
    return b"\n".join([request.raw_path, request.raw_query, *headers])
