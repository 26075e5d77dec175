"""The client's arguments: numbers where they are meant, and a clear error at once for what is wrong."""

from typing import Any

import httpx
import pytest
from azure.core.credentials import AccessToken

from graph_meetings import Cloud, GraphMeetingsClient, Retry, Timeout
from graph_meetings.beta import GraphMeetingsClient as BetaClient
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import ConnectionFailed, ServiceUnavailable
from graph_meetings_runtime.client.arguments import retry_of, scopes_of
from graph_meetings_runtime.client.http_client import timeout_of
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, raw_server

SECRET = "eyJ0.secret"


@pytest.mark.parametrize("client", [GraphMeetingsClient, BetaClient])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"credential": None}, "credential of azure-identity, such as DefaultAzureCredential.*, not None"),
        ({"credential": SECRET}, "credential of azure-identity, such as DefaultAzureCredential.*, not str"),
        ({"credential": StaticCredential}, r"write StaticCredential\(\) instead of StaticCredential"),
        ({"cloud": "usgov"}, r"cloud must be one of Cloud\.GLOBAL, Cloud\.US_GOV_L4, .*, not 'usgov'"),
        ({"cloud": None}, r"cloud must be one of Cloud\.GLOBAL"),
        ({"base_url": 8080}, "base_url must be a string such as .*, not int"),
        ({"http_client": httpx.Client}, r"http_client must be an httpx\.AsyncClient"),
        ({"retry": "3"}, "retry must be a Retry or an integer, the number of attempts, not '3'"),
        ({"retry": 2.5}, "retry must be a Retry or an integer"),
        ({"retry": True}, "retry must be a Retry or an integer"),
        ({"timeout": "5"}, "timeout must be a Timeout or a number, the total of a request in seconds, not '5'"),
        ({"timeout": httpx.Timeout(5)}, "timeout must be a Timeout or a number"),
        ({"timeout": False}, "timeout must be a Timeout or a number"),
        ({"concurrency": "4"}, "concurrency must be an integer, not '4'"),
        ({"concurrency": 4.0}, r"concurrency must be an integer, not 4\.0"),
        ({"concurrency": None}, "concurrency must be an integer, not None"),
        ({"rate": "4"}, "rate must be a number of requests a second, not '4'"),
        ({"rate": True}, "rate must be a number of requests a second, not True"),
        ({"scopes": 5}, "scopes must be a list of strings, not 5"),
        ({"scopes": [None]}, "scopes must be a list of strings such as 'https://graph"),
        ({"enable_cae": "no"}, "enable_cae must be True or False, not 'no'"),
    ],
)
def test_an_argument_of_a_wrong_type_is_refused_at_once(client: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message) as caught:
        client(**{"credential": StaticCredential("t"), **arguments})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"retry": 0},
        {"retry": -1},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"concurrency": 0},
        {"rate": 0},
        {"rate": float("nan")},
        {"rate": float("inf")},
        {"scopes": []},
        {"base_url": "graph.microsoft.com"},
    ],
)
def test_an_argument_out_of_range_is_refused_at_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"at least 1|above 0|must not be empty|base_url"):
        GraphMeetingsClient(StaticCredential("t"), **arguments)


def test_numbers_are_the_attempts_and_the_total() -> None:
    assert retry_of(3) == Retry(attempts=3)
    assert retry_of(None) == Retry()
    assert timeout_of(5, None) == timeout_of(5.0, None) == Timeout(total=5.0)
    own = httpx.AsyncClient(timeout=httpx.Timeout(1, connect=2))
    assert timeout_of(None, own) == Timeout(connect=2, read=1)
    assert timeout_of(5, own) == Timeout(connect=2, read=1, total=5.0)
    assert timeout_of(Timeout(total=7), own) == Timeout(total=7)


async def test_a_number_bounds_the_attempts(emulator: Emulator) -> None:
    emulator.fail_next(503, times=5, headers={"Retry-After": "0"})
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=3) as graph:
        with pytest.raises(ServiceUnavailable):
            await graph.communications.call_records.get()
    assert len(emulator.requests) == 3


async def test_a_number_bounds_the_time() -> None:
    async with (
        raw_server(answer("503 Unavailable", headers=["Retry-After: 1"])) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url, timeout=0.2) as graph,
    ):
        with pytest.raises(ConnectionFailed, match=r"0\.2 seconds"):
            await graph.communications.call_records.get()


class RecordingCredential(StaticCredential):
    """Remembers whether it was asked for tokens that may be revoked."""

    def __init__(self) -> None:
        super().__init__("t")
        self.cae: list[bool] = []

    async def get_token(self, *scopes: str, enable_cae: bool = False, **options: Any) -> AccessToken:
        self.cae.append(enable_cae)
        return await super().get_token(*scopes, **options)


@pytest.mark.parametrize(
    ("arguments", "scopes", "enable_cae"),
    [
        ({}, ("https://graph.microsoft.com/.default",), True),
        ({"cloud": Cloud.US_GOV_L4}, ("https://graph.microsoft.us/.default",), True),
        (
            {"scopes": ["User.Read", "OnlineMeetings.Read"], "enable_cae": False},
            ("User.Read", "OnlineMeetings.Read"),
            False,
        ),
        ({"scopes": "User.Read"}, ("User.Read",), True),
    ],
)
async def test_the_credential_is_asked_for_the_scopes_of_the_client(
    emulator: Emulator, arguments: dict[str, Any], scopes: tuple[str, ...], *, enable_cae: bool
) -> None:
    credential = RecordingCredential()
    credential.token = emulator.token
    async with GraphMeetingsClient(credential, base_url=emulator.base_url, **arguments) as graph:
        await graph.communications.call_records.get()
    assert (credential.scopes, credential.cae) == ([scopes], [enable_cae])
    assert scopes_of(iter(scopes), Cloud.GLOBAL) == scopes


def test_with_is_an_error_that_says_async_with() -> None:
    graph: Any = GraphMeetingsClient(StaticCredential("t"))
    with pytest.raises(TypeError, match="GraphMeetingsClient is asynchronous: use `async with`, not `with`"), graph:
        pass
