"""A lock that several event loops can use, one after another."""

import asyncio
from typing import Self


class Lock:
    """A lock for the tasks of one event loop: `async with lock.held(): …`.

    Once a task has waited for it, an `asyncio.Lock` is bound to that task's loop. This one is not.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def held(self) -> Self:
        """Return a context that holds the lock."""
        return self

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._lock = loop, asyncio.Lock()
        await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()
