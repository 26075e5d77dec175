"""Both clients as one: what is true of one is true of the other."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from graph_meetings_runtime.http.connections import asynchronous, blocking


@dataclass(frozen=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes


Fetch = Callable[..., list[Answer]]


def fetch_blocking(*urls: str, **options: object) -> list[Answer]:
    """Get URLs one after another, each with the same timeouts."""
    with blocking.GraphHttpClient(trust_env=bool(options.get("trust_env"))) as client:
        responses = [client.send(_request(url, options)) for url in urls]
        return [Answer(response.status_code, response.headers, response.content) for response in responses]


def fetch_asynchronous(*urls: str, **options: object) -> list[Answer]:
    async def fetch() -> list[Answer]:
        async with asynchronous.GraphHttpClient(trust_env=bool(options.get("trust_env"))) as client:
            responses = [await client.send(_request(url, options)) for url in urls]
            return [Answer(response.status_code, response.headers, response.content) for response in responses]

    return asyncio.run(fetch())


def _request(url: str, options: dict[str, object]) -> httpx.Request:
    timeout = options.get("timeout", {"connect": 10.0, "read": 10.0})
    return httpx.Request(f"{options.get('method', 'GET')}", url, extensions={"timeout": timeout})


both = pytest.mark.parametrize("fetch", [fetch_asynchronous, fetch_blocking], ids=["asynchronous", "blocking"])
