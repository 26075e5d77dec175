"""Page through a user's recordings and print the seconds or the peak memory.

Args:
    side: `ours` or `bare`.
    measure: `seconds`, or `memory` in bytes.
    base_url: base URL of the service.
    user: id of the user.
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


def _main(side: str, measure: str, base_url: str, user: str) -> None:
    # Warm up: imports and the first request are not part of the growth.
    asyncio.run(_page_through(side, Service(base_url), user_with(1, 1)))
    began = time.perf_counter()
    asyncio.run(_page_through(side, Service(base_url), user))
    print(peak_memory() if measure == "memory" else time.perf_counter() - began)


if __name__ == "__main__":
    _main(*sys.argv[1:])
