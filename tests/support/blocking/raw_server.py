"""The same as `tests.support.raw_server`, for tests without an event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

from tests.support import raw_server as asynchronous
from tests.support.blocking.in_thread import in_thread
from tests.support.raw_server import RawServer, answer, json_answer

__all__ = ["RawServer", "answer", "json_answer", "listening", "raw_server"]


@contextmanager
def raw_server(*answers: bytes | Callable[[str], bytes]) -> Generator[RawServer]:
    """Run a server for the duration of the block."""
    with in_thread(asynchronous.raw_server(*answers)) as state:
        yield state


@contextmanager
def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> Generator[int]:
    """Accept connections on loopback for the duration of the block; yield the port."""
    with in_thread(asynchronous.listening(serve)) as port:
        yield port
