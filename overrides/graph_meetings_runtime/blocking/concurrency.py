"""Work on many items, a limited number at a time."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from inspect import iscoroutine, iscoroutinefunction
from typing import Generic, TypeVar

from graph_meetings_runtime.blocking.waiting import Stop, Stopped, refuse_to_go_on
from graph_meetings_runtime.numeric_arguments import checked_concurrency

T = TypeVar("T")
R = TypeVar("R")


def concurrently(work: Callable[[T], R], items: Iterable[T], *, concurrency: int = 8) -> list[R]:
    """Work on many items in threads, a limited number at a time, and return the results.

    An item is taken when there is room for it, from the `list()` of a builder too.

    Args:
        work: a function, called with an item. It catches the errors that are to stop only that item.
        items: to work on.
        concurrency: how many items are worked on at a time, by this thread and others.

    Returns:
        The results, in the order of the items.

    Raises:
        TypeError: `work` is not a plain function, or `concurrency` is not an integer.
        ValueError: `concurrency` is below 1.
        Exception: the first error that `work` or `items` raises; what else is under way with this client ends at its
            next wait then, and other work is waited for.
    """
    results: dict[int, R] = {}

    def keep(numbered: tuple[int, T]) -> None:
        number, item = numbered
        results[number] = called(work, item, "work")

    require_function(work, "work")
    with _iterating(items) as each:
        for_each(keep, enumerate(each), concurrency)
    return [results[number] for number in range(len(results))]


def for_each(work: Callable[[T], object], items: Iterable[T], concurrency: int) -> None:
    """Work on many items without keeping results.

    Raises:
        TypeError: `concurrency` is not an integer.
        ValueError: `concurrency` is below 1.
        Exception: the first error that `work` or `items` raises; the other threads end at their next wait then.
    """
    if checked_concurrency(concurrency) < 1:
        raise ValueError(f"concurrency must be at least 1, not {concurrency}: it is how many are worked on at a time")
    with _iterating(items) as each:
        _Workers(work, each).run(concurrency)


def require_function(function: object, name: str) -> None:
    """Refuse what cannot be a plain function.

    Raises:
        TypeError: it cannot be called, or is an async function.
    """
    if not callable(function):
        raise TypeError(f"{name} must be a function (`def`), not {function!r}")
    if iscoroutinefunction(function):
        raise _is_async(name)


def called(function: Callable[[T], R], argument: T, name: str) -> R:
    """Call a function of the caller's, and return what it returns.

    Raises:
        TypeError: it is an async function.
    """
    result = function(argument)
    if iscoroutine(result):
        result.close()
        raise _is_async(name)
    return result


def _is_async(name: str) -> TypeError:
    return TypeError(f"{name} must be a plain function: define it with `def`, not `async def`")


@contextmanager
def _iterating(items: Iterable[T]) -> Generator[Iterator[T]]:
    """Iterate over items, and close the iterator at once, because a page may be on its way.

    An iterator that the caller has made stays open.
    """
    iterator = iter(items)
    try:
        yield iterator
    finally:
        close = getattr(iterator, "close", None)
        if iterator is not items and close is not None:
            close()


class _Workers(Generic[T]):
    """Threads that take items from one source, this thread among them."""

    def __init__(self, work: Callable[[T], object], source: Iterator[T]) -> None:
        self._work = work
        self._source = source
        self._turn = threading.Lock()
        self._stop = Stop()
        self._failures: list[BaseException] = []

    def run(self, number: int) -> None:
        threads: list[threading.Thread] = []
        try:
            for _ in range(number - 1):
                thread = threading.Thread(target=copy_context().run, args=(self._work_on_each,), daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # at the exit of the interpreter: those that there are do the work
                    break
                threads.append(thread)
            self._work_on_each()
            _join(threads)
        except BaseException:  # Ctrl-C
            self._stop.set()
            _join(threads)
            raise
        if self._failures:
            raise self._failures[0]
        refuse_to_go_on()  # one of the threads around this one failed

    def _work_on_each(self) -> None:
        try:
            self._stop.run(self._work_until_none_is_left)
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001  raised by the thread that waits for all
            self._failures.append(error)
            self._stop.set()

    def _work_until_none_is_left(self) -> None:
        while True:
            with self._turn:
                refuse_to_go_on()
                try:
                    item = next(self._source)
                except StopIteration:
                    return
            self._work(item)


def _join(threads: Iterable[threading.Thread]) -> None:
    for thread in threads:
        thread.join()
