"""Redirects and challenges: who gets the token, and who only asks for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from azure.core.credentials import AccessToken

from graph_meetings import GraphMeetingsClient, OnlineMeeting, Retry
from graph_meetings_runtime import (
    AuthenticationFailed,
    ContentRequestBuilder,
    LinkRefused,
    MalformedResponse,
    NotFound,
)
from graph_meetings_runtime.models.page import page_factory
from tests.support.credentials import StaticCredential
from tests.support.listener import Listener, assert_no_secrets, listener
from tests.support.raw_server import answer, json_answer, listening, raw_server

ONCE = Retry(attempts=1)
TOKEN = "TOKEN-SECRET"


def content_of(graph: GraphMeetingsClient) -> ContentRequestBuilder:
    return graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content


@pytest.fixture
async def elsewhere() -> AsyncIterator[Listener]:
    async with listener() as state:
        yield state


class CuriousCredential(StaticCredential):
    """Remembers the other arguments of its calls."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.options: list[dict[str, Any]] = []

    async def get_token(self, *scopes: str, claims: str | None = None, **options: Any) -> AccessToken:
        self.options.append(options)
        return await super().get_token(*scopes, claims=claims)


async def test_a_challenge_names_no_authority_and_no_tenant(elsewhere: Listener) -> None:
    credential = CuriousCredential(TOKEN)
    challenge = f'Bearer authorization_uri="{elsewhere.origin}", tenant_id="evil", claims="eyJhIjoxfQ=="'
    async with (
        raw_server(
            answer("401 No", headers=[f"WWW-Authenticate: {challenge}"]), json_answer('{"value": []}')
        ) as server,
        GraphMeetingsClient(credential, base_url=server.base_url, retry=ONCE) as graph,
    ):
        await graph.me.online_meetings.get()
    assert credential.claims == [None, '{"a":1}']
    assert credential.options == [{"tenant_id": None, "enable_cae": True}] * 2
    assert not elsewhere.received


class Counting(StaticCredential):
    """Returns another token each time."""

    async def get_token(self, *scopes: str, claims: str | None = None, **options: Any) -> AccessToken:
        await super().get_token(*scopes, claims=claims, **options)
        await asyncio.sleep(0)  # others get their turn, as with a login service
        return AccessToken(f"{TOKEN}-{len(self.requests)}", int(time.time()) + 3600)


async def test_many_requests_that_are_challenged_at_once_ask_for_one_token() -> None:
    """Else a revoked token costs as many sign-ins as there are requests, one after the other."""
    credential = Counting(TOKEN)
    everyone_is_here = asyncio.Barrier(20)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if f"{TOKEN}-1\r\n" in head:
            await everyone_is_here.wait()
            writer.write(answer("401 No", headers=['WWW-Authenticate: Bearer claims="eyJhIjoxfQ=="']))
        else:
            writer.write(json_answer('{"value": []}'))
        writer.close()

    async with listening(serve) as port, asyncio.timeout(30):
        base_url = f"http://127.0.0.1:{port}/v1.0"
        async with GraphMeetingsClient(credential, base_url=base_url, retry=ONCE) as graph:
            await asyncio.gather(*[graph.me.online_meetings.get() for _ in range(20)])
    assert credential.claims == [None, '{"a":1}']


async def test_a_challenge_from_elsewhere_is_not_answered() -> None:
    credential = StaticCredential(TOKEN)
    challenge = answer("401 No", b'{"error": {"code": "x"}}', ['WWW-Authenticate: Bearer claims="eyJhIjoxfQ=="'])
    async with listener(challenge) as storage:
        away = answer("302 Found", headers=[f"Location: {storage.origin}/x"])
        async with (
            raw_server(away) as server,
            GraphMeetingsClient(credential, base_url=server.base_url, retry=ONCE) as graph,
        ):
            with pytest.raises(AuthenticationFailed):
                await content_of(graph).get()
    assert credential.claims == [None]
    assert storage.received
    assert_no_secrets(storage, TOKEN)


async def test_a_way_back_from_elsewhere_gets_no_token() -> None:
    async with raw_server(answer("200 OK", b"abc")) as server:
        async with listener(answer("302 Found", headers=[f"Location: {server.base_url}/me/messages"])) as storage:
            server.answers.insert(0, answer("302 Found", headers=[f"Location: {storage.origin}/x"]))
            async with GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=ONCE) as graph:
                await content_of(graph).get()
        assert server.headers("Authorization") == [f"Bearer {TOKEN}", None]
        assert_no_secrets(storage, TOKEN)


