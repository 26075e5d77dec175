"""Waiting, and reading a body."""

import asyncio

import httpx


async def sleep(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def let_others_run() -> None:
    """Let other tasks and the deadline have their turn in between."""
    await asyncio.sleep(0)


async def read_body(response: httpx.Response) -> None:
    """Read the body of a response into memory."""
    await response.aread()
