# Made by codegen from archive/graph_meetings_archive/feeds/pages.py; do not edit.
"""Pages, one ahead."""

from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from typing import TypeVar

from graph_meetings import MalformedResponse, Page
from graph_meetings_blocking_runtime.requests.paging import Pager
from graph_meetings_runtime.blocking.under_way import UnderWay
from graph_meetings_runtime.models.model import Model

M = TypeVar("M", bound=Model)

P = TypeVar("P")


def each_ahead(pages: Iterator[P]) -> Generator[P]:
    """Iterate over pages, and fetch the next one while one is archived.

    Args:
        pages: of a list or of a round.
    """
    fetching = UnderWay(partial(_following, pages), is_ahead=False)
    try:
        while True:
            fetching.wait()
            page = fetching.result()
            if page is None:
                return
            fetching = UnderWay(partial(_following, pages), is_ahead=True)
            yield page
    finally:
        fetching.stop()


def whole(pager: Pager[M]) -> Generator[Page[M]]:
    """Iterate over the pages of a list, one ahead.

    Raises:
        MalformedResponse: the list ended early, because the service sent too many empty pages in a row.
    """
    last: Page[M] | None = None
    with closing(each_ahead(pager.pages())) as pages:
        for page in pages:
            last = page
            yield page
    if last is not None and last.odata_next_link is not None:
        raise MalformedResponse(
            "the service sent so many empty pages in a row that the rest was not read; the next update tries again",
            request=last.request,
        )


def _following(pages: Iterator[P]) -> P | None:
    return next(pages, None)
