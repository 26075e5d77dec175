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

    The next item is taken when there is room for it; `items` can be the `list()` of a builder.

    Args:
        work: a function, called with an item. It must catch errors that should not stop the others.
        items: the items to work on.
        concurrency: the most items that are worked on at a time, by this thread and others.

    Returns:
        The results, in the order of the items.

    Raises:
        TypeError: `work` is not a plain function, or `concurrency` is not an integer.
        ValueError: `concurrency` is less than 1.
        Exception: the first error that `work` or `items` raises. Other calls to this client then end at their next
            wait; all other work is waited for.
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
        ValueError: `concurrency` is less than 1.
        Exception: the first error that `work` or `items` raises; the other threads then end at their next wait.
    """
    if checked_concurrency(concurrency) < 1:
        raise ValueError(f"concurrency must be at least 1, not {concurrency}: it is how many are worked on at a time")
    with _iterating(items) as each:
        _Workers(work, each).run(concurrency)


def require_function(function: object, name: str) -> None:
    """Check that a value can be a plain function.

    Raises:
        TypeError: it cannot be called, or is an async function.
    """
    if not callable(function):
        raise TypeError(f"{name} must be a function (`def`), not {function!r}")
    if iscoroutinefunction(function):
        raise _is_async(name)


def called(function: Callable[[T], R], argument: T, name: str) -> R:
    """Call the caller's function, and return its result.

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
    """Iterate over items, and close the iterator immediately, because a page may be in flight.

    An iterator that the caller has created stays open.
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
                except RuntimeError:  # the interpreter is exiting: the threads that have started do the work
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
