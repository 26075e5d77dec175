"""Waiting, and reading a body."""

import asyncio
from collections.abc import AsyncIterable


async def sleep(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def let_others_run() -> None:
    """Give other tasks and the deadline a turn."""
    await asyncio.sleep(0)


async def joined(pieces: AsyncIterable[bytes]) -> bytes:
    """Read a body into memory."""
    return b"".join([piece async for piece in pieces])
