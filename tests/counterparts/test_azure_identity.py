"""azure-identity's own credentials against a local login service: secret and certificate, challenges, refresh."""

import asyncio
import inspect
import logging
import time
import traceback
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import azure.identity
import azure.identity.aio
import pytest

from graph_meetings import AuthenticationFailed, GraphMeetingsClient, Retry
from tests.counterparts.token_endpoint import CHALLENGE, CLAIMS, CLIENT, TENANT, TokenEndpoint, token_endpoint
from tests.support.certificates import Authority
from tests.support.raw_server import RawServer, json_answer, raw_server

pytestmark = pytest.mark.long

HOUR = 3600
EMPTY = json_answer('{"value": []}')


@pytest.fixture
def login(authority: Authority) -> Iterator[TokenEndpoint]:
    with token_endpoint(authority.issue("127.0.0.1")) as running:
        yield running


@pytest.fixture(params=["sync secret", "aio secret", "sync certificate", "aio certificate"])
async def credential(request: pytest.FixtureRequest, login: TokenEndpoint, authority: Authority) -> AsyncIterator[Any]:
    """Each kind of credential; it trusts the authority and nobody else."""
    kind, _, proof = request.param.partition(" ")
    module: Any = azure.identity.aio if kind == "aio" else azure.identity
    options: dict[str, Any] = {
        "authority": login.authority,
        "disable_instance_discovery": True,
        "connection_verify": str(authority.path),
        "retry_total": 0,
    }
    if proof == "secret":
        made = module.ClientSecretCredential(TENANT, CLIENT, "CLIENT-SECRET", **options)
    else:
        made = module.CertificateCredential(TENANT, CLIENT, str(authority.issue("client.example")), **options)
    yield made
    closed = made.close()
    if inspect.isawaitable(closed):
        await closed


@contextmanager
def later(seconds: float) -> Generator[None]:
    """Let it be later for the duration of the block, for this client and for azure-identity."""
    now = time.time
    with patch("time.time", lambda: now() + seconds):
        yield


async def ask(server: RawServer, credential: Any, times: int = 1) -> None:
    """Ask the service with a new client."""
    async with GraphMeetingsClient(credential, base_url=server.base_url, retry=Retry(attempts=1)) as graph:
        for _ in range(times):
            await graph.me.online_meetings.get()


async def test_the_token_is_asked_for_once_for_graph_and_with_continuous_evaluation(
    login: TokenEndpoint, credential: Any
) -> None:
    async with raw_server(EMPTY) as server:
        await ask(server, credential, times=3)
    assert server.headers("Authorization") == [f"Bearer {login.token(0)}"] * 3
    (form,) = login.requests
    assert "https://graph.microsoft.com/.default" in form["scope"].split()
    assert (form["grant_type"], form["client_id"]) == ("client_credentials", CLIENT)
    assert login.claims() == [{"access_token": {"xms_cc": {"values": ["CP1"]}}}]
    if "client_secret" in form:
        assert form["client_secret"] == "CLIENT-SECRET"
    else:
        ((head, body),) = login.assertions()
        assert head.keys() >= {"alg", "x5t#S256"} or head.keys() >= {"alg", "x5t"}
        assert (body["iss"], body["sub"]) == (CLIENT, CLIENT)
        assert body["aud"].startswith(f"{login.authority}/{TENANT}/")


async def test_a_claims_challenge_brings_a_second_token_with_the_claims(login: TokenEndpoint, credential: Any) -> None:
    async with raw_server(CHALLENGE, EMPTY) as server:
        await ask(server, credential, times=2)
    assert server.headers("Authorization") == [f"Bearer {login.token(number)}" for number in (0, 1, 1)]
    claims = login.claims()
    assert len(claims) == 2
    assert claims[1] is not None
    assert claims[1]["access_token"] == CLAIMS["access_token"] | {"xms_cc": {"values": ["CP1"]}}


async def test_many_requests_that_are_challenged_at_once_cost_one_sign_in(
    login: TokenEndpoint, credential: Any
) -> None:
    def refuse_the_first(head: str) -> bytes:
        return CHALLENGE if f"{login.token(0)}\r\n" in head else EMPTY

    async with (
        raw_server(refuse_the_first) as server,
        GraphMeetingsClient(credential, base_url=server.base_url, retry=Retry(attempts=1)) as graph,
    ):
        await asyncio.gather(*[graph.me.online_meetings.get() for _ in range(20)])
    assert len(login.requests) == 2


async def test_a_challenge_that_no_token_satisfies_ends(login: TokenEndpoint, credential: Any) -> None:
    async with raw_server(CHALLENGE) as server:
        with pytest.raises(AuthenticationFailed) as caught:
            await ask(server, credential)
    assert 1 < len(login.requests) == len(server.requests) <= 3
    assert "TOKEN-SECRET" not in "".join(traceback.format_exception(caught.value))


async def test_a_token_is_replaced_when_the_login_service_says_and_not_only_before_it_expires(
    login: TokenEndpoint, credential: Any
) -> None:
    login.lifetime, login.refresh_in = 24 * HOUR, 12 * HOUR
    async with (
        raw_server(EMPTY) as server,
        GraphMeetingsClient(credential, base_url=server.base_url, retry=Retry(attempts=1)) as graph,
    ):
        await graph.me.online_meetings.get()
        with later(11 * HOUR):
            await graph.me.online_meetings.get()
        with later(13 * HOUR):
            await graph.me.online_meetings.get()
            await graph.me.online_meetings.get()
    assert server.headers("Authorization") == [f"Bearer {login.token(number)}" for number in (0, 0, 1, 1)]


async def test_a_login_service_that_fails_at_refresh_costs_nothing_while_the_token_lasts(
    login: TokenEndpoint, credential: Any
) -> None:
    login.lifetime, login.refresh_in = 24 * HOUR, 12 * HOUR
    async with (
        raw_server(EMPTY) as server,
        GraphMeetingsClient(credential, base_url=server.base_url, retry=Retry(attempts=1)) as graph,
    ):
        await graph.me.online_meetings.get()
        login.error = "temporarily_unavailable"
        with later(13 * HOUR):
            for _ in range(5):
                await graph.me.online_meetings.get()
    assert server.headers("Authorization") == [f"Bearer {login.token(0)}"] * 6
    assert len(login.requests) == 2


async def test_a_refused_sign_in_is_azures_message_without_the_secret(
    login: TokenEndpoint, credential: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "graph_meetings")
    login.error = "invalid_client"
    async with raw_server(EMPTY) as server:
        with pytest.raises(AuthenticationFailed, match="AADSTS7000215: Invalid client secret provided") as caught:
            await ask(server, credential)
    assert not server.requests
    assert "CLIENT-SECRET" not in "".join(traceback.format_exception(caught.value)) + caplog.text


async def test_a_login_service_that_is_gone_is_said() -> None:
    credential = azure.identity.aio.ClientSecretCredential(
        TENANT,
        CLIENT,
        "CLIENT-SECRET",
        authority="https://127.0.0.1:1",
        retry_total=0,
    )
    async with raw_server(EMPTY) as server, credential:
        with pytest.raises(AuthenticationFailed, match="the credential returned no token") as caught:
            await ask(server, credential)
    assert "CLIENT-SECRET" not in str(caught.value)
