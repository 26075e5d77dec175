"""Calling functions in threads, with the results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from graph_meetings_runtime.blocking.under_way import UnderWay

T = TypeVar("T")
R = TypeVar("R")


def in_order(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Yield the result of each item, in the order of the items.

    No more items are taken than threads work on, so that memory is bounded even if rows are consumed slowly.

    Args:
        work: called with an item.
        items: to work on.
        threads: the most items that are worked on at a time.

    Raises:
        Exception: whatever `work` raises; the other threads then end at their next wait.
    """
    under_way: deque[UnderWay[R]] = deque()
    try:
        for item in items:
            under_way.append(UnderWay(partial(work, item), is_ahead=True))
            if len(under_way) >= threads:
                yield _result(under_way)
        while under_way:
            yield _result(under_way)
    finally:
        for each in under_way:
            each.stop()


def _result(under_way: deque[UnderWay[R]]) -> R:
    first = under_way.popleft()
    first.wait()
    return first.result()
