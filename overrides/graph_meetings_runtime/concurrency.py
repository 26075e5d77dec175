"""Something done for each of many, a bounded number at a time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def concurrently(
    work: Callable[[T], Awaitable[R]], items: Iterable[T] | AsyncIterable[T], *, concurrency: int = 8
) -> list[R]:
    """Do something for each of many items, a bounded number at a time, and give what came of it.

    Items are taken when there is room for them, from a `list()` of a builder too.

    Args:
        work: called with an item; catches what is to stop that item only.
        items: what it is done for.
        concurrency: how many are worked on at a time.

    Returns:
        What each gave, in the order of the items.

    Raises:
        ValueError: `concurrency` is below 1.
        Exception: what the first one raised; the others are cancelled then.
    """
    results: dict[int, R] = {}

    async def keep(numbered: tuple[int, T]) -> None:
        number, item = numbered
        results[number] = await work(item)

    async with aclosing(_numbered(items)) as numbered:
        await for_each(keep, numbered, concurrency)
    return [results[number] for number in range(len(results))]


async def for_each(
    work: Callable[[T], Awaitable[object]], items: Iterable[T] | AsyncIterable[T], concurrency: int
) -> None:
    """Do something for each of many items, and keep nothing.

    Raises:
        ValueError: `concurrency` is below 1.
        Exception: what the first one raised; the others are cancelled then.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency is how many are worked on at a time, at least 1, not {concurrency}")
    turn = asyncio.Lock()
    try:
        async with aclosing(_each(items)) as source, asyncio.TaskGroup() as workers:
            for _ in range(concurrency):
                workers.create_task(_work(work, source, turn))
    except ExceptionGroup as group:
        # The first one stopped the others; a caller is not to care that there were several workers.
        raise group.exceptions[0] from None


async def _work(work: Callable[[T], Awaitable[object]], source: AsyncIterator[T], turn: asyncio.Lock) -> None:
    """Take one item after the other, each when the last one is done, until there are no more."""
    while True:
        async with turn:
            try:
                item = await anext(source)
            except StopAsyncIteration:
                return
        await work(item)


async def _each(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T]:
    if isinstance(items, AsyncIterable):
        iterator = aiter(items)
        try:
            async for item in iterator:
                yield item
        finally:
            # Now, as a pager may have a page on its way; what is the caller's own stays open.
            if iterator is not items and isinstance(iterator, AsyncGenerator):
                await iterator.aclose()
    else:
        for item in items:
            yield item


async def _numbered(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[tuple[int, T]]:
    number = 0
    async with aclosing(_each(items)) as source:
        async for item in source:
            yield number, item
            number += 1
