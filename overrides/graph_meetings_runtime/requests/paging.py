"""Iteration over every page of a collection."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Generic, TypeVar

from kiota_abstractions.request_adapter import RequestAdapter

from graph_meetings_runtime.errors import LinkRefused, MalformedResponse, MetadataLinkRefused
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page, page_factory
from graph_meetings_runtime.origin import safe_link, without_query
from graph_meetings_runtime.requests.request_information import GraphRequestInformation
from graph_meetings_runtime.requests.visited_links import VisitedLinks

M = TypeVar("M", bound=Model)


class Pager(Generic[M]):
    """Every item of a collection: `async for item in pager`, or page by page with `pages()`.

    Each iteration begins anew with the first page. Pages are fetched when they are needed, by `async for` one ahead:
    once a second item of a page is asked for, so that whoever takes only the first one costs no further request.

    Raises:
        GraphError: while iterating, when a request fails.
        LinkRefused: while iterating, when a next link repeats or leaves the configured origin.
    """

    def __init__(
        self, adapter: RequestAdapter, model: type[M], first: GraphRequestInformation, *, prefetch: bool = True
    ) -> None:
        self._adapter = adapter
        self._model = model
        self._first = first
        self._prefetch = prefetch

    async def __aiter__(self) -> AsyncGenerator[M]:
        async with aclosing(self.pages()) as pages:
            upcoming = _Upcoming(pages)
            try:
                while (page := await upcoming.take()) is not None:
                    is_worth_it = self._prefetch and page.odata_next_link is not None
                    for number, item in enumerate(page.value):
                        if number == 1 and is_worth_it:
                            upcoming.fetch()
                        yield item
            finally:
                await upcoming.drop()

    def pages(self) -> AsyncGenerator[Page[M]]:
        """Iterate over the pages, empty ones included, each fetched when it is asked for."""
        return follow(self._adapter, self._model, self._first)


class _Upcoming(Generic[M]):
    """The next page, perhaps on its way already."""

    def __init__(self, pages: AsyncGenerator[Page[M]]) -> None:
        self._pages = pages
        self._task: asyncio.Task[Page[M] | None] | None = None

    def fetch(self) -> None:
        """Begin to fetch it."""
        self._task = asyncio.create_task(self._next())

    async def take(self) -> Page[M] | None:
        """Give it, `None` where the last one was the last."""
        if self._task is None:
            return await self._next()
        page = await self._task
        self._task = None
        return page

    async def drop(self) -> None:
        """Give it up, so that nothing is under way any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _next(self) -> Page[M] | None:
        return await anext(self._pages, None)


async def expanded(
    adapter: RequestAdapter, items: list[M], link: str | None, first: GraphRequestInformation, model: type[M]
) -> AsyncIterator[M]:
    """Iterate over a collection that came expanded within an object, and over its further pages.

    Args:
        adapter: sends the requests.
        items: those that came with the object.
        link: of the next page, as the object has it; `None` where nothing follows.
        first: for the collection's own path with the headers of all pages; asked where the link is a `$metadata#`
            one, as the service prints them here.
        model: class of the items.
    """
    for item in items:
        yield item
    if link is None:
        return
    delivered: set[str | None] = set()
    try:
        request = first.to(safe_link(link, adapter.base_url))
    except MetadataLinkRefused:
        request = first
        delivered = {_id(item) for item in items}
    async for page in follow(adapter, model, request):
        for item in page.value:
            if _id(item) is None or _id(item) not in delivered:
                yield item


def _id(item: Model) -> str | None:
    value = item.raw.get("id")
    return value if isinstance(value, str) else None


async def follow(adapter: RequestAdapter, model: type[M], first: GraphRequestInformation) -> AsyncGenerator[Page[M]]:
    """Fetch a page and every page behind it.

    The next link is followed as the service gave it; the headers of the first request, `Prefer` among them, are sent
    again because no link carries them.
    """
    request = first
    factory = page_factory(model)
    visited = VisitedLinks()
    visited.visit(request.url)
    while True:
        page = await adapter.send_async(request, factory, None)
        if page is None:
            raise MalformedResponse(f"the service answered {without_query(request.url)} with nothing")
        yield page
        next_link = page.odata_next_link
        if next_link is None:
            return
        link = safe_link(next_link, adapter.base_url)
        if visited.visit(link):
            raise LinkRefused(f"the service repeats a next link of {without_query(link)}, so the pages would never end")
        request = first.to(link)
