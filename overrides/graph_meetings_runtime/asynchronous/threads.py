"""Blocking calls in threads, away from the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


async def run_in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a call in a thread, and wait until it has returned, even when cancelled."""
    return await outcome_of(start_in_thread(call, *args, **kwargs))


def start_in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[R]:
    """Start a call in a thread; the caller must await `outcome_of` it."""
    context = copy_context()
    return asyncio.get_running_loop().run_in_executor(
        None, lambda: context.run(called_in_thread, call, *args, **kwargs)
    )


async def outcome_of(running: asyncio.Future[R]) -> R:
    """Wait until a call in a thread, or a task, has returned, even when cancelled.

    Otherwise a lock would be released, or a file closed, while the call still uses it.
    """
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        running.exception()  # mark it as retrieved; the caller gets the cancellation
        raise


def called_in_thread(call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function so that what it raises is not mistaken for the end of the coroutine that waits for it.

    Raises:
        RuntimeError: the call raised what ends an iteration or a task. Without this, Python 3.11 would wait for ever.
    """
    try:
        return call(*args, **kwargs)
    except (StopIteration, CancelledError, asyncio.CancelledError) as error:
        raise RuntimeError(f"a call in a thread raised {type(error).__name__}") from error
