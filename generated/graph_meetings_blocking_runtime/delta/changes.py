# Made by codegen from overrides/graph_meetings_runtime/delta/changes.py; do not edit.
"""Changes since an earlier round, by OData's delta query.

Source: https://learn.microsoft.com/graph/delta-query-overview
"""

from typing import Generic, Self, TypeVar
from urllib.parse import urljoin

from graph_meetings_blocking_runtime.requests.page_iterator import PageIterator
from graph_meetings_blocking_runtime.requests.paging import ItemIterator
from graph_meetings_runtime.blocking.adapters import RequestAdapter
from graph_meetings_runtime.blocking.guards import IterationGuard
from graph_meetings_runtime.bounds import MAX_EMPTY_PAGES
from graph_meetings_runtime.delta.change import Change, change_of, link_after
from graph_meetings_runtime.delta.recent_items import RecentItems
from graph_meetings_runtime.errors import DeltaTokenExpired, LinkRefused, NamesRequest
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page
from graph_meetings_runtime.numeric_arguments import checked_max_empty_pages
from graph_meetings_runtime.origin import safe_link
from graph_meetings_runtime.requests.reader import reader_of
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

M = TypeVar("M", bound=Model)


class Changes(IterationGuard, Generic[M]):
    """One round of changes: `for change in changes`.

    The service may send an item several times in a round. It is delivered once, and again only if its content differs
    or after 32,768 other items, so that memory does not grow without bound. Iterating again continues with the item at
    which the last iteration stopped.

    Attributes:
        delta_link: the link for the next round, once this one is complete; `None` before. Store all of it.
        resume_link: while the round is incomplete, the link of the page being delivered; `None` before the first
            response. A round resumed from it loses nothing, but may repeat the items of that page.
        was_reset: whether the service had forgotten the link, so that a full round was started instead.

    Raises:
        DeltaTokenExpired: while iterating, when the service has forgotten the link and `resync` is false.
        RoundIncomplete: while iterating, when too many pages in a row have no new items, because they are empty or
            repeat items; `resume_link` continues after them.
        GraphError: while iterating, when a request fails.
        LinkRefused: while iterating, when a link repeats or leaves the configured origin.
    """

    def __init__(  # noqa: PLR0913  by keyword
        self,
        adapter: RequestAdapter,
        model: type[M],
        full: GraphRequestInformation,
        since: str | None,
        *,
        resync: bool,
        max_empty_pages: int = MAX_EMPTY_PAGES,
    ) -> None:
        self.delta_link: str | None = None
        self.resume_link: str | None = None
        self.was_reset = False
        self._adapter = adapter
        self._model = model
        self._full = full
        self._resync = resync
        self._max_empty_pages = checked_max_empty_pages(max_empty_pages)
        self._delivered = RecentItems()
        with NamesRequest(full, adapter.base_url):
            self._next = full if since is None else full.to(safe_link(since, adapter.base_url, what="since is"))

    def __iter__(self) -> "ChangeIterator[M]":
        return ChangeIterator(self.pages(), self._delivered)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({request_line(self._full.url, self._adapter.base_url)!r})"

    def pages(self) -> "RoundPages[M]":
        """Iterate over the pages as they are sent, with repeated items; for stores that keep a link for each page."""
        return RoundPages(self)

    def fetch(self) -> PageIterator[M]:
        """Return the pages from the current place in the round on; called by `pages()`, again after each reset."""
        return PageIterator(
            self._adapter,
            self._model,
            self._next,
            max_empty_pages=self._max_empty_pages,
            reader=reader_of(self._full),
            is_round=True,
        )

    def advance(self, page: Page[M]) -> None:
        """Move on past a page that has been delivered."""
        following = link_after(page, self._adapter.base_url)
        if following.ends_round:
            self.delta_link, self.resume_link = following.link, None
        else:
            self.resume_link = following.link
            self._next = self._full.to(following.link)

    def reset(self, error: DeltaTokenExpired) -> None:
        """Start a full round, if the caller allows it and this is the first time.

        Raises:
            DeltaTokenExpired: the round must not be started over.
            LinkRefused: the link at which the service wants it to start cannot be followed.
        """
        if not self._resync or self.was_reset:
            raise error
        restart = error.restart_link
        with NamesRequest(error.request):
            link = None if restart is None else _restart_link(restart, self._adapter.base_url)
        self._next = self._full if link is None else self._full.to(link)
        self.was_reset = True
        self.resume_link = None


class RoundPages(IterationGuard, Generic[M]):
    """The pages of a round.

    After a `next` that failed, the next one continues at the same place.

    Args:
        changes: the round, which moves on past a page when the next one is requested.
    """

    def __init__(self, changes: Changes[M]) -> None:
        self._changes = changes
        self._pages: PageIterator[M] | None = None
        self._page: Page[M] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page[M]:
        if self._page is not None:
            self._changes.advance(self._page)
            self._page = None
        while self._changes.delta_link is None:
            self._pages = self._pages or self._changes.fetch()
            try:
                self._page = next(self._pages)
            except DeltaTokenExpired as error:
                self._changes.reset(error)
                self._pages = None
            else:
                return self._page
        raise StopIteration

    def close(self) -> None:
        """Stop the iteration, and any request that is in flight."""
        if self._pages is not None:
            self._pages.close()


class ChangeIterator(IterationGuard, Generic[M]):
    """The changes of a round, one after another, each delivered once.

    After a `next` that failed, the next one continues at the same place.

    Args:
        pages: the pages of the round.
        delivered: remembers what has been delivered.
    """

    def __init__(self, pages: RoundPages[M], delivered: RecentItems) -> None:
        self._items = ItemIterator(pages)
        self._delivered = delivered
        self._latest: tuple[int, int] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Change[M]:
        if self._latest is not None:
            # Only now: if the caller failed to handle the item, it has not been delivered.
            self._delivered.remember(*self._latest)
            self._latest = None
        for item in self._items:
            key, digest = hash(str(item.raw.get("id"))), hash(item.to_json())
            if not self._delivered.has(key, digest):
                self._latest = key, digest
                return change_of(item)
        raise StopIteration

    def close(self) -> None:
        """Stop the iteration, and any request that is in flight."""
        self._items.close()


def _restart_link(location: str, base_url: str) -> str:
    try:
        link = urljoin(base_url, location)
    except ValueError:
        raise LinkRefused("the service wants a full round to begin at a malformed URL") from None
    return safe_link(link, base_url)
