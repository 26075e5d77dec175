"""Requests over loopback: one after another, and many at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import httpx
import msgspec

from benchmarks.measure import Budget, Comparison, Row, interleaved_async
from benchmarks.service import Service, serving
from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import EmulatorCredential

COUNT = 320
AT_A_TIME = 32
PEER = "httpx + msgspec"


def rows() -> Iterator[Row]:
    """Measure GETs of a page of ten meetings."""
    with serving() as service:
        yield from asyncio.run(_measure(service))


async def _measure(service: Service) -> list[Row]:
    decode = msgspec.json.Decoder().decode
    headers = {"Authorization": f"Bearer {service.token}"}
    credential = EmulatorCredential(service.token)
    async with (
        GraphMeetingsClient(credential, base_url=service.base_url) as graph,
        httpx.AsyncClient(headers=headers) as bare,
    ):
        meetings = graph.users.by_user_id(service.organizer).online_meetings

        async def ours() -> object:
            return await meetings.get(top=10)

        async def bare_httpx() -> object:
            response = await bare.get(f"{service.user_url}/onlineMeetings?$top=10")
            return decode(response.content)

        alone = await interleaved_async({"ours": _loop(ours), PEER: _loop(bare_httpx)})
        together = await interleaved_async({"ours": _gather(ours), PEER: _gather(bare_httpx)})
    return [
        Comparison("GET of 10 items, one after another", PEER, Budget(at_least=1)).of_rates(alone, COUNT, "/s"),
        Comparison("GET of 10 items, 32 at a time", PEER, Budget(at_least=3)).of_rates(together, COUNT, "/s"),
    ]


def _loop(get: Callable[[], Awaitable[object]], count: int = COUNT) -> Callable[[], Awaitable[object]]:
    async def run() -> None:
        for _ in range(count):
            await get()

    return run


def _gather(get: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
    return lambda: asyncio.gather(*(_loop(get, COUNT // AT_A_TIME)() for _ in range(AT_A_TIME)))
