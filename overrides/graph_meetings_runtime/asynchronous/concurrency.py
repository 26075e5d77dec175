"""Work on many items, a limited number at a time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from inspect import isawaitable, iscoroutine
from typing import TypeVar

from graph_meetings_runtime.numeric_arguments import checked_concurrency

T = TypeVar("T")
R = TypeVar("R")


async def concurrently(
    work: Callable[[T], Awaitable[R]], items: Iterable[T] | AsyncIterable[T], *, concurrency: int = 8
) -> list[R]:
    """Work on many items, a limited number at a time, and return the results.

    The next item is taken when there is room for it; `items` can be the `list()` of a builder.

    Args:
        work: an async function, called with an item. It must catch errors that should not stop the others.
        items: the items to work on.
        concurrency: the most items that are worked on at a time.

    Returns:
        The results, in the order of the items.

    Raises:
        TypeError: `work` is not an async function, or `concurrency` is not an integer.
        ValueError: `concurrency` is less than 1.
        Exception: the first error that `work` or `items` raises; everything else is then cancelled.
    """
    results: dict[int, R] = {}

    async def keep(numbered: tuple[int, T]) -> None:
        number, item = numbered
        results[number] = await called(work, item, "work")

    require_function(work, "work")
    async with aclosing(_numbered(items)) as numbered:
        await for_each(keep, numbered, concurrency)
    return [results[number] for number in range(len(results))]


async def for_each(
    work: Callable[[T], Awaitable[object]], items: Iterable[T] | AsyncIterable[T], concurrency: int
) -> None:
    """Work on many items without keeping results.

    Raises:
        TypeError: `concurrency` is not an integer.
        ValueError: `concurrency` is less than 1.
        Exception: the first error that `work` or `items` raises; everything else is then cancelled.
    """
    if checked_concurrency(concurrency) < 1:
        raise ValueError(f"concurrency must be at least 1, not {concurrency}: it is how many are worked on at a time")
    turn = asyncio.Lock()
    try:
        async with aclosing(_each(items)) as source, asyncio.TaskGroup() as workers:
            for _ in range(concurrency):
                workers.create_task(_work(work, source, turn))
    except ExceptionGroup as group:
        # The first error stopped the other workers. The caller need not know that there were several.
        raise group.exceptions[0] from group.exceptions[0].__cause__


def require_function(function: object, name: str) -> None:
    """Check that a value can be an async function; if it turns out to be a plain one, `called` raises.

    Raises:
        TypeError: it cannot be called.
    """
    if iscoroutine(function):
        function.close()
        raise TypeError(f"{name} must be an async function, not the result of calling one: pass it without parentheses")
    if not callable(function):
        raise TypeError(f"{name} must be an async function (`async def`), not {function!r}")


async def called(function: Callable[[T], Awaitable[R]], argument: T, name: str) -> R:
    """Call the caller's async function, and return its result.

    Raises:
        TypeError: it is a plain function.
    """
    result = function(argument)
    if not isawaitable(result):
        raise TypeError(f"{name} must be an async function: define it with `async def`, not `def`")
    return await result


async def _work(work: Callable[[T], Awaitable[object]], source: AsyncIterator[T], turn: asyncio.Lock) -> None:
    """Work until there are no more items. The task group would take no notice if this ended with a cancellation.

    Raises:
        RuntimeError: something else was cancelled, so not all items are done.
    """
    try:
        await _work_on_each(work, source, turn)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise RuntimeError("something that was awaited for an item has been cancelled") from error


async def _work_on_each(work: Callable[[T], Awaitable[object]], source: AsyncIterator[T], turn: asyncio.Lock) -> None:
    """Work on one item after another until there are no more."""
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
            # Now, because a page may be in flight. An iterator that the caller has created stays open.
            close = getattr(iterator, "aclose", None)
            if iterator is not items and close is not None:
                await close()
    else:
        for item in items:
            yield item


async def _numbered(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[tuple[int, T]]:
    number = 0
    async with aclosing(_each(items)) as source:
        async for item in source:
            yield number, item
            number += 1
