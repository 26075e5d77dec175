# Made by codegen from overrides/graph_meetings_runtime/delta/sync.py; do not edit.
"""Rounds of changes, each item delivered once: `sync(feed, store, handler)`."""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final, TypeVar, Unpack

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_blocking_runtime.delta.delta_request_builder import DeltaRequestBuilder
from graph_meetings_runtime.blocking.concurrency import called, require_function
from graph_meetings_runtime.bounds import MAX_EMPTY_PAGES
from graph_meetings_runtime.delta.change import Change, FollowingLink, change_of, link_after, require_ids
from graph_meetings_runtime.delta.delta_store import DeltaStore
from graph_meetings_runtime.delta.sync_result import InTransaction, SyncResult
from graph_meetings_runtime.errors import BadRequest, LinkRefused, MalformedResponse, NotFound, RoundIncomplete
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.requests.query import CollectionOptions, QueryParameters
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

if TYPE_CHECKING:
    from graph_meetings_runtime.delta.stored_feed import StoredFeed

M = TypeVar("M", bound=Model)

# After these errors, the same link may fail in the same way for ever.
_MAY_LAST: Final = (BadRequest, NotFound, LinkRefused, MalformedResponse)


def sync(  # noqa: PLR0913  options, all but three by keyword
    feed: DeltaRequestBuilder[M],
    store: DeltaStore,
    handler: Callable[[Change[M]], object] | InTransaction[M],
    *,
    name: str | None = None,
    max_empty_pages: int = MAX_EMPTY_PAGES,
    request_configuration: RequestConfiguration[QueryParameters] | None = None,
    **options: Unpack[CollectionOptions],
) -> SyncResult:
    """Deliver what has been added since the last round, each item once, and complete the round.

    If an exception or the end of the process interrupts a round, the next call resumes it. Items are
    identified by their ids: an item is not delivered again if the service repeats it, or in the full round that
    follows if the service has forgotten the link. If an item is removed after it was delivered, it is delivered
    once as removed, and as added if it comes back.

    Args:
        feed: the delta of a collection, as in `sync(meetings.get_all_recordings().delta(), …)`.
        store: remembers what has been delivered.
        handler: a function, called with each new change, one after another. After each call, the change is
            recorded as delivered before the next call starts, so a completed call is not repeated unless the process
            ends between its return and the commit, or the commit fails. After an exception, the change counts as
            undelivered. Or `InTransaction(write)`, which closes that gap.
        name: of the feed in the store; by default, the whole URL of its first request. Pass one if that URL changes
            from call to call, as with a date relative to today, or is ambiguous, as `/me` is with several users.
        max_empty_pages: how many pages in a row without new items, because they are empty or repeat items, are followed
            before `RoundIncomplete` is raised.
        request_configuration: the options in Kiota's form.
        options: as for `changes`. They are sent only with the first request of a full round; its links contain them.

    Raises:
        FeedBusy: another sync is using the feed of this store.
        DeltaStoreError: the store failed.
        RoundIncomplete: too many pages in a row had no new items; the next call continues after them.
        GraphError: a request failed, or the service sent something other than changes.
        TypeError: `feed` is not the delta of a collection, or `handler` is not a function.
        ValueError: the feed was made by `with_url`, so it has no name.
        Exception: what the handler raised, as it is.

    Source: https://learn.microsoft.com/graph/delta-query-overview
    """
    _require_arguments(feed, store, handler)
    name = name or _name_of(feed.to_get_request_information(request_configuration, **options))
    base_url = feed.request_adapter.base_url
    found = delivered = removed = pages = 0
    with store.lock(name):
        stored = store.open(name)
        with _hinting_at_stored_link(name):
            changes = feed.changes(
                stored.link,
                resync=True,
                max_empty_pages=max_empty_pages,
                request_configuration=request_configuration,
                **options,
            )
        with closing(changes.pages()) as arriving:
            while True:
                with _hinting(name, is_link_stored=stored.link is not None or pages > 0):
                    page = next(arriving, None)
                    if page is None:
                        break
                    following = link_after(page, base_url)
                    items = [change_of(item) for item in page.value]
                require_ids(items, page.request)
                new = _deliver(stored, items, following, handler)
                found += len(items)
                delivered += sum(not change.removed for change in new)
                removed += sum(change.removed for change in new)
                pages += 1
    skipped = found - delivered - removed
    return SyncResult(name, delivered, removed, skipped, pages, stored.is_interrupted, changes.was_reset)


def _require_arguments(feed: object, store: object, handler: object) -> None:
    if not isinstance(feed, DeltaRequestBuilder):
        raise TypeError(
            f"sync needs the delta of a collection, not {type(feed).__name__}: pass get_all_recordings(…).delta(), "
            "for example"
        )
    if not isinstance(store, DeltaStore):
        raise TypeError(f"sync needs a DeltaStore, such as DeltaStore('meetings.db'), not {store!r}")
    if not isinstance(handler, InTransaction):
        require_function(handler, "the handler")


@contextmanager
def _hinting_at_stored_link(name: str) -> Generator[None]:
    """Add to the error of a link that cannot be followed a hint about the store, where it comes from."""
    try:
        yield
    except LinkRefused as error:
        error.hint = (
            f"the store has that link for the feed {name!r}: choose another name for another cloud, or call "
            "store.restart(name)"
        )
        raise


@contextmanager
def _hinting(name: str, *, is_link_stored: bool) -> Generator[None]:
    """Add to an error of the feed a hint about the store."""
    try:
        yield
    except RoundIncomplete as error:
        error.hint = "sync again later, which resumes this round, or pass a larger max_empty_pages"
        raise
    except _MAY_LAST as error:
        if is_link_stored:
            advice = (
                f"if this error persists, the link that the store has for the feed {name!r} no longer works: "
                "store.restart(name) begins a full round, which delivers only what is new"
            )
            error.hint = f"{error.hint} {advice}" if error.hint else advice
        raise


def _deliver(
    stored: "StoredFeed",
    changes: list[Change[M]],
    following: FollowingLink,
    handler: Callable[[Change[M]], object] | InTransaction[M],
) -> list[Change[M]]:
    """Deliver a page, move on past it, and return the changes that were new."""
    if isinstance(handler, InTransaction):
        return stored.deliver(changes, following, handler.write)
    new = stored.undelivered(changes)
    for change in new:
        called(handler, change, "the handler")
        stored.record([change])
    stored.move(following)
    return new


def _name_of(request: GraphRequestInformation) -> str:
    if request.RAW_URL_KEY in request.path_parameters:
        raise ValueError(
            "a builder made by with_url stands for one link; sync the collection's own delta, which finds its links in "
            "the store, or pass a name"
        )
    return request.url
