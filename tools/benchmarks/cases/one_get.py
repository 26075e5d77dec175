"""GET a page of ten meetings over loopback, sequentially and concurrently."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from tools.benchmarks.loopback.clients import BARE, Clients, bare_get, connected
from tools.benchmarks.loopback.service import serving
from tools.benchmarks.measuring.measure import Run, interleaved, seconds_of_each
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.peers import msgraph

_COUNT = 640
_AT_A_TIME = 32


def rows(settings: Settings) -> Iterator[Row]:
    """Measure requests per second."""
    count = settings.scaled(_COUNT)
    with serving(1) as service, connected(service) as clients:
        alone = _contenders(clients, lambda get: _loop(get, count), count)
        metric = Metric("one_get.alone", "sequential", "/s", 1, is_rate=True)
        yield from metric.rows(interleaved(alone, settings.rounds))
        with msgraph.running(settings.peers, "get", service.base_url, count) as sdk:
            if sdk:
                yield from metric.rows(interleaved({"ours": alone["ours"], **sdk}, settings.few_rounds))
        each = settings.scaled(_COUNT // _AT_A_TIME)
        together = _contenders(clients, lambda get: _gather(get, each), each * _AT_A_TIME)
        metric = Metric("one_get.together", f"{_AT_A_TIME} concurrent", "/s", 1, is_rate=True)
        yield from metric.rows(interleaved(together, settings.rounds))


_Get = Callable[[], Awaitable[Any]]


def _contenders(clients: Clients, repeated: Callable[[_Get], _Get], count: int) -> Mapping[str, Run]:
    meetings = clients.graph.users.by_user_id("u").online_meetings
    url = clients.service.meetings_url(10)
    gets: dict[str, _Get] = {"ours": lambda: meetings.get(top=10), BARE: lambda: bare_get(clients.bare, url)}
    return {name: seconds_of_each(clients.runner, repeated(get), count) for name, get in gets.items()}


def _loop(get: _Get, count: int) -> _Get:
    async def run() -> None:
        for _ in range(count):
            await get()

    return run


def _gather(get: _Get, each: int) -> _Get:
    async def run() -> None:
        await asyncio.gather(*(_loop(get, each)() for _ in range(_AT_A_TIME)))

    return run