@pytest.mark.parametrize("place", ["ORIGIN/x", "http://u:pw@127.0.0.1/x", "x"])
async def test_a_request_made_by_hand_does_not_carry_the_token_elsewhere(elsewhere: Listener, place: str) -> None:
    async with raw_server(json_answer("{}")) as server:
        credential = StaticCredential(TOKEN)
        async with GraphMeetingsClient(credential, base_url=server.base_url, retry=ONCE) as graph:
            request = graph.me.online_meetings.to_get_request_information()
            request.url = place.replace("ORIGIN", elsewhere.origin)
            with pytest.raises(LinkRefused, match="may see the token"):
                await graph.request_adapter.send_async(request, page_factory(OnlineMeeting), None)
    assert not credential.scopes
    assert not elsewhere.received


@pytest.mark.parametrize(
    "hops",
    [
        ["http://graph.microsoft.com/x"],
        ["https://storage.example/x", "http://storage.example/x"],
        ["https://storage.example/x", "http://127.0.0.1/x"],
        ["https://graph.microsoft.com/y", "http://graph.microsoft.com/x"],
        ["https://storage.example/x", "//user:pw@graph.microsoft.com/x"],
    ],
)
async def test_no_chain_of_redirects_ends_without_tls(hops: list[str]) -> None:
    asked: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(302, headers={"Location": hops[len(asked) - 1]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(reply)) as mine:
        graph = GraphMeetingsClient(StaticCredential(TOKEN), http_client=mine, retry=ONCE)
        with pytest.raises(LinkRefused):
            await content_of(graph).get()
    assert len(asked) == len(hops)
    for request in asked:
        assert request.url.scheme == "https"
        assert ("Authorization" in request.headers) == (request.url.host == "graph.microsoft.com")


# Redirects that lead nowhere, and what other hosts are asked for


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("headers", [[], ["Location: "]])
async def test_a_redirect_without_a_location_says_so_at_once(status: int, headers: list[str]) -> None:
    nowhere = answer(f"{status} Away", headers=["request-id: 7", *headers])
    async with (
        raw_server(nowhere) as server,
        GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=ONCE) as graph,
    ):
        with pytest.raises(MalformedResponse, match="without a Location header") as caught:
            await content_of(graph).get()
    assert (caught.value.status, caught.value.request_id) == (status, "7")
    assert len(server.requests) == 1


async def test_a_redirect_without_a_location_elsewhere_says_so_at_once() -> None:
    async with listener(answer("302 Found")) as storage:
        away = answer("302 Found", headers=[f"Location: {storage.origin}/x"])
        async with (
            raw_server(away) as server,
            GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=ONCE) as graph,
        ):
            with pytest.raises(MalformedResponse, match="without a Location header") as caught:
                await content_of(graph).get()
    assert caught.value.status == 302
    assert len(storage.received) == 1


@pytest.mark.parametrize("name", ["Accept-Encoding", "accept-encoding"])
async def test_plain_bytes_are_asked_for_whatever_the_callers_headers_say(name: str) -> None:
    async with listener(answer("200 OK", b"abc")) as storage:
        away = answer("302 Found", headers=[f"Location: {storage.origin}/x"])
        async with (
            raw_server(away) as server,
            httpx.AsyncClient(headers={"Accept-Encoding": "br"}) as mine,
            GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, http_client=mine) as graph,
        ):
            assert await content_of(graph).get(headers={name: "gzip"}) == b"abc"
    lines = bytes(storage.received[0]).decode().lower().split("\r\n")
    assert [line for line in lines if line.startswith("accept-encoding")] == ["accept-encoding: identity"]
    assert server.headers("Accept-Encoding") == ["identity"]


async def test_five_redirects_and_one_new_address_are_all_that_a_service_gets() -> None:
    """Each chain leads to an expired address, so the service is asked for a new one."""
    async with raw_server(answer("404 Not Found")) as storage:
        away = answer("302 Found", headers=[f"Location: {storage.base_url}/x"])
        async with raw_server(away) as server:
            again = answer("302 Found", headers=[f"Location: {server.base_url}/again"])
            server.answers[:] = [again, again, again, again, away] * 10
            async with GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=ONCE) as graph:
                with pytest.raises(NotFound):
                    await content_of(graph).get()
    assert (len(server.requests), len(storage.requests)) == (10, 2)
