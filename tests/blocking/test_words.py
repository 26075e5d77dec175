"""Wrong use is an error that names the right word."""

import asyncio
from typing import Any

import httpx
import pytest
from azure.identity import aio

from graph_meetings.blocking import Change, DeltaStore, GraphMeetingsClient, concurrently, sync
from graph_meetings_emulator import Emulator, EmulatorCredential


async def an_async_function(_: object) -> None:
    """Do nothing."""


def a_plain_one_that_is_not(item: object) -> object:
    return an_async_function(item)


WRONG: list[Any] = [an_async_function, a_plain_one_that_is_not]


def test_a_credential_of_aio_is_refused_with_the_right_one_named() -> None:
    wrong: Any = aio.AzureCliCredential()
    with pytest.raises(TypeError, match=r"is asynchronous .* use azure\.identity\.AzureCliCredential"):
        GraphMeetingsClient(wrong)
    with pytest.raises(TypeError, match=r"such as azure\.identity\.DefaultAzureCredential"):
        GraphMeetingsClient(EmulatorCredential("made-up"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the point


def test_a_client_of_httpx_must_be_a_blocking_one(emulator: Emulator) -> None:
    wrong: Any = httpx.AsyncClient()
    with pytest.raises(TypeError, match=r"http_client must be an httpx\.Client, not AsyncClient"):
        GraphMeetingsClient(emulator.blocking_credential, http_client=wrong)


def test_async_for_is_an_error_that_says_for(graph: GraphMeetingsClient, organizer: str) -> None:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    things: list[Any] = [
        recordings.list(),
        iter(recordings.list()),
        recordings.delta().changes(),
        recordings.list().pages(),
    ]
    for thing in things:
        with pytest.raises(TypeError, match="is blocking: use `for`, not `async for`"):
            aiter(thing)
        with pytest.raises(TypeError, match=r"cannot be awaited: use `for`, or `list\(…\)`"):
            asyncio.run(_await(thing))


def test_a_builder_says_how_it_is_iterated(graph: GraphMeetingsClient) -> None:
    meetings: Any = graph.me.online_meetings
    for word in (iter, aiter):
        with pytest.raises(TypeError, match=r"use `for … in builder\.list\(\)`"):
            word(meetings)
    with pytest.raises(TypeError, match=r"use `builder\.get\(\)` for one page"):
        asyncio.run(_await(meetings))


def test_async_with_is_an_error_that_says_with(graph: GraphMeetingsClient) -> None:
    async def enter() -> None:
        client: Any = graph
        async with client:
            pass

    with pytest.raises(TypeError, match="is blocking: use `with`, not `async with`"):
        asyncio.run(enter())


def test_an_async_function_is_refused(graph: GraphMeetingsClient, organizer: str, tmp_path: Any) -> None:
    feed = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().delta()
    untyped: Any = sync
    with DeltaStore(tmp_path / "x.db") as store:
        for wrong in WRONG:
            with pytest.raises(TypeError, match="define it with `def`, not `async def`"):
                untyped(feed, store, wrong)
        with pytest.raises(TypeError, match=r"the handler must be a function \(`def`\), not None"):
            untyped(feed, store, None)
        seen: list[Change[Any]] = []
        assert sync(feed, store, seen.append).delivered == 12
    for wrong in WRONG:
        with pytest.raises(TypeError, match="work must be a plain function"):
            concurrently(wrong, [1])


async def _await(thing: Any) -> None:
    await thing
