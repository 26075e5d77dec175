"""A call in progress while its caller does something else."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class UnderWay(Generic[R]):
    """A call that has been started. It is cancelled when this object is garbage-collected.

    Args:
        call: starts it.
        is_ahead: whether the result is not needed yet; ignored, because a task always runs beside its caller.
    """

    def __init__(self, call: Callable[[], Coroutine[Any, Any, R]], *, is_ahead: bool) -> None:
        del is_ahead
        self._task = asyncio.create_task(call())
        self._task.add_done_callback(_retrieve_exception)

    async def wait(self) -> None:
        """Wait until the call has ended. Cancelling the wait does not cancel the call."""
        await asyncio.wait([self._task])

    def result(self) -> R:
        """Return the result of the finished call, or raise its error."""
        return self._task.result()

    async def stop(self) -> None:
        """Cancel the call, and wait until it has ended."""
        self._task.cancel()
        await asyncio.wait([self._task])

    def __del__(self) -> None:
        if not self._task.done():
            with suppress(RuntimeError):  # the event loop is closed, and so is the task
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)


def _retrieve_exception(task: asyncio.Task[Any]) -> None:
    """Retrieve the error of a request that nobody waits for, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()
