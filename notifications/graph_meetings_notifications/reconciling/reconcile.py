"""Finds what notifications have missed: `await reconcile(graph, keeper, …)`."""

import asyncio
import logging
import time
from collections.abc import AsyncIterable, Callable, Collection, Iterable
from contextlib import ExitStack
from datetime import timedelta
from typing import Final, TypeAlias

from msgspec import Struct

from graph_meetings import DeltaStore, GraphError, GraphMeetingsClient
from graph_meetings_notifications.inbox.inbox import Inbox
from graph_meetings_notifications.keeping.keeper import SubscriptionKeeper
from graph_meetings_notifications.keeping.records import State
from graph_meetings_notifications.reconciling.by_delta import ByDelta, Found
from graph_meetings_notifications.reconciling.by_list import ByList
from graph_meetings_notifications.reconciling.feeds import CALL_RECORDS, artifacts_of
from graph_meetings_notifications.reconciling.put import Destination
from graph_meetings_notifications.resources import Resource
from graph_meetings_runtime.asynchronous.threads import run_in_thread

LOG: Final = logging.getLogger("graph_meetings.notifications")

Users: TypeAlias = Iterable[str] | AsyncIterable[str]
Organizers: TypeAlias = Users | Callable[[], Users]

_HOUR: Final = timedelta(hours=1)
_SECONDS_AFTER_FAILURE: Final = 30.0
_MOST_DOUBLINGS: Final = 10
# Gaps that another process records do not ring the bell here.
_SECONDS_BETWEEN: Final = 10.0


class Reconciled(Struct, frozen=True):
    """The result of a pass.

    Args:
        added: the number of events put into the inbox, because they were neither waiting there nor handled.
        closed: the number of gaps that were closed.
        failures: what could not be read, with reasons and what to do about them.
        is_elsewhere: whether another process was reconciling with the same store, so that nothing was read here.
    """

    added: int = 0
    closed: int = 0
    failures: tuple[str, ...] = ()
    is_elsewhere: bool = False


async def reconcile(  # noqa: PLR0913  by keyword
    graph: GraphMeetingsClient,
    keeper: SubscriptionKeeper,
    *,
    inbox: Inbox,
    tenant_id: str,
    organizers: Organizers = (),
    concurrency: int = 8,
) -> Reconciled:
    """Put into the inbox what notifications have missed since the keeper started, and close the gaps.

    Recordings and transcripts are read by delta, one for each organizer; call records from their list. Each becomes the
    event that its notification would have been. Those that were also notified are handled only once, because the inbox
    identifies them by id. A gap is closed once everything of its resource is in the inbox. If the pass is interrupted,
    the next one resumes it. What has been read is remembered in `<store>-delta`, next to the keeper's file.

    What cannot be read is reported, and does not stop the rest. If reading it is not allowed (403, 404), the gap is
    closed anyway; its delta continues where it stopped as soon as reading is allowed.

    Args:
        graph: the client.
        keeper: the keeper whose resources are read.
        inbox: the receiver's inbox.
        tenant_id: of the tenant, as notifications name it.
        organizers: the ids of the users whose meetings are read for resources of the tenant, a meeting or a call,
            because the service has no delta for those; or a function that returns them.
        concurrency: the most deltas that are read at a time.

    Raises:
        ValueError: organizers are needed, but there are none.
        KeeperError: the file of the keeper cannot be read or written.
        InboxError: events cannot be put into the inbox.
        DeltaStoreError: the file of the deltas cannot be read or written.

    Source: https://learn.microsoft.com/graph/delta-query-overview
    """
    _require_organizers(keeper, organizers)
    with ExitStack() as stack:
        try:
            stack.enter_context(keeper.store.reconciling())
        except BlockingIOError:
            return Reconciled(is_elsewhere=True)
        deltas = stack.enter_context(DeltaStore(keeper.store.delta_path))
        return await _Pass(graph, keeper, deltas, inbox, tenant_id.lower(), concurrency).run(organizers)


