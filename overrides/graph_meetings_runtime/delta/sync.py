"""Rounds of changes, each item delivered once: `sync(feed, store, handler)`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, Unpack, final

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgspec import Struct

from graph_meetings_runtime.delta.changes import Change, FollowingLink, change_of, link_after
from graph_meetings_runtime.delta.delta_request_builder import DeltaRequestBuilder
from graph_meetings_runtime.delta.delta_store import DeltaStore
from graph_meetings_runtime.errors import LinkRefused
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.requests.query import CollectionOptions, QueryParameters
from graph_meetings_runtime.requests.request_information import GraphRequestInformation
from graph_meetings_runtime.threads import run_in_thread

if TYPE_CHECKING:
    import sqlite3

    from graph_meetings_runtime.delta.stored_feed import StoredFeed

M = TypeVar("M", bound=Model)


@final
class InTransaction(Struct, Generic[M], frozen=True):
    """A handler that writes into the store's own file, in one transaction with what the store writes.

    Args:
        write: gets the new changes of a page, at least one, and the connection to the file. What it writes, the record
            that the changes were delivered, and the link of the next page are committed together or not at all. It is
            a plain function, runs in a thread of its own, and leaves committing to the store. Other writers of the
            file wait for it, for 30 seconds at most.
    """

    write: "Callable[[Sequence[Change[M]], sqlite3.Connection], object]"


class SyncResult(Struct, frozen=True):
    """A round that is complete.

    Args:
        feed: the name of the feed in the store.
        delivered: how many items were delivered as added.
        removed: how many items were delivered as removed.
        skipped: how many came that had been delivered before.
        pages: how many pages came.
        resumed: whether the round was one that an earlier call had begun; what was added since then comes in the next.
        was_reset: whether the service had forgotten the link, so that a full round was begun.
    """

    feed: str
    delivered: int
    removed: int
    skipped: int
    pages: int
    resumed: bool
    was_reset: bool


async def sync(
    feed: DeltaRequestBuilder[M],
    store: DeltaStore,
    handler: Callable[[Change[M]], Awaitable[object]] | InTransaction[M],
    *,
    name: str | None = None,
    request_configuration: RequestConfiguration[QueryParameters] | None = None,
    **options: Unpack[CollectionOptions],
) -> SyncResult:
    """Deliver what was added since the last round, each item once, and complete the round.

    A round that was interrupted, by an exception, a cancellation or the end of the process, goes on with the next call.
    An item is known by its id: it is not delivered again where the service repeats it, nor by the full round that
    follows where the service has forgotten the link. One that was delivered is delivered as removed once, should the
    service say so, and as added where it comes back.

    Args:
        feed: the delta of a collection, as in `sync(meetings.get_all_recordings().delta(), …)`.
        store: remembers what was delivered.
        handler: awaited with each new change, one after another. When it has returned, that is committed before the
            next call: a completed call is not repeated, unless the process ends between its return and the commit, or
            the commit fails. An exception leaves the change undelivered. Or `InTransaction(write)`, without that gap.
        name: of the feed in the store; by default the whole URL of its first request. Needed where that URL changes
            from call to call, as with a date counted from today, or says too little, as `/me` with several users.
        request_configuration: Kiota's form of the options.
        options: as for `changes`; they go into a full round's first request only, its links carry them.

    Raises:
        FeedBusy: the feed is being synced with this store already, by whomever.
        DeltaStoreError: the store failed.
        GraphError: a request failed, or the service answered with something else than changes.
        ValueError: the feed was made by `with_url`, so it has no name.
        Exception: what the handler raised, as it is.

    Source: https://learn.microsoft.com/graph/delta-query-overview
    """
    name = name or _name_of(feed.to_get_request_information(request_configuration, **options))
    base_url = feed.request_adapter.base_url
    found = delivered = removed = pages = 0
    with store.lock(name):
        stored = await run_in_thread(store.open, name)
        try:
            changes = feed.changes(stored.link, resync=True, request_configuration=request_configuration, **options)
        except LinkRefused as error:
            error.hint = f"the store has that link for {name!r}: choose another name for another cloud, or restart it"
            raise
        async for page in changes.pages():
            following = link_after(page, base_url)
            new = await _deliver(stored, [change_of(item) for item in page.value], following, handler)
            found += len(page.value)
            delivered += sum(not change.removed for change in new)
            removed += sum(change.removed for change in new)
            pages += 1
    skipped = found - delivered - removed
    return SyncResult(name, delivered, removed, skipped, pages, stored.is_interrupted, changes.was_reset)


async def _deliver(
    stored: "StoredFeed",
    changes: list[Change[M]],
    following: FollowingLink,
    handler: Callable[[Change[M]], Awaitable[object]] | InTransaction[M],
) -> list[Change[M]]:
    """Deliver a page and move on to the next; gives the changes that were new."""
    if isinstance(handler, InTransaction):
        return await run_in_thread(stored.deliver, changes, following, handler.write)
    new = await run_in_thread(stored.undelivered, changes)
    for change in new:
        await handler(change)
        await run_in_thread(stored.record, [change])
    await run_in_thread(stored.move, following)
    return new


def _name_of(request: GraphRequestInformation) -> str:
    if request.RAW_URL_KEY in request.path_parameters:
        raise ValueError(
            "a builder made by with_url stands for one link; sync the collection's own delta, which finds its links in "
            "the store, or pass a name"
        )
    return request.url
