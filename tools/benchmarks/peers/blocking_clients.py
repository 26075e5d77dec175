"""Blocking clients of the service: ours, requests, and bare httpx.

Ours is the connections and the decoder alone, in `BlockingClients.get` and `BlockingClients.copy`.
"""

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

from graph_meetings_runtime.content.part_file import PartFile
from graph_meetings_runtime.content.promise import Promise
from graph_meetings_runtime.http.connections.blocking import GraphHttpClient
from tools.benchmarks.loopback.service import TOKEN
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
        ours: ours.
        bare: the httpx client.
        session: the session of requests.
    """

    ours: GraphHttpClient
    bare: httpx.Client
    session: requests.Session

    def gets(self, url: str) -> Mapping[str, Callable[[], object]]:
        """Return what gets a URL and decodes the response, for each client."""
        return {
            "ours": lambda: self.get(url),
            REQUESTS: lambda: self.session.get(url).json(),
            BLOCKING_HTTPX: lambda: _decode(self.bare.get(url).content),
        }

    def get(self, url: str) -> object:
        """Get a URL with ours, and decode the response."""
        return _decode(self.ours.send(httpx.Request("GET", url, headers=_HEADERS)).content)

    def copy(self, copy: Copy) -> None:
        """Download with ours, and wait until the bytes are on the disk."""
        response = self.ours.send(httpx.Request("GET", copy.url, headers=_HEADERS), stream=True)
        with PartFile(copy.target, "benchmark") as part:
            part.begin(Promise())
            for chunk in response.iter_raw():
                part.write(chunk)
            part.flush()
            part.path.rename(copy.target)
        copy.check()

    def copy_by_httpx(self, copy: Copy) -> None:
        """Download with httpx as its documentation shows."""
        with self.bare.stream("GET", copy.url) as response, copy.target.open("wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
        copy.check()


@contextmanager
def connected_blocking() -> Generator[BlockingClients]:
    """Yield the clients."""
    with (
        GraphHttpClient(trust_env=False) as ours,
        httpx.Client(headers=_HEADERS, trust_env=False, verify=httpx.create_ssl_context()) as bare,
        requests.Session() as session,
    ):
        session.trust_env = False
        session.verify = os.environ.get("SSL_CERT_FILE") or True
        session.headers.update(_HEADERS)
        # As many as the others may open.
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=AT_A_TIME))
        yield BlockingClients(ours, bare, session)


def in_threads(function: Callable[[], object], each: int, threads: int = AT_A_TIME) -> None:
    """Call a function from many threads, so often in each."""

    def repeat(_number: int) -> None:
        for _ in range(each):
            function()

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(repeat, range(threads)):
            pass
