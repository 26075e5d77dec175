"""Pages through a user's recordings in a process of its own, and prints the seconds or the most memory that it took.

Args:
    side: `ours` or `bare`.
    figure: `seconds` or `memory`, in bytes.
    base_url: of the service.
    user: whose recordings.
"""

import asyncio
import sys
import time

from tools.benchmarks.loopback.clients import bare_client, list_bare, list_ours, our_client
from tools.benchmarks.loopback.service import Service, user_with
from tools.benchmarks.measuring.processes import peak_memory


async def _page_through(side: str, service: Service, user: str) -> None:
    if side == "ours":
        async with our_client(service) as graph:
            await list_ours(graph, user)
    else:
        async with bare_client() as client:
            await list_bare(client, service.recordings_url(user))


def _main(side: str, figure: str, base_url: str, user: str) -> None:
    # What is imported and made with the first request is no part of what grows.
    asyncio.run(_page_through(side, Service(base_url), user_with(1, 1)))
    began = time.perf_counter()
    asyncio.run(_page_through(side, Service(base_url), user))
    print(peak_memory() if figure == "memory" else time.perf_counter() - began)


if __name__ == "__main__":
    _main(*sys.argv[1:])
