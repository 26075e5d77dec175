# Made by codegen from overrides/graph_meetings_runtime/requests/page_iterator.py; do not edit.
"""Iteration over pages that can be resumed after an error."""

import os
from contextlib import suppress
from functools import partial
from typing import Generic, Protocol, Self, TypeVar

from graph_meetings_runtime.blocking.adapters import RequestAdapter
from graph_meetings_runtime.blocking.guards import IterationGuard
from graph_meetings_runtime.blocking.under_way import UnderWay
from graph_meetings_runtime.errors import (
    EmptyPagesWarning,
    LinkRefused,
    MalformedResponse,
    NamesRequest,
    RoundIncomplete,
)
from graph_meetings_runtime.fork import belongs_to_parent
from graph_meetings_runtime.log import LOG, path_for_log
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page, page_factory, remember_request
from graph_meetings_runtime.origin import safe_link, without_query
from graph_meetings_runtime.requests.page_progress import PageProgress
from graph_meetings_runtime.requests.reader import reader_of, remember_reader
from graph_meetings_runtime.requests.request_information import GraphRequestInformation, empty_response
from graph_meetings_runtime.requests.visited_links import VisitedLinks
from graph_meetings_runtime.warn import warn_caller

M = TypeVar("M", bound=Model)


class Pages(Protocol[M]):
    """An iterator over pages, which can be closed."""

    def __iter__(self) -> Self:
        """Return itself."""
        ...

    def __next__(self) -> Page[M]:
        """Return the next page."""
        ...

    def close(self) -> None:
        """Stop the iteration."""
        ...


class PageIterator(IterationGuard, Generic[M]):
    """The pages of a collection, each fetched on demand.

    After a `next` that failed, the next one requests the same page again.

    Next links are followed as the service sends them. The headers of the first request, including `Prefer`, are sent
    for every page, because links do not contain them.

    Args:
        adapter: sends the requests.
        model: class of the items.
        first: the request for the first page.
        max_empty_pages: how many pages in a row without new items are followed.
        after: a page that has already been received; the iteration starts with the page after it.
        reader: the user under whose path the items are read, if `first` does not say.
        is_round: whether the pages are a delta round, which must end with a delta link.

    Raises:
        GraphError: while iterating, when a request fails.
        LinkRefused: while iterating, when a next link or the items repeat, or a link leaves the configured origin.
        RoundIncomplete: while iterating, when too many pages of a round in a row have no new items.

    Warns:
        EmptyPagesWarning: the list was ended after too many empty pages in a row.
    """

    def __init__(  # noqa: PLR0913  by keyword
        self,
        adapter: RequestAdapter,
        model: type[M],
        first: GraphRequestInformation,
        *,
        max_empty_pages: int,
        after: Page[M] | None = None,
        reader: str | None = None,
        is_round: bool = False,
    ) -> None:
        self._adapter = adapter
        self._factory = page_factory(model)
        self._first = first
        self._reader = reader or reader_of(first)
        self._progress = PageProgress(max_empty_pages)
        self._is_round = is_round
        self._request = first if after is None else None
        self._last = after
        self._fetching: UnderWay[Page[M] | None] | None = None
        self._process = os.getpid()
        self._visited = VisitedLinks()
        if after is None:
            self._visited.visit(first.url)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page[M]:
        while (fetching := self._started(is_ahead=False)) is not None:
            fetching.wait()
            if self._fetching is fetching:
                self._fetching = None
                return self._received(fetching.result())
        raise StopIteration

    def fetch_ahead(self) -> None:
        """Start fetching the next page, if there is one. If its link is refused, the next `next` raises the error."""
        with suppress(LinkRefused, MalformedResponse, RoundIncomplete):
            self._started(is_ahead=True)

    def close(self) -> None:
        """Stop the iteration, and any request that is in flight."""
        self._request = self._last = None
        fetching, self._fetching = self._fetching, None
        if fetching is not None:
            fetching.stop()

    def _started(self, *, is_ahead: bool) -> UnderWay[Page[M] | None] | None:
        """Return the request in flight for the next page, starting it if necessary; `None` after the last page."""
        if self._process != os.getpid():
            raise belongs_to_parent(self)
        if self._fetching is None and (request := self._next_request()) is not None:
            # It does not refer to this iterator, so that the iterator can be garbage-collected while it runs.
            send = partial(self._adapter.send, request, self._factory, None)
            self._fetching = UnderWay(send, is_ahead=is_ahead)
        return self._fetching

    def _next_request(self) -> GraphRequestInformation | None:
        if self._request is None and self._last is not None:
            with NamesRequest(self._last.request):
                self._request = self._request_after(self._last)
        return self._request

    def _request_after(self, page: Page[M]) -> GraphRequestInformation | None:
        next_link = page.odata_next_link
        if next_link is None:
            return None
        link = safe_link(next_link, self._adapter.base_url)
        if self._progress.has_ended:
            self._end_without_progress(link)
            return None
        if self._visited.visit(link):
            raise LinkRefused(f"the service repeats a next link of {without_query(link)}; its pages would never end")
        return self._first.to(link)

    def _received(self, page: Page[M] | None) -> Page[M]:
        request = self._request or self._first
        if page is None:
            raise empty_response(request, self._adapter.base_url)
        remember_request(page, request, self._adapter.base_url)
        remember_reader(page, self._reader)
        self._request = None
        self._last = page
        self._progress.count(page.raw.get("value"))
        return page

    def _end_without_progress(self, link: str) -> None:
        text = f"{self._progress}"
        if self._is_round:
            raise RoundIncomplete(
                f"the service sent {text}, for {without_query(self._first.url)}, and no delta link", resume_link=link
            )
        if self._progress.is_repeating:  # an error, as for a repeated link: there is no telling what is missing
            raise LinkRefused(
                f"the service sent {text}, for {without_query(self._first.url)}; they would never end: pass a larger "
                "max_empty_pages to follow more"
            )
        self._last = None
        LOG.warning("GET %s: %s; the list ends here", path_for_log(self._first.url), text)
        warn_caller(
            f"the list of {without_query(self._first.url)} ends after {text}: the service is known to do that "
            "for ever; pass a larger max_empty_pages to follow more",
            EmptyPagesWarning,
        )
