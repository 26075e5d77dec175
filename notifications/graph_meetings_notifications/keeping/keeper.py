"""Keeps subscriptions alive.

Source: https://learn.microsoft.com/graph/change-notifications-overview#subscription-lifetime
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from os import PathLike
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from graph_meetings import FieldError, GraphError, GraphMeetingsClient, Subscription
from graph_meetings_notifications.encryption.certificates import Certificates
from graph_meetings_notifications.errors import CertificateError
from graph_meetings_notifications.events import SubscriptionNotice
from graph_meetings_notifications.inbox.bell import Bell
from graph_meetings_notifications.keeping.keeper_store import KeeperStore
from graph_meetings_notifications.keeping.records import Gap, KeptSubscription, Terms
from graph_meetings_notifications.keeping.schedule import due, retry
from graph_meetings_notifications.keeping.subscription import (
    KeeperKeys,
    PublicCertificate,
    Wanted,
    sorted_types,
)
from graph_meetings_notifications.keeping.upkeep import Upkeep
from graph_meetings_notifications.resources import Resource
from graph_meetings_runtime.asynchronous.concurrency import for_each
from graph_meetings_runtime.asynchronous.threads import run_in_thread
from graph_meetings_runtime.storage.closing import Closing

LOG: Final = logging.getLogger("graph_meetings.notifications")

_AT_ONCE: Final = 4
_IF_BUSY: Final = timedelta(seconds=5)
_SHORTEST_LIFE: Final = timedelta(minutes=45)
# The service's clock may be slow.
_MARGIN: Final = timedelta(minutes=5)


def _now() -> datetime:
    return datetime.now(UTC)


class SubscriptionKeeper(Closing):
    """Creates and renews subscriptions, and records the times without one.

    Each is renewed after about half of its lifetime. One that the service has removed, or that has expired, is created
    again, and the time without it is recorded as a gap for `reconcile`. If the response to a creation is lost, the
    subscription is found in the list of subscriptions and adopted. A certificate cannot be changed: once `keys` have a
    newer one, a subscription that is due to be renewed is replaced instead, the new one first.

    Its state is in a SQLite file next to the inbox, `<store>-subscriptions`, which only its owner can read. Several
    processes can keep the same subscriptions with the same store, on a local disk; one at a time acts. Subscriptions of
    other stores are left alone.

    Use it with `with` or `async with`, or call `close()`.

    Args:
        graph: the client.
        resources: to subscribe to, such as `Recordings.of_tenant()`.
        notification_url: the URL that notifications are sent to. It must respond whenever a subscription is created or
            renewed.
        store: path of the inbox.
        keys: the certificates for which resource data is encrypted; without them, notifications have none.
            `Certificates` are rotated before they expire, and removed once nothing uses them.
        lifecycle_url: the URL that lifecycle notifications are sent to; by default the same.
        life: the lifetime of subscriptions; by default the longest that each resource allows. At least 45 minutes.
        clock: returns the current time, with an offset.

    Attributes:
        client_states: the `clientState`s of this store's subscriptions, for the `Receiver`. There is one random text,
            created with the file, so it is valid for later subscriptions and other processes, too.

    Raises:
        ValueError: there are no resources, one occurs twice, or `life` is too short.
        KeeperError: the file is not a keeper's, is damaged, or was written by a newer release.
        OSError: it cannot be created.
    """

    def __init__(  # noqa: PLR0913  by keyword
        self,
        graph: GraphMeetingsClient,
        resources: Iterable[Resource],
        notification_url: str,
        *,
        store: str | PathLike[str],
        keys: KeeperKeys | None = None,
        lifecycle_url: str | None = None,
        life: timedelta | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.resources = tuple(resources)
        if not self.resources or len({each.path for each in self.resources}) < len(self.resources):
            raise ValueError("pass at least one resource, and none of them twice")
        if life is not None and life < _SHORTEST_LIFE:
            raise ValueError(f"life must be at least {_SHORTEST_LIFE}; the service extends shorter ones to that")
        self.store = KeeperStore(Path(store).resolve())
        self.client_states = frozenset({self.store.client_state()})
        self.clock = clock
        self._graph = graph
        self._url = notification_url
        self._lifecycle_url = lifecycle_url or notification_url
        self._keys = keys
        self._life = life
        self._turn = asyncio.Lock()
        self._bell = Bell()

    @staticmethod
    def client_states_of(store: str | PathLike[str]) -> frozenset[str]:
        """Return the client states of a store, for a receiver in a process without a keeper.

        Args:
            store: path of the inbox.

        Raises:
            KeeperError: the file is not a keeper's, is damaged, or was written by a newer release.
            OSError: it cannot be created.
        """
        with closing(KeeperStore(Path(store).resolve())) as opened:
            return frozenset({opened.client_state()})

    async def keep(self) -> None:
        """Call `check` whenever it is due, until cancelled.

        Raises:
            KeeperError: the file cannot be read or written.
        """
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        with self._bell.listening(lambda: loop.call_soon_threadsafe(woken.set)):
            while True:
                at = await self.check()
                with suppress(TimeoutError):
                    async with asyncio.timeout(max((at - self.clock()).total_seconds(), 0)):
                        await woken.wait()
                woken.clear()

    async def check(self) -> datetime:
        """Create, adopt, renew or replace the subscriptions that are due.

        A failure is logged, and retried after 5 seconds, 10, 20 and so on, up to 15 minutes. It does not hold up the
        other subscriptions. `subscriptions` returns the last error of each.

        Returns:
            When to call it again, in an hour at the latest.

        Raises:
            KeeperError: the file cannot be read or written.
        """
        async with self._turn:
            with ExitStack() as stack:
                try:
                    stack.enter_context(self.store.lock())
                except BlockingIOError:
                    return self.clock() + _IF_BUSY
                return await self._check_all()

    async def on_notice(self, notice: SubscriptionNotice) -> None:
        """Save a lifecycle notification, and act on it. Those for other subscriptions are ignored.

        Args:
            notice: from the inbox.

        Raises:
            KeeperError: the file cannot be read or written.
        """
        if await run_in_thread(self.note, notice):
            await self.check()

    def note(self, notice: SubscriptionNotice) -> bool:
        """Save a lifecycle notification, for `keep` or the next `check` to act on.

        For handlers that cannot wait, such as one `InTransaction`.

        Args:
            notice: from the inbox.

        Returns:
            Whether it is for one of these subscriptions.

        Raises:
            KeeperError: the file cannot be read or written.
        """
        if notice.subscription_id not in {state.id for state in self.store.states().values()}:
            return False
        self.store.add_notice(notice)
        self._bell.ring()
        return True

    def subscriptions(self) -> list[KeptSubscription]:
        """Return the state of the subscription to each resource.

        Raises:
            KeeperError: the file cannot be read.
        """
        states = self.store.states()
        return [states[each.path].shown(each.path) for each in self.resources if each.path in states]

    def gaps(self) -> list[Gap]:
        """Return the times in which notifications may have been lost and that `reconcile` has not closed.

        Raises:
            KeeperError: the file cannot be read.
        """
        return self.store.gaps()

    def close(self) -> None:
        """Close the file once no thread of this process is writing to it. The subscriptions are not deleted."""
        self.store.close()

    async def _check_all(self) -> datetime:
        """Check the subscriptions that are due. The caller must hold the lock."""
        now = self.clock()
        states = await run_in_thread(self.store.states)
        waiting = {path for path, state in states.items() if state.retry_at is not None and state.retry_at > now}
        todo = [each for each in self.resources if each.path not in waiting]
        try:
            listed = await self._listed() if todo else {}
        except (GraphError, FieldError) as error:
            for each in todo:
                await self._failed(each, error)
        else:
            await for_each(lambda each: self._check_one(each, listed), todo, _AT_ONCE)
        states = await run_in_thread(self.store.states)
        await self._remove_unused({id_ for state in states.values() for id_ in state.certificate_ids()})
        return min(due(states[each.path], now) for each in self.resources)

    async def _listed(self) -> dict[str, Subscription]:
        return {each.id: each async for each in self._graph.subscriptions.list() if each.id}

    async def _check_one(self, resource: Resource, listed: dict[str, Subscription]) -> None:
        try:
            wanted = await self._wanted(resource)
            await Upkeep(self._graph, self.store, self.clock, wanted, listed).run()
        except (GraphError, FieldError, CertificateError, OSError) as error:
            await self._failed(resource, error)

    async def _wanted(self, resource: Resource) -> Wanted:
        certificate = await self._certificate() if resource.has_resource_data else None
        terms = Terms(
            resource=resource.path,
            change_types=sorted_types(resource.change_types),
            url=self._url,
            lifecycle_url=self._lifecycle_url,
            certificate_id="" if certificate is None else certificate.id,
        )
        (client_state,) = self.client_states
        longest = resource.longest_life - _MARGIN
        return Wanted(terms, certificate, client_state, longest if self._life is None else min(self._life, longest))

    async def _certificate(self) -> PublicCertificate | None:
        keys = self._keys
        if isinstance(keys, Certificates):
            return await run_in_thread(keys.rotate_if_due)
        return None if keys is None else await run_in_thread(lambda: keys.current)

    async def _remove_unused(self, in_use: set[str]) -> None:
        if isinstance(self._keys, Certificates):
            try:
                await run_in_thread(self._keys.remove_unused, in_use)
            except (CertificateError, OSError) as error:
                LOG.warning("could not remove unused certificates: %s", error)

    async def _failed(self, resource: Resource, error: Exception) -> None:
        """Record a failure, and when to try again."""
        state = await run_in_thread(self.store.state, resource.path)
        failures = state.failures + 1
        at = retry(self.clock(), failures)
        (client_state,) = self.client_states
        text = str(error).replace(client_state, "[withheld]")  # the service can quote it
        LOG.warning("could not keep the subscription to %s: %s", resource.path, text)
        failed = replace(state, failures=failures, failure=text, retry_at=at)
        await run_in_thread(self.store.save, resource.path, failed)

    def __repr__(self) -> str:
        return f"SubscriptionKeeper({', '.join(each.path for each in self.resources)})"
