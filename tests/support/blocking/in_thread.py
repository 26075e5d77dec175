"""Servers that run on an event loop, in a thread beside a test that has none."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")
SECONDS = 20.0


@contextmanager
def in_thread(server: AbstractAsyncContextManager[T]) -> Generator[T]:
    """Run a server for the duration of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        started = asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(SECONDS)
        try:
            yield started
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result(SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS)
        loop.close()


async def _end(server: AbstractAsyncContextManager[object]) -> None:
    await server.__aexit__(None, None, None)
    # A client that is still open keeps its connections, and the servers of tests wait for requests on them.
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
