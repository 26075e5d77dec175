"""Blocking clients of the service: ours, requests, and bare httpx."""

import os
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
import msgspec
import requests
from requests.adapters import HTTPAdapter

from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_emulator import BlockingEmulatorCredential
from tools.benchmarks.loopback.service import TOKEN, Service
from tools.benchmarks.peers.copies import Copy

REQUESTS: Final = "requests + json"
BLOCKING_HTTPX: Final = "httpx.Client + msgspec"
AT_A_TIME: Final = 32
_HEADERS: Final = {"Authorization": f"Bearer {TOKEN}"}

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class BlockingClients:
    """The clients with open connections.

    Args:
        graph: ours.
        bare: the httpx client.
        session: the session of requests.
    """

    graph: GraphMeetingsClient
    bare: httpx.Client
    session: requests.Session

    def gets(self, url: str, items: int) -> Mapping[str, Callable[[], object]]:
        """Return what gets a page of meetings, for each client.

        Args:
            url: of the page.
            items: on it.
        """
        meetings = self.graph.users.by_user_id("u").online_meetings
        return {
            "ours": lambda: meetings.get(top=items),
            REQUESTS: lambda: self.session.get(url).json(),
            BLOCKING_HTTPX: lambda: _decode(self.bare.get(url).content),
        }

    def copy(self, copy: Copy) -> None:
        """Download with ours."""
        recordings = self.graph.users.by_user_id("u").online_meetings.by_online_meeting_id("m").recordings
        recordings.by_call_recording_id(str(copy.size)).content.download(copy.target)
        copy.check()

    def copy_by_httpx(self, copy: Copy) -> None:
        """Download with httpx as its documentation shows."""
        with self.bare.stream("GET", copy.url) as response, copy.target.open("wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
        copy.check()


@contextmanager
def connected_blocking(service: Service) -> Generator[BlockingClients]:
    """Yield the clients, connected to the service."""
    with (
        GraphMeetingsClient(BlockingEmulatorCredential(TOKEN), base_url=service.base_url) as graph,
        httpx.Client(headers=_HEADERS, trust_env=False, verify=httpx.create_ssl_context()) as bare,
        requests.Session() as session,
    ):
        session.trust_env = False
        session.verify = os.environ.get("SSL_CERT_FILE") or True
        session.headers.update(_HEADERS)
        # As many as the others may open.
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=AT_A_TIME))
        yield BlockingClients(graph, bare, session)


def in_threads(function: Callable[[], object], each: int, threads: int = AT_A_TIME) -> None:
    """Call a function from many threads, so often in each."""

    def repeat(_number: int) -> None:
        for _ in range(each):
            function()

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(repeat, range(threads)):
            pass
