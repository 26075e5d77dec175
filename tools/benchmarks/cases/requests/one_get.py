"""GET a page of ten meetings over loopback, sequentially and concurrently, by both clients, over TLS too."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from tools.benchmarks.loopback.clients import ASYNCHRONOUS, BARE, Clients, bare_get, connected
from tools.benchmarks.loopback.service import Service, serving, serving_encrypted
from tools.benchmarks.measuring.measure import Run, interleaved, seconds_of, seconds_of_each
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.peers import msgraph
from tools.benchmarks.peers.blocking_clients import AT_A_TIME, connected_blocking, in_threads

_ITEMS = 10
_COUNT = 640


def rows(settings: Settings) -> Iterator[Row]:
    """Measure requests per second."""
    count = settings.scaled(_COUNT)
    with serving(1) as service, connected(service) as clients:
        yield from _both(settings, clients, _metric)
        with msgraph.running(settings.peers, "get", service.base_url, count) as sdk:
            if sdk:
                ours = _contenders(clients, lambda get: _loop(get, count), count)["ours"]
                samples = interleaved({"ours": ours, **sdk}, settings.few_rounds)
                yield from _metric("alone", "sequential").rows(samples)
    with serving_encrypted() as service, connected(service) as clients:
        yield from _both(settings, clients, _encrypted_metric)


def _metric(key: str, what: str) -> Metric:
    return Metric(f"one_get.{key}", what, "/s", 1, is_rate=True)


def _encrypted_metric(key: str, what: str) -> Metric:
    return _metric(f"{key}_encrypted", f"{what}, over TLS")


def _both(settings: Settings, clients: Clients, metric: Callable[[str, str], Metric]) -> Iterator[Row]:
    count, each = settings.scaled(_COUNT), settings.scaled(_COUNT // AT_A_TIME)
    alone = _contenders(clients, lambda get: _loop(get, count), count)
    yield from metric("alone", "sequential").rows(interleaved(alone, settings.rounds))
    together = _contenders(clients, lambda get: _gather(get, each), each * AT_A_TIME)
    yield from metric("together", f"{AT_A_TIME} concurrent").rows(interleaved(together, settings.rounds))
    with connected_blocking(clients.service) as blocking:
        gets = blocking.gets(_url(clients.service), _ITEMS)
        runs = {name: seconds_of(get, count) for name, get in gets.items()}
        yield from metric("blocking", "blocking, sequential").rows(interleaved(runs, settings.rounds))
        runs = {name: _in_threads(get, each) for name, get in gets.items()}
        runs[ASYNCHRONOUS] = together["ours"]
        yield from metric("threads", f"blocking, {AT_A_TIME} threads").rows(interleaved(runs, settings.rounds))


_Get = Callable[[], Awaitable[Any]]


def _contenders(clients: Clients, repeated: Callable[[_Get], _Get], count: int) -> Mapping[str, Run]:
    meetings = clients.graph.users.by_user_id("u").online_meetings
    url = _url(clients.service)
    gets: dict[str, _Get] = {"ours": lambda: meetings.get(top=_ITEMS), BARE: lambda: bare_get(clients.bare, url)}
    return {name: seconds_of_each(clients.runner, repeated(get), count) for name, get in gets.items()}


def _url(service: Service) -> str:
    return service.meetings_url(_ITEMS)


def _loop(get: _Get, count: int) -> _Get:
    async def run() -> None:
        for _ in range(count):
            await get()

    return run


def _gather(get: _Get, each: int) -> _Get:
    async def run() -> None:
        await asyncio.gather(*(_loop(get, each)() for _ in range(AT_A_TIME)))

    return run


def _in_threads(get: Callable[[], object], each: int) -> Run:
    run = seconds_of(lambda: in_threads(get, each))
    return lambda: run() / (each * AT_A_TIME)
