"""A call that is under way while its caller does something else."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class UnderWay(Generic[R]):
    """A call that has been started. It ends when this object is dropped.

    Args:
        call: starts it.
        is_ahead: whether its result is not needed yet; a task runs beside its caller either way.
    """

    def __init__(self, call: Callable[[], Coroutine[Any, Any, R]], *, is_ahead: bool) -> None:
        del is_ahead
        self._task = asyncio.create_task(call())
        self._task.add_done_callback(_retrieve_exception)

    async def wait(self) -> None:
        """Wait until the call has ended. Cancelling that does not cancel the call."""
        await asyncio.wait([self._task])

    def result(self) -> R:
        """Return what the ended call returned, or raise what it raised."""
        return self._task.result()

    async def stop(self) -> None:
        """End the call, and wait for its end."""
        self._task.cancel()
        await asyncio.wait([self._task])

    def __del__(self) -> None:
        if not self._task.done():
            with suppress(RuntimeError):  # the event loop is closed, and the task with it
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)


def _retrieve_exception(task: asyncio.Task[Any]) -> None:
    """Keep asyncio from reporting the error of a request that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
