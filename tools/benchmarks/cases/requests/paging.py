"""Page through recordings over loopback: 100,000 of one user, and those of many users concurrently."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from tools.benchmarks.loopback.clients import BARE, Clients, connected, list_bare, list_ours
from tools.benchmarks.loopback.service import serving, user_with
from tools.benchmarks.measuring.measure import Run, interleaved, seconds_of_each
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.peers import msgraph

_PAGES_ALONE = 100
_PAGES_EACH = 10
_ITEMS_TOGETHER = 50


def rows(settings: Settings) -> Iterator[Row]:
    """Measure items per second, reading two fields of each item."""
    with serving(settings.scaled(1000)) as service, connected(service) as clients:
        yield from _alone(settings, clients)
        yield from _together(settings, clients, 32)
        yield from _together(settings, clients, 64)


def _alone(settings: Settings, clients: Clients) -> Iterator[Row]:
    items = settings.scaled(1000)
    user = user_with(_PAGES_ALONE, items)
    what = f"{_PAGES_ALONE * items:,} recordings, {items:,} on a page"
    metric = Metric("paging.alone", what, "items/s", 1, is_rate=True)
    contenders = _contenders(clients, user, 1, _PAGES_ALONE * items)
    yield from metric.rows(interleaved(contenders, settings.few_rounds))
    # Only two pages: a hundred would take minutes.
    arguments = (clients.service.base_url, user_with(2, items), 2 * items)
    with msgraph.running(settings.peers, "page", *arguments) as sdk:
        if sdk:
            yield from metric.rows(interleaved({"ours": contenders["ours"], **sdk}, settings.few_rounds))


def _together(settings: Settings, clients: Clients, users: int) -> Iterator[Row]:
    items = settings.scaled(_ITEMS_TOGETHER)
    what = f"{users} users at a time, {_PAGES_EACH} pages of {items} each"
    metric = Metric(f"paging.together_{users}", what, "items/s", 1, is_rate=True)
    contenders = _contenders(clients, user_with(_PAGES_EACH, items), users, users * _PAGES_EACH * items)
    yield from metric.rows(interleaved(contenders, settings.rounds))


def _contenders(clients: Clients, user: str, loops: int, items: int) -> dict[str, Run]:
    async def together(one: Callable[[], Awaitable[int]]) -> None:
        counts = await asyncio.gather(*(one() for _ in range(loops)))
        assert sum(counts) == items, f"received {sum(counts)} of {items} items"

    url = clients.service.recordings_url(user)
    return {
        "ours": seconds_of_each(clients.runner, lambda: together(lambda: list_ours(clients.graph, user)), items),
        BARE: seconds_of_each(clients.runner, lambda: together(lambda: list_bare(clients.bare, url)), items),
    }