async def reconcile_regularly(  # noqa: PLR0913  by keyword
    graph: GraphMeetingsClient,
    keeper: SubscriptionKeeper,
    *,
    inbox: Inbox,
    tenant_id: str,
    organizers: Organizers = (),
    every: timedelta = _HOUR,
    concurrency: int = 8,
) -> None:
    """Call `reconcile` at an interval, and soon after a gap has ended, until cancelled. Failures are logged.

    Args:
        graph: the client.
        keeper: the keeper whose resources are read.
        inbox: the receiver's inbox.
        tenant_id: of the tenant, as notifications name it.
        organizers: as for `reconcile`. An async iterator can be used only once, so pass a function that returns one.
        every: the interval.
        concurrency: the most deltas that are read at a time.

    Raises:
        ValueError: organizers are needed, but there are none.
        KeeperError: the file of the keeper cannot be read or written.
        InboxError: events cannot be put into the inbox.
        DeltaStoreError: the file of the deltas cannot be read or written.
    """
    failed = 0
    while True:
        result = await reconcile(
            graph, keeper, inbox=inbox, tenant_id=tenant_id, organizers=organizers, concurrency=concurrency
        )
        if result.is_elsewhere:
            LOG.debug("another process is reconciling with %s", keeper.store.delta_path)
        for failure in result.failures:
            LOG.warning("could not reconcile %s", failure)
        failed = min(failed + 1, _MOST_DOUBLINGS) if result.failures else 0
        sooner = _SECONDS_AFTER_FAILURE * 2**failed if failed else every.total_seconds()
        # A gap that is left after a failure is no reason to hurry.
        await _sleep(keeper, min(sooner, every.total_seconds()), wakes=not failed)


def _require_organizers(keeper: SubscriptionKeeper, organizers: Organizers) -> None:
    if isinstance(organizers, str):
        raise TypeError("organizers are a collection of ids: ['…'], not '…'")
    if isinstance(organizers, Collection) and not organizers:
        artifacts = {each.path: artifacts_of(each.path) for each in keeper.resources}
        needing = [path for path, each in artifacts.items() if each is not None and each.needs_organizers]
        if needing:
            raise ValueError(f"organizers are needed for {', '.join(needing)}: each has a delta of its own")


class _Pass:
    """One pass over the resources of a keeper; the caller must hold its lock."""

    def __init__(  # noqa: PLR0913, PLR0917  what a pass needs
        self,
        graph: GraphMeetingsClient,
        keeper: SubscriptionKeeper,
        store: DeltaStore,
        inbox: Inbox,
        tenant_id: str,
        concurrency: int,
    ) -> None:
        self._graph = graph
        self._keeper = keeper
        self._store = store
        self._inbox = inbox
        self._tenant_id = tenant_id
        self._concurrency = concurrency

    async def run(self, organizers: Organizers) -> Reconciled:
        gaps = [gap for gap in await run_in_thread(self._keeper.gaps) if gap.end is not None]
        states = await run_in_thread(self._keeper.store.states)
        users = await _users_of(organizers)
        added = closed = 0
        failures: list[str] = []
        for resource in self._keeper.resources:
            state = states.get(resource.path, State())
            found = await self._read(resource, state, users)
            added += found.added
            failures += found.failures
            if found.is_complete:
                ended = [gap for gap in gaps if gap.resource == resource.path]
                await run_in_thread(self._keeper.store.close_gaps, ended)
                closed += len(ended)
        return Reconciled(added, closed, tuple(failures))

    async def _read(self, resource: Resource, state: State, users: list[str] | GraphError) -> Found:
        path, began = resource.path, state.began
        destination = Destination(self._inbox, self._tenant_id, state.id or "")
        artifacts = artifacts_of(path)
        if began is None:  # the keeper has not come to it yet
            return Found()
        if path == CALL_RECORDS:
            return await self._list(ByList(self._graph, self._keeper.store.lists, began, destination, resource))
        if artifacts is None:
            return Found(failures=[f"{path}: neither a delta nor a list of it is known here"], is_complete=False)
        if not artifacts.needs_organizers:
            users = []
        if isinstance(users, GraphError):
            return Found(failures=[f"{path}: its organizers cannot be found: {users}"], is_complete=False)
        deltas = ByDelta(self._graph, self._store, path, artifacts, began, destination)
        return await deltas.read(users, self._concurrency)

    async def _list(self, records: ByList) -> Found:
        try:
            return Found(added=await records.read(self._keeper.clock()))
        except GraphError as error:
            return Found(failures=[f"{CALL_RECORDS}: {error}"], is_complete=False)


async def _users_of(organizers: Organizers) -> list[str] | GraphError:
    """Return each organizer once, or why they cannot be found."""
    users = organizers() if callable(organizers) else organizers
    try:
        found = [user async for user in users] if isinstance(users, AsyncIterable) else users
    except GraphError as error:
        return error
    return list(dict.fromkeys(found))


async def _sleep(keeper: SubscriptionKeeper, seconds: float, *, wakes: bool) -> None:
    """Sleep, but no longer than until a gap ends."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        await asyncio.sleep(min(left, _SECONDS_BETWEEN))
        if wakes and any(gap.end is not None for gap in await run_in_thread(keeper.gaps)):
            return
