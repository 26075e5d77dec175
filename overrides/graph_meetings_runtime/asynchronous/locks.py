"""A lock that every event loop may use, one loop after the other."""

import asyncio
from typing import Self


class Lock:
    """A lock for the tasks of one event loop: `async with lock.held(): …`.

    Once waited for, a lock of asyncio belongs to the loop that it was waited for in. This one does not.
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
