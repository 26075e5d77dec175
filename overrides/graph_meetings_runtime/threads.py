"""Calls that wait for the disk, away from the event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


async def run_in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call something in a thread, and stay until it has returned, cancelled or not."""
    return await outcome_of(start_in_thread(call, *args, **kwargs))


def start_in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[R]:
    """Call something in a thread; whoever does so asks for the outcome in the end."""
    context = copy_context()
    return asyncio.get_running_loop().run_in_executor(None, lambda: context.run(call, *args, **kwargs))


async def outcome_of(running: asyncio.Future[R]) -> R:
    """Stay until a call in a thread, or a task, has returned, cancelled or not.

    Otherwise a lock would be given back, or a file closed, while the call still goes on with it.
    """
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        running.exception()  # looked at; the cancellation is what the caller asked for
        raise
