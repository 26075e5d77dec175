"""Clients of the service: ours, and bare httpx with a decoder."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import EmulatorCredential
from tools.benchmarks.loopback.service import TOKEN, Service

BARE = "httpx + msgspec"
ASYNCHRONOUS = "the asynchronous client"

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Clients:
    """Both clients with open connections, and their event loop.

    Args:
        runner: runner of the event loop.
        service: the service.
        graph: our client.
        bare: the httpx client.
    """

    runner: asyncio.Runner
    service: Service
    graph: GraphMeetingsClient
    bare: httpx.AsyncClient


@contextmanager
def connected(service: Service) -> Generator[Clients]:
    """Yield both clients, connected to the service."""
    with asyncio.Runner() as runner:
        clients = Clients(runner, service, our_client(service), bare_client())
        try:
            yield clients
        finally:
            runner.run(clients.graph.close())
            runner.run(clients.bare.aclose())


def our_client(service: Service) -> GraphMeetingsClient:
    """Return our client."""
    return GraphMeetingsClient(EmulatorCredential(TOKEN), base_url=service.base_url)


def bare_client() -> httpx.AsyncClient:
    """Return an httpx client that sends the token too."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.AsyncClient(headers=headers, trust_env=False, verify=httpx.create_ssl_context())


async def bare_get(client: httpx.AsyncClient, url: str) -> Any:
    """Fetch a URL and decode the response."""
    response = await client.get(url)
    return _decode(response.content)


async def list_ours(graph: GraphMeetingsClient, user: str) -> int:
    """Iterate over a user's recordings, reading two fields of each; return their number."""
    count = 0
    async for recording in graph.users.by_user_id(user).online_meetings.get_all_recordings().list():
        assert recording.id
        assert recording.meeting_id
        count += 1
    return count


async def list_bare(client: httpx.AsyncClient, url: str) -> int:
    """Do the same with decoded dicts."""
    count = 0
    link: str | None = url
    while link:
        page = await bare_get(client, link)
        for recording in page["value"]:
            assert recording["id"]
            assert recording["meetingId"]
            count += 1
        link = page.get("@odata.nextLink")
    return count
