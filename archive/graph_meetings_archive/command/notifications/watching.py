"""The work of `watch`, in one process."""

import asyncio
import tempfile
from collections.abc import Coroutine, Generator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graph_meetings import FieldError, GraphMeetingsClient
from graph_meetings_archive import Archive
from graph_meetings_archive.command.archives.feeds import feeds_named
from graph_meetings_archive.command.finding.organizers import ME
from graph_meetings_archive.command.finding.people import People
from graph_meetings_archive.command.notifications.application import Application, application_of
from graph_meetings_archive.command.notifications.archiving import Archiving
from graph_meetings_archive.command.notifications.emulated_events import go_on_meeting
from graph_meetings_archive.command.notifications.lines import print_event
from graph_meetings_archive.command.notifications.resources import described, resource_of, words_of
from graph_meetings_archive.command.notifications.server import bind, serving
from graph_meetings_archive.command.output.messages import complain, note
from graph_meetings_archive.command.service.client import AsyncService, open_async_service
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.moments import parse_span
from graph_meetings_archive.command.usage.options import ArchiveFormat, Connection, WatchedFeed
from graph_meetings_archive.command.usage.stopping import run_until_stopped
from graph_meetings_notifications import (
    Certificates,
    Inbox,
    Receiver,
    Resource,
    SigningKeys,
    SubscriptionKeeper,
    SubscriptionNotice,
    reconcile_regularly,
)
from graph_meetings_runtime.asynchronous.threads import run_in_thread

