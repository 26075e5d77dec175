"""Keep, receive, reconcile and handle in processes that are killed, and check that everything was handled once."""

import asyncio
import random
import socket
import sqlite3
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import uvicorn

from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import Emulator, EmulatorCredential
from graph_meetings_notifications import (
    CallRecordChanged,
    CallRecords,
    Certificates,
    Event,
    Inbox,
    InTransaction,
    Receiver,
    RecordingCreated,
    Recordings,
    SigningKeys,
    SubscriptionKeeper,
    SubscriptionNotice,
    TranscriptCreated,
    Transcripts,
    reconcile_regularly,
)
from graph_meetings_notifications.keeping.keeper_store import KeeperStore
from tests.support import killing

RESOURCES = (Recordings.of_tenant(), Transcripts.of_tenant(), CallRecords.of_tenant())
INTERVAL = timedelta(seconds=0.1)


@dataclass(frozen=True)
class KeepingJob(killing.Job):
    """The arguments of a process that keeps, receives, reconciles and handles.

    Args:
        organizers: whose artifacts there are.
        port: of the endpoint.
        listens: whether it receives what comes to the endpoint; it does everything else in any case.
        ahead: how far its clock is ahead.
        key_set_url: of the keys of validation tokens.
        app_id: of the application.
        tenant_id: of the tenant.
    """

    organizers: tuple[str, ...] = ()
    port: int = 0
    listens: bool = True
    ahead: timedelta = timedelta()
    key_set_url: str = ""
    app_id: str = ""
    tenant_id: str = ""

    @property
    def inbox(self) -> Path:
        return self.folder / "notifications.db"


async def keep(job: killing.Job) -> None:
    """Do everything that a receiving process does, until it is killed."""
    assert isinstance(job, KeepingJob)
    keys = Certificates.folder(job.folder / "certs")
    async with GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url) as graph:
        with (
            Inbox(job.inbox) as inbox,
            SubscriptionKeeper(
                graph,
                RESOURCES,
                f"http://127.0.0.1:{job.port}/",
                keys=keys,
                store=job.inbox,
                clock=lambda: datetime.now(UTC) + job.ahead,
            ) as keeper,
        ):
            receiver = Receiver(
                keys,
                app_ids={job.app_id},
                tenants={job.tenant_id},
                client_states=keeper.client_states,
                signing_keys=SigningKeys(url=job.key_set_url),
                inbox=inbox,
            )
            async with asyncio.TaskGroup() as tasks:
                if job.listens:
                    tasks.create_task(_serve(receiver, job.port))
                tasks.create_task(keeper.keep())
                tasks.create_task(
                    reconcile_regularly(
                        graph,
                        keeper,
                        inbox=inbox,
                        tenant_id=job.tenant_id,
                        organizers=job.organizers,
                        every=INTERVAL,
                    )
                )
                tasks.create_task(inbox.deliver(InTransaction(partial(handle, keeper))))


async def _serve(receiver: Receiver, port: int) -> None:
    config = uvicorn.Config(receiver.asgi(), log_config=None, lifespan="off")
    await uvicorn.Server(config).serve([socket.create_server(("127.0.0.1", port), reuse_port=True)])


def handle(keeper: SubscriptionKeeper, event: Event, connection: sqlite3.Connection) -> None:
    """Write the id of what came down, and give the keeper its notices."""
    connection.execute("CREATE TABLE IF NOT EXISTS handled (id TEXT)")
    match event:
        case RecordingCreated():
            connection.execute("INSERT INTO handled VALUES (?)", (event.recording.id,))
        case TranscriptCreated():
            connection.execute("INSERT INTO handled VALUES (?)", (event.transcript.id,))
        case CallRecordChanged():
            connection.execute("INSERT INTO handled VALUES (?)", (event.call_record.id,))
        case SubscriptionNotice():
            keeper.note(event)
        case _:
            raise AssertionError(event)


