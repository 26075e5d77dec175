"""aiohttp's sessions, each with a connection pool and bound to an event loop."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Final

import aiohttp

_CHUNK_SIZE: Final = 1 << 18
_LONGEST_HEADER: Final = 1 << 16
_KEEP_ALIVE: Final = 30.0


class SentTwice(aiohttp.ClientError):
    """aiohttp was about to resend a request to which there was no response."""


class Session:
    """A session that is opened by the first request of an event loop.

    Args:
        is_for_reading: whether aiohttp may silently resend a request. Otherwise each request has a new connection,
            because the service may close an idle one while the request is in flight, and none is resent.
    """

    def __init__(self, *, is_for_reading: bool) -> None:
        self._is_for_reading = is_for_reading
        self._session: aiohttp.ClientSession | None = None
        self._opened: AsyncGenerator[aiohttp.ClientSession] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def here(self) -> aiohttp.ClientSession:
        """Return the session of the running event loop.

        Raises:
            RuntimeError: the session belongs to another event loop that still exists.
        """
        loop = asyncio.get_running_loop()
        if self._session is not None and self._loop is loop and not self._session.closed:
            return self._session
        if self._opened is not None and self._loop is not None:
            if self._loop is not loop and not self._loop.is_closed():
                raise RuntimeError(
                    "the client is in use in another event loop; create a client in each, with `async with`"
                )
            await self._opened.aclose()
        self._opened, self._loop = _open_session(is_for_reading=self._is_for_reading), loop
        self._session = await anext(self._opened)
        return self._session

    async def aclose(self) -> None:
        """Close the pool."""
        if self._opened is not None:
            await self._opened.aclose()


async def _open_session(*, is_for_reading: bool) -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a connection pool until its event loop ends.

    This is a generator because `asyncio.run` closes generators at its end, when connections can still be closed
    properly. A client that outlives its loop can open new ones in the next.
    """
    if is_for_reading:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE)
    else:
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        read_bufsize=_CHUNK_SIZE,
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
        trace_configs=None if is_for_reading else [_one_connection_each()],
    ) as session:
        yield session


def _one_connection_each() -> aiohttp.TraceConfig:
    """Let each request open only one connection: aiohttp resends requests of some methods if there is no response."""
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_start.append(_count_connection)
    return tracing


async def _count_connection(session: aiohttp.ClientSession, context: SimpleNamespace, parameters: object) -> None:
    del session, parameters
    if vars(context).get("has_connection"):
        raise SentTwice("the connection ended before the response")
    context.has_connection = True
