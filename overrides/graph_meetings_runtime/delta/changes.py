"""Changes since the last time, by OData's delta query.

Source: https://learn.microsoft.com/graph/delta-query-overview
"""

from collections.abc import AsyncIterator
from typing import Generic, TypeVar
from urllib.parse import urljoin

from kiota_abstractions.request_adapter import RequestAdapter
from msgspec import Struct

from graph_meetings_runtime.delta.recent_items import RecentItems
from graph_meetings_runtime.errors import DeltaTokenExpired, MalformedResponse
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page
from graph_meetings_runtime.origin import safe_link
from graph_meetings_runtime.requests.paging import follow
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

M = TypeVar("M", bound=Model)


class Change(Struct, Generic[M], frozen=True):
    """One change of a round.

    Args:
        item: what was added or changed; of a removed item the service may send nothing but the id.
        removed: whether it is gone.
        reason: why it is gone, `"deleted"` or `"changed"`, where the service says so.
    """

    item: M
    removed: bool = False
    reason: str | None = None


class FollowingLink(Struct, frozen=True):
    """Where a round goes on after a page.

    Args:
        link: the next link or the delta link; its tokens are kept out of the repr.
        ends_round: whether it is the delta link, with which the next round begins.
    """

    link: str
    ends_round: bool

    def __repr__(self) -> str:
        return f"FollowingLink(ends_round={self.ends_round})"


class Changes(Generic[M]):
    """One round of changes: `async for change in changes`.

    The service may send an item several times in a round; it is delivered once, and again only if it comes with
    other content, or after 32,768 others, for what is remembered does not grow without bound. Iterating again goes on
    with the item at which the last iteration ended.

    Attributes:
        delta_link: once the round is complete, the link for the next one; `None` before. Store the whole of it.
        resume_link: while the round goes on, the link of the page being delivered, `None` before the first answer.
            A round resumed from it loses nothing and may repeat the items of that one page.
        was_reset: whether the service had forgotten the link and a full round was begun instead.

    Raises:
        DeltaTokenExpired: while iterating, when the service has forgotten the link and `resync` is false.
        GraphError: while iterating, when a request fails.
        LinkRefused: while iterating, when a link repeats or leaves the configured origin.
    """

    def __init__(
        self, adapter: RequestAdapter, model: type[M], full: GraphRequestInformation, since: str | None, *, resync: bool
    ) -> None:
        self.delta_link: str | None = None
        self.resume_link: str | None = None
        self.was_reset = False
        self._adapter = adapter
        self._model = model
        self._full = full
        self._resync = resync
        self._delivered = RecentItems()
        self._next = full if since is None else full.to(safe_link(since, adapter.base_url))

    async def __aiter__(self) -> AsyncIterator[Change[M]]:
        async for page in self.pages():
            for item in page.value:
                key, digest = str(item.raw.get("id")), hash(item.to_json())
                if not self._delivered.has(key, digest):
                    yield change_of(item)
                    # Only now: where the caller failed with it, it has not been delivered.
                    self._delivered.remember(key, digest)

    async def pages(self) -> AsyncIterator[Page[M]]:
        """Iterate over the pages as they come, repeated items included; for stores that keep a link for each page."""
        while self.delta_link is None:
            try:
                async for page in follow(self._adapter, self._model, self._next):
                    yield page
                    self._advance(page)
            except DeltaTokenExpired as error:
                self._reset(error)

    def _advance(self, page: Page[M]) -> None:
        following = link_after(page, self._adapter.base_url)
        if following.ends_round:
            self.delta_link, self.resume_link = following.link, None
        else:
            self.resume_link = following.link
            self._next = self._full.to(following.link)

    def _reset(self, error: DeltaTokenExpired) -> None:
        if not self._resync or self.was_reset:
            raise error
        self.was_reset = True
        self.resume_link = None
        restart = error.restart_link
        base_url = self._adapter.base_url
        self._next = self._full if restart is None else self._full.to(safe_link(urljoin(base_url, restart), base_url))


def link_after(page: Page[M], base_url: str) -> FollowingLink:
    """Find out how a round goes on after a page.

    Raises:
        LinkRefused: the page's link leaves the configured origin.
        MalformedResponse: the page has no link.
    """
    if page.odata_next_link is not None:  # more to come, whatever else the page says
        return FollowingLink(safe_link(page.odata_next_link, base_url), ends_round=False)
    if page.odata_delta_link is not None:
        return FollowingLink(safe_link(page.odata_delta_link, base_url), ends_round=True)
    raise MalformedResponse(
        "the page has neither a next link nor a delta link, so the round cannot be completed; with $top the "
        "service is known to leave it out (known issue 22931): leave top out"
    )


def change_of(item: M) -> Change[M]:
    """Tell what an item of a page stands for."""
    removed = item.raw.get("@removed")
    if not isinstance(removed, dict):
        return Change(item)
    reason = removed.get("reason")
    return Change(item, removed=True, reason=reason if isinstance(reason, str) else None)