_STORE: Final = Path("graph-meetings-watch")
_ADDRESS: Final = "127.0.0.1:8000"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What to watch.

    Args:
        connection: to the service.
        feeds: what to watch.
        url: at which the service reaches the endpoint.
        listen: the address at which the endpoint listens.
        store: folder for certificates and the inbox.
        organizers: whose artifacts to watch, if not everyone's.
        organizers_from: the source of organizers, if none are named.
        every: how often to look for what was not notified, as typed.
        archive: folder of an archive.
        format: of the rows in the archive.
        content: whether to archive contents, too.
        ad_hoc_calls: whether to watch recordings and transcripts of calls outside meetings, too.
    """

    connection: Connection
    feeds: tuple[WatchedFeed, ...]
    url: str | None
    listen: str | None
    store: Path | None
    organizers: tuple[str, ...]
    organizers_from: str
    every: str
    archive: Path | None
    format: ArchiveFormat | None
    content: bool
    ad_hoc_calls: bool

    def run(self) -> int:
        """Watch until Ctrl-C.

        Raises:
            CommandFailed: the options do not fit together.
            NotificationError: a file in the store cannot be used.
            ArchiveError: the archive cannot be used.
        """
        if self.url is None and not self.connection.emulator:
            raise CommandFailed(
                "the service has to reach this command: --url is missing",
                hint="--url names the https address of a reverse proxy or a tunnel to --listen; or try --emulator",
            )
        if ME in self.organizers:
            raise CommandFailed("a subscription needs the id of the user", hint="--organizer ID, or ann@contoso.com")
        parse_span(self.every, "--every")
        run_until_stopped(self._run())
        return 0

    async def _run(self) -> None:
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(self._folder())
            listener = stack.enter_context(bind(self.listen or ("0" if self.connection.emulator else _ADDRESS)))
            url = self.url or f"http://127.0.0.1:{listener.getsockname()[1]}/"
            service = await stack.enter_async_context(open_async_service(self.connection))
            graph = service.graph
            people = People(graph, self.organizers, None if self.organizers else self.organizers_from)
            application = await run_in_thread(application_of, self.connection, service)
            keys = await run_in_thread(Certificates.folder, folder / "certificates")
            inbox = stack.enter_context(Inbox(folder / "notifications.db"))
            resources = await self._resources(people)
            keeper = stack.enter_context(SubscriptionKeeper(graph, resources, url, store=inbox.path, keys=keys))
            receiver = _receiver(service, application, keys, inbox, keeper)
            archiving = await self._archiving(stack, graph, people)
            await stack.enter_async_context(serving(receiver, listener))
            await keeper.check()
            _tell(keeper)
            parts = [keeper.keep(), _follow(receiver, keeper, archiving)]
            parts += [self._find_missed(graph, keeper, inbox, application, people)]
            parts += [] if archiving is None else [archiving.go_on()]
            emulator = None if service.emulated is None else service.emulated.emulator
            parts += [] if emulator is None else [go_on_meeting(emulator, ad_hoc_calls=self.ad_hoc_calls)]
            await _together(parts)

    async def _find_missed(
        self,
        graph: GraphMeetingsClient,
        keeper: SubscriptionKeeper,
        inbox: Inbox,
        application: Application,
        people: People,
    ) -> None:
        every = parse_span(self.every, "--every")
        await reconcile_regularly(
            graph, keeper, inbox=inbox, tenant_id=application.tenant, organizers=people.ids, every=every
        )

    @contextmanager
    def _folder(self) -> Generator[Path]:
        """Create the store. One for the emulator is removed at the end."""
        if self.store is None and self.connection.emulator:
            with tempfile.TemporaryDirectory(prefix="graph-meetings-watch-") as temporary:
                yield Path(temporary)
            return
        store = self.store or _STORE
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield store

    async def _resources(self, people: People) -> list[Resource]:
        """Return the resources to subscribe to: of each named organizer, or of the tenant."""
        users: list[str] | list[None] = [id_ async for id_ in people.ids()] if self.organizers else [None]
        if not users:
            raise CommandFailed("none of the organizers is known", hint="graph-meetings organizers list", status=1)
        return [
            resource_of(word, user)
            for feed in dict.fromkeys(self.feeds)
            for word in words_of(feed, ad_hoc_calls=self.ad_hoc_calls)
            for user in ([None] if feed == "call-records" else users)
        ]

    async def _archiving(self, stack: AsyncExitStack, graph: GraphMeetingsClient, people: People) -> Archiving | None:
        if self.archive is None:
            return None
        archive = await stack.enter_async_context(Archive(self.archive, graph, format=self.format))
        feeds = feeds_named(self.feeds, content=self.content, ad_hoc_calls=self.ad_hoc_calls)
        return Archiving(archive, feeds, people.ids, parse_span(self.every, "--every"))


def _receiver(
    service: AsyncService, application: Application, keys: Certificates, inbox: Inbox, keeper: SubscriptionKeeper
) -> Receiver:
    return Receiver(
        keys,
        app_ids={application.id},
        tenants={application.tenant},
        inbox=inbox,
        client_states=keeper.client_states,
        signing_keys=_signing_keys(service),
        cloud=service.cloud,
    )


def _signing_keys(service: AsyncService) -> SigningKeys | None:
    return None if service.emulated is None else SigningKeys(url=service.emulated.key_set_url)


def _tell(keeper: SubscriptionKeeper) -> None:
    """Print the active subscriptions. The keeper has logged failures, and retries them."""
    for each in keeper.subscriptions():
        if each.id is not None and each.expires is not None:
            note(f"subscribed to {described(each.resource)}, until {each.expires.astimezone():%Y-%m-%d %H:%M}")
    note("Ctrl-C stops; what comes in is printed below")


async def _follow(receiver: Receiver, keeper: SubscriptionKeeper, archiving: Archiving | None) -> None:
    """Print an event, and pass it on."""
    async with receiver.events() as events:
        async for event in events:
            if isinstance(event, SubscriptionNotice):
                await keeper.on_notice(event)
                continue
            try:
                print_event(event)
            except FieldError as error:
                complain(f"a notification is malformed: {error}")
            if archiving is not None:
                archiving.notice(event)


async def _together(parts: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run several tasks at once, until one fails or all are cancelled."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for part in parts:
                tasks.create_task(part)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    except asyncio.CancelledError:
        note("what has arrived is kept; the next watch resumes")
        raise