@dataclass
class Scene:
    """A service, and what it has told processes that were killed.

    Args:
        emulator: the service.
        folder: for the files of the processes.
        seed: decides what happens, and when processes are killed.
        has_second: whether another process does the same beside, without the endpoint.
    """

    emulator: Emulator
    folder: Path
    seed: int
    has_second: bool = False
    ahead: timedelta = timedelta()
    expected: set[str] = field(default_factory=set[str])
    sent: int = 0
    lapses: int = 0
    expirations: int = 0
    removals: int = 0

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)  # noqa: S311  not a secret
        # Bound by this process, too, so that nobody else gets the port between two of the processes.
        self._reserved = socket.socket()
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._reserved.bind(("127.0.0.1", 0))
        self._port: int = self._reserved.getsockname()[1]
        self.emulator.tenant.clock = self._now
        behaviour = self.emulator.notifications.behaviour
        behaviour.loss, behaviour.duplicates, behaviour.is_disordered = 0.6, 0.3, True
        behaviour.redeliveries, behaviour.batch_size = 1, 3

    def run(self, kills: int, longest: float) -> None:
        """Kill processes, and then let one handle everything.

        Args:
            kills: how many processes.
            longest: the longest time from a first notification until the end of a process, in seconds.
        """
        with self._reserved:
            killing.run(keep, self._job(), 0.0, lambda: len(self.emulator.subscriptions.registered) == len(RESOURCES))
            self._kill(kills, longest)
            killing.run(keep, self._job(), 0.0, self._is_complete)
        assert set(self._handled()) == self.expected
        self._check_repetitions()
        with closing(KeeperStore(self._job().inbox)) as store:
            assert store.gaps() == []

    def _kill(self, kills: int, longest: float) -> None:
        over = threading.Event()
        with ThreadPoolExecutor(2) as threads:
            second = threads.submit(self._run_second, over, longest)
            try:
                for _ in range(kills):
                    self._kill_one(threads, longest)
            finally:
                over.set()
            second.result(killing.SECONDS)

    def _kill_one(self, threads: ThreadPoolExecutor, longest: float) -> None:
        self._time_passes()
        # Some are killed as they start, most when they have just been told something.
        is_early, seconds = self._draw.random() < 0.2, self._draw.uniform(0, longest)
        telling = threads.submit(self._tell, is_early)
        reached = (lambda: True) if is_early else partial(self._is_told, telling, self.sent)
        killing.run(keep, self._job(), seconds, reached)
        telling.result(killing.SECONDS)
        self._check_repetitions()

    def _run_second(self, over: threading.Event, longest: float) -> None:
        """Kill another one, too, that keeps, reconciles and handles beside the first."""
        draw = random.Random(-self.seed - 1)  # noqa: S311  not a secret
        while self.has_second and not over.is_set():
            killing.run(keep, self._job(listens=False), draw.uniform(0, 2 * longest))

    def _job(self, *, listens: bool = True) -> KeepingJob:
        emulator = self.emulator
        return KeepingJob(
            emulator.base_url,
            emulator.token,
            "",
            self.folder,
            tuple(emulator.dataset.organizers),
            self._port,
            listens,
            self.ahead,
            emulator.key_set_url,
            emulator.app_id,
            emulator.dataset.tenant_id,
        )

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _time_passes(self) -> None:
        """Have nobody there for a day, or for so long that the subscriptions expire, and things happen meanwhile."""
        chance = self._draw.random()
        if chance > 0.2:
            return
        is_long = chance < 0.08
        self.lapses += not is_long
        self.expirations += is_long
        self.ahead += timedelta(hours=12)
        self._add(self._draw.randrange(3), is_told=not is_long)
        self.ahead += timedelta(days=4) if is_long else timedelta(hours=12)

    def _tell(self, is_early: bool) -> None:
        """Have things happen while a process runs and is killed."""
        end = time.monotonic() + killing.SECONDS
        while not is_early and not self._is_listening() and time.monotonic() < end:
            time.sleep(0.002)
        self._add(self._draw.randrange(6))
        if self._draw.random() < 0.15:
            self._remove()

    def _is_told(self, telling: Future[None], before: int) -> bool:
        return telling.done() or self.sent > before

    def _is_listening(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self._port)) == 0

    def _add(self, count: int, *, is_told: bool = True) -> None:
        data, notifications = self.emulator.dataset, self.emulator.notifications
        for _ in range(count):
            organizer = self._draw.choice(data.organizers)
            recording = data.add_recording(organizer, created=self._now().isoformat(), content_size=1_000)
            transcript = data.add_transcript(organizer, recording=recording)
            call = data.add_call_record(organizer_id=organizer, start=self._now().isoformat())
            new = {"recordings": recording, "transcripts": transcript, "callRecords": call}
            self.expected |= {str(each["id"]) for each in new.values()}
            for kind, each in new.items() if is_told else ():
                self.sent += notifications.notify(kind, [each]).sent

    def _remove(self) -> None:
        living = self.emulator.notifications.subscribers
        if living:
            self.removals += 1
            gone = self._draw.choice(living)
            self.emulator.subscriptions.remove(gone.id)
            self.emulator.notifications.lifecycle(gone, "subscriptionRemoved")

    def _handled(self) -> list[str]:
        with closing(sqlite3.connect(self._job().inbox)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'handled'").fetchall():
                return []
            return [id_ for (id_,) in connection.execute("SELECT id FROM handled")]

    def _is_complete(self) -> bool:
        with closing(KeeperStore(self._job().inbox)) as store:
            return len(self._handled()) >= len(self.expected) and not store.gaps()

    def _check_repetitions(self) -> None:
        handled = self._handled()
        assert len(handled) == len(set(handled)), "something was handled twice"
