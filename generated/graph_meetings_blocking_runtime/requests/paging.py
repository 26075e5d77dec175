# Made by codegen from overrides/graph_meetings_runtime/requests/paging.py; do not edit.
"""Iteration over the items of a collection, across all its pages."""

import os
import threading
from collections.abc import Iterable
from typing import Generic, Self, TypeVar

from graph_meetings_blocking_runtime.requests.page_iterator import PageIterator, Pages
from graph_meetings_runtime.blocking.adapters import RequestAdapter
from graph_meetings_runtime.blocking.guards import IterationGuard
from graph_meetings_runtime.bounds import MAX_EMPTY_PAGES
from graph_meetings_runtime.errors import LinkRefused, MalformedResponse, MetadataLinkRefused
from graph_meetings_runtime.fork import belongs_to_parent
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page
from graph_meetings_runtime.numeric_arguments import checked_max_empty_pages
from graph_meetings_runtime.origin import safe_link
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

M = TypeVar("M", bound=Model)


class Pager(IterationGuard, Generic[M]):
    """Every item of a collection: `for item in pager`, or page by page with `pages()`.

    Each iteration starts again with the first page. Pages are fetched on demand. `for` fetches one page ahead: it
    requests the next page when the second item of the current one is taken, so that taking only the first item
    costs no further request.

    Raises:
        GraphError: while iterating, when a request fails.
        LinkRefused: while iterating, when a next link or the items repeat, or a link leaves the configured origin.

    Warns:
        EmptyPagesWarning: the list was ended after too many empty pages in a row.
    """

    def __init__(
        self,
        adapter: RequestAdapter,
        model: type[M],
        first: GraphRequestInformation,
        *,
        prefetch: bool = True,
        max_empty_pages: int = MAX_EMPTY_PAGES,
    ) -> None:
        self._adapter = adapter
        self._model = model
        self._first = first
        self._prefetch = prefetch
        self._max_empty_pages = checked_max_empty_pages(max_empty_pages)

    def __iter__(self) -> "ItemIterator[M]":
        return ItemIterator(self.pages(), prefetch=self._prefetch)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({request_line(self._first.url, self._adapter.base_url)!r})"

    def pages(self) -> PageIterator[M]:
        """Iterate over the pages, including empty ones, each fetched on demand."""
        return PageIterator(self._adapter, self._model, self._first, max_empty_pages=self._max_empty_pages)


class ItemIterator(IterationGuard, Generic[M]):
    """The items of pages, one after another.

    After a `next` that failed, the next one continues at the same item.

    Args:
        pages: the pages that contain the items.
        items: returned before those of the pages.
        without: the ids of items to leave out.
        prefetch: whether the next page is fetched while the items of this one are handled.
    """

    def __init__(
        self,
        pages: Pages[M],
        *,
        items: list[M] | None = None,
        without: Iterable[str] = (),
        prefetch: bool = False,
    ) -> None:
        self._pages = pages
        self._page: Page[M] | None = None
        self._rest = iter(items or [])
        self._without = frozenset(without)
        self._ahead = pages if prefetch and isinstance(pages, PageIterator) else None
        self._due: PageIterator[M] | None = None
        self._turning = threading.Lock()
        self._process = os.getpid()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> M:
        if self._process != os.getpid():
            raise belongs_to_parent(self)
        if self._due is not None:
            self._due.fetch_ahead()
            self._due = None
        for item in self._rest:
            return item
        while True:
            self._turn_page()
            for item in self._rest:
                self._due = self._ahead
                return item

    def close(self) -> None:
        """Stop the iteration, and any request that is in flight."""
        self._page, self._rest, self._due = None, iter([]), None
        self._pages.close()

    def _turn_page(self) -> None:
        if not self._turning.acquire(blocking=False):
            raise RuntimeError(
                "another thread is waiting for the next item of the same iterator; give each thread its own"
            )
        try:
            if self._page is None:
                self._page = next(self._pages)
        finally:
            self._turning.release()
        items = self._page.value
        if self._without:
            items = [item for item in items if id_of(item) not in self._without]
        self._page, self._rest = None, iter(items)


def expanded(  # noqa: PLR0913  by keyword
    adapter: RequestAdapter,
    model: type[M],
    own_path: GraphRequestInformation,
    *,
    items: list[M],
    embedded: Page[M],
    max_empty_pages: int,
) -> ItemIterator[M]:
    """Iterate over a collection that was expanded within an object, and over its further pages.

    Args:
        adapter: sends the requests.
        model: class of the items.
        own_path: the request for the collection itself, with the headers of all pages.
        items: those that came with the object.
        embedded: the collection within the object as a page: its link, if it has one.
        max_empty_pages: how many pages in a row without new items are followed.
    """
    bound = checked_max_empty_pages(max_empty_pages)
    if _proves_something(items, embedded, adapter.base_url):
        pages = PageIterator(adapter, model, own_path, max_empty_pages=bound, after=embedded)
        return ItemIterator(pages, items=items)
    pages = PageIterator(adapter, model, own_path, max_empty_pages=bound)
    delivered = [found for item in items if (found := id_of(item)) is not None]
    return ItemIterator(pages, items=items, without=delivered, prefetch=not items)


def _proves_something(items: list[M], embedded: Page[M], base_url: str) -> bool:
    """Whether the expanded part of a collection tells how it continues.

    An empty part without a link does not, because the service also expands collections that have items to nothing.
    Neither does a `$metadata#` link, which the service sends in place of a next link.
    """
    try:
        link = embedded.odata_next_link
        if link is None:
            return bool(items)
        safe_link(link, base_url)
    except MetadataLinkRefused:
        return False
    except (LinkRefused, MalformedResponse):
        return True  # raised again when the iteration reaches it, after the items
    return True


def id_of(item: Model) -> str | None:
    """Return the id of an item, or `None` if it has none."""
    value = item.raw.get("id")
    return value if isinstance(value, str) else None
