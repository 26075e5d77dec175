"""Pages, one ahead."""

from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from typing import TypeVar

from graph_meetings_runtime.asynchronous.under_way import UnderWay

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


async def _following(pages: AsyncIterator[P]) -> P | None:
    return await anext(pages, None)
