"""A service and keepers that have the same clock."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_emulator import Emulator
from graph_meetings_notifications import Recordings, Resource, SubscriptionKeeper

URL = "http://127.0.0.1:9/graph"
Make: TypeAlias = Callable[..., SubscriptionKeeper]


class Clock:
    """The present of the keeper and of the service."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def agree(url: str, token: str) -> None:
    pass


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def emulator(clock: Clock) -> Iterator[Emulator]:
    with Emulator() as running:
        running.tenant.clock = clock
        running.subscriptions.shake_hands = agree
        yield running


@pytest.fixture
async def graph(emulator: Emulator) -> AsyncIterator[GraphMeetingsClient]:
    retry = Retry(attempts=2, first_delay=0.01)
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as client:
        yield client


@pytest.fixture
def make(graph: GraphMeetingsClient, clock: Clock, tmp_path: Path) -> Iterator[Make]:
    """Return what makes a keeper; all of a test have the same store."""
    made: list[SubscriptionKeeper] = []

    def keeper(*resources: Resource, url: str = URL, **options: Any) -> SubscriptionKeeper:
        given = resources or (Recordings.of_tenant(),)
        made.append(SubscriptionKeeper(graph, given, url, store=tmp_path / "notifications.db", clock=clock, **options))
        return made[-1]

    yield keeper
    for each in made:
        each.close()
