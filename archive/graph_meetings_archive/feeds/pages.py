"""Pages, one ahead."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from graph_meetings import MalformedResponse, Page
from graph_meetings_runtime.asynchronous.under_way import UnderWay
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.requests.paging import Pager

M = TypeVar("M", bound=Model)

P = TypeVar("P")


async def each_ahead(pages: AsyncIterator[P]) -> AsyncGenerator[P]:
    """Iterate over pages, and fetch the next one while one is archived.

    Args:
        pages: of a list or of a round.
    """
    fetching = UnderWay(partial(_following, pages), is_ahead=False)
    try:
        while True:
            await fetching.wait()
            page = fetching.result()
            if page is None:
                return
            fetching = UnderWay(partial(_following, pages), is_ahead=True)
            yield page
    finally:
        await fetching.stop()


async def whole(pager: Pager[M]) -> AsyncGenerator[Page[M]]:
    """Iterate over the pages of a list, one ahead.

    Raises:
        MalformedResponse: the list ended early, because the service sent too many empty pages in a row.
    """
    last: Page[M] | None = None
    async with aclosing(each_ahead(pager.pages())) as pages:
        async for page in pages:
            last = page
            yield page
    if last is not None and last.odata_next_link is not None:
        raise MalformedResponse(
            "the service sent so many empty pages in a row that the rest was not read; the next update tries again",
            request=last.request,
        )


async def _following(pages: AsyncIterator[P]) -> P | None:
    return await anext(pages, None)
