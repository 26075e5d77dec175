"""Retries, throttling, timeouts, cancellation: how long the client waits, and what it tells meanwhile."""

import asyncio
import logging
import socket
import time
import traceback
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings import CallRecording, Change, GraphError, GraphMeetingsClient, Retry, concurrently
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import AuthenticationFailed, ConnectionFailed, RetryEvent, Throttled, Timeout
from graph_meetings_runtime.asynchronous.limiter import Limiter
from graph_meetings_runtime.http.attempts import Attempts, retried
from graph_meetings_runtime.http.responses.response import Response
from graph_meetings_runtime.log import path_for_log
from tests.client.downloading import slow_server
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, json_answer, raw_server

pytestmark = pytest.mark.slow

ONCE = Retry(attempts=1)
EMPTY = json_answer('{"value": []}')


def client(base_url: str, **options: object) -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential("TOKEN-SECRET"), base_url=base_url, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # one of several options


@dataclass
class SilentServer:
    """A server that begins to answer and then says little or nothing.

    Attributes:
        base_url: of the server.
        asked: set when a request is there.
        gone: set when the client has left.
    """

    base_url: str
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def silent_server(first: bytes = b"", then: bytes = b"", every: float = 60) -> AsyncGenerator[SilentServer]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        state.asked.set()
        end = asyncio.create_task(reader.read())
        while not end.done() and not writer.is_closing():
            await asyncio.wait([end], timeout=every)
            writer.write(then)
        writer.close()
        state.gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    state = SilentServer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0")
    try:
        yield state
        await asyncio.wait_for(state.gone.wait(), 10)
    finally:
        server.close()


# Retry


@pytest.mark.parametrize(
    ("sent", "least", "most"),
    [
        ("0.05", 0.05, 5),
        ("0", 0, 5),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 5),
        (None, 0, 0.02),
        ("soon", 0, 0.02),
    ],
)
async def test_every_form_of_retry_after_is_honoured_and_told(
    emulator: Emulator, sent: str | None, least: float, most: float
) -> None:
    told: list[RetryEvent] = []
    retry = Retry(first_delay=0.01, longest_delay=0.02, on_retry=told.append)
    emulator.fail_next(429, times=2, headers={} if sent is None else {"Retry-After": sent})
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as graph:
        await graph.communications.call_records.get()
    assert [(event.attempt, event.error.status) for event in told] == [(1, 429), (2, 429)]
    assert all(least <= event.delay <= most for event in told)
    assert told[0].path == "/v1.0/communications/callRecords"


async def test_each_retry_and_each_answer_is_logged_without_secrets(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "graph_meetings")
    organizer = emulator.dataset.organizers[0]
    retry = Retry(first_delay=0.01, longest_delay=0.02)
    emulator.fail_next(503, headers={"Retry-After": "0.01"})
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as graph:
        meetings = graph.users.by_user_id(organizer).online_meetings
        async for _ in meetings.get_all_recordings().list(top=3):
            pass
    records = [record for record in caplog.records if record.name == "graph_meetings"]
    shown = [record.getMessage() for record in records]
    assert [record.levelname for record in records[:2]] == ["INFO", "DEBUG"]
    path = (
        f"GET /v1.0/users/{organizer[:4]}…/onlineMeetings/getAllRecordings(meetingOrganizerUserId='{organizer[:4]}…')"
    )
    assert shown[0].startswith(f"{path} failed: 503, attempt 1 of 6; retrying in 0.01 s, request-id ")
    assert shown[1].startswith(f"{path} answered 200 after ")
    assert len(shown) == len(emulator.requests)
    for secret in (organizer, emulator.token, "skiptoken"):
        assert secret not in "\n".join(shown)


def test_what_a_log_shows_of_a_url_fits_on_a_line_and_has_no_query() -> None:
    url = "https://graph.microsoft.com/v1.0/users/alice%40contoso.com/x%0Ay/participants_v2('MSpkYzE3')?$skiptoken=S"
    assert path_for_log(url) == "/v1.0/users/alic…/x?y/participants_v2('MSpkYzE3')"


@pytest.mark.parametrize("error", [KeyError("mine"), TimeoutError("mine")])
async def test_what_on_retry_raises_ends_the_request(
    emulator: Emulator, graph: GraphMeetingsClient, error: Exception
) -> None:
    def refuse(_: RetryEvent) -> None:
        raise error

    emulator.fail_next(503)
    with pytest.raises(type(error), match="mine"):
        await graph.communications.call_records.get(RequestConfiguration(options=[Retry(on_retry=refuse)]))


@pytest.mark.parametrize("option", [{"total_time": -1}, {"first_delay": float("nan")}, {"longest_delay": -0.1}])
def test_a_policy_of_impossible_numbers_is_refused(option: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least 0 seconds"):
        Retry(**option)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # one of three


# Throttling


async def test_a_429_slows_all_requests_of_a_client_and_not_each_one_alone() -> None:
    refused: list[float] = []

    def throttle(_: str) -> bytes:
        now = time.monotonic()
        if not refused or now < refused[0] + 0.3:
            refused.append(now)
            return answer("429 Slow", b"{}", ["Retry-After: 0.35"])
        return EMPTY

    async with raw_server(throttle) as server, client(server.base_url, concurrency=4) as graph:
        await asyncio.wait_for(
            concurrently(lambda _: graph.communications.call_records.get(), range(40), concurrency=40), 60
        )
    # Those under way when the first was refused, and no others.
    assert 1 <= len(refused) <= 4
    assert len(server.requests) == 40 + len(refused)


async def test_waiting_for_a_turn_leaves_the_time_for_retries_as_it_is() -> None:
    limiter = Limiter(1)
    start = await limiter.acquire()
    sent: list[int] = []

    async def send() -> Response:
        sent.append(503 if not sent else 200)
        return Response.of(httpx.Response(sent[-1], request=httpx.Request("GET", "http://127.0.0.1/")))

    attempts = Attempts(Retry(total_time=0.1, first_delay=0.0), "http://127.0.0.1/")
    answered = asyncio.create_task(retried(send, attempts, limiter))
    await asyncio.sleep(0.2)  # longer than the retries of a request may take
    limiter.release(start)
    assert (await asyncio.wait_for(answered, 10)).status == 200
    assert sent == [503, 200]


async def test_no_more_requests_than_allowed_are_under_way() -> None:
    under_way, most = 0, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        await reader.readuntil(b"\r\n\r\n")
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        writer.write(EMPTY)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with server, client(base_url, concurrency=3) as graph:
        await asyncio.wait_for(asyncio.gather(*[graph.communications.call_records.get() for _ in range(20)]), 60)
    assert most == 3


async def test_a_wait_that_the_policy_does_not_allow_does_not_block_the_others_for_longer(emulator: Emulator) -> None:
    retry = Retry(total_time=0.2)
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as graph:
        emulator.fail_next(429, headers={"Retry-After": "86400"})
        with pytest.raises(Throttled):
            await graph.communications.call_records.get()
        began = time.monotonic()
        await asyncio.wait_for(graph.communications.call_records.get(), 10)
    assert time.monotonic() - began > 0.1


# Timeouts


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    async with silent_server() as server, client(server.base_url, retry=ONCE, timeout=Timeout(read=0.05)) as graph:
        with pytest.raises(ConnectionFailed) as caught:
            await asyncio.wait_for(graph.communications.call_records.get(), 10)
        assert isinstance(caught.value.__cause__, httpx.ReadTimeout)
        await asyncio.wait_for(server.gone.wait(), 10)


async def test_a_connection_that_does_not_come_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        filling = [socket.socket() for _ in range(4)]
        for connection in filling:
            connection.setblocking(False)
            connection.connect_ex(full.getsockname())
        base_url = f"http://127.0.0.1:{full.getsockname()[1]}/v1.0"
        async with client(base_url, retry=ONCE, timeout=Timeout(connect=0.05)) as graph:
            with pytest.raises(ConnectionFailed) as caught:
                await asyncio.wait_for(graph.communications.call_records.get(), 10)
        for connection in filling:
            connection.close()
    assert isinstance(caught.value.__cause__, httpx.ConnectTimeout)


async def test_a_body_that_only_drips_ends_with_the_total_time() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    timeout = Timeout(read=5, total=0.2)
    async with silent_server(head, b" ", every=0.01) as server, client(server.base_url, timeout=timeout) as graph:
        with pytest.raises(ConnectionFailed, match=r"within 0\.2 seconds"):
            await asyncio.wait_for(graph.communications.call_records.get(), 10)
        await asyncio.wait_for(server.gone.wait(), 10)


async def test_the_waits_between_retries_count_in_the_total_time(emulator: Emulator) -> None:
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
        emulator.fail_next(503, headers={"Retry-After": "30"})
        bounds = RequestConfiguration[object](options=[Timeout(total=0.1)])
        with pytest.raises(ConnectionFailed, match=r"within 0\.1 seconds"):
            await asyncio.wait_for(graph.communications.call_records.get(bounds), 10)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as Kiota's users write it


class Slow:
    """Answers that take their time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.answers: list[bytes] = []
        self.asked = 0
        self.under_way: set[asyncio.Task[Any] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.under_way.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            found = self.answers[min(self.asked, len(self.answers) - 1)]
            self.asked += 1
            await asyncio.sleep(self.seconds)
            writer.write(found)
        writer.close()


REDIRECT = answer("302 Found", headers=["Location: /v1.0/next"])


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([REDIRECT], id="redirects at home"),
        pytest.param([answer("302 Found", headers=["Location: http://localhost:{port}/x"])], id="redirects elsewhere"),
        pytest.param(
            [answer("302 Found", headers=["Location: http://localhost:{port}/x"]), answer("403 Gone")],
            id="addresses that have expired",
        ),
        pytest.param([REDIRECT, answer("503 Busy", headers=["Retry-After: 0"])], id="retries behind a redirect"),
        pytest.param([REDIRECT, answer("401 No")], id="tokens"),
    ],
)
async def test_all_that_a_content_takes_until_its_first_bytes_has_one_deadline(answers: list[bytes]) -> None:
    slow = Slow(0.2)
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    slow.answers = [found.replace(b"{port}", str(port).encode()) for found in answers]
    retry, timeout = Retry(attempts=20, first_delay=0.3, longest_delay=0.3), Timeout(total=0.5)
    base_url = f"http://127.0.0.1:{port}/v1.0"
    async with server, client(base_url, retry=retry, timeout=timeout) as graph:
        content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
        began = time.monotonic()
        with pytest.raises(GraphError):
            await asyncio.wait_for(content.get(), 10)
        assert time.monotonic() - began < 0.9
        await asyncio.gather(*filter(None, slow.under_way))


async def test_a_content_that_breaks_off_again_and_again_has_one_deadline_without_the_time_of_its_bytes() -> None:
    cut = answer("200 OK", b"x", ["Content-Length: 100"])
    slow = Slow(0.2)
    slow.answers = [cut]
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    retry, timeout = Retry(attempts=20, first_delay=0.0), Timeout(total=0.7)
    async with server, client(base_url, retry=retry, timeout=timeout) as graph:
        content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
        began = time.monotonic()
        with pytest.raises(GraphError, match=r"within 0\.7 seconds") as caught:
            await asyncio.wait_for(content.get(), 10)
        assert time.monotonic() - began < 1.3
        assert caught.value.request == "GET /me/onlineMeetings/m/recordings/r/content"
        await asyncio.gather(*filter(None, slow.under_way))


async def test_the_time_in_which_bytes_come_does_not_count() -> None:
    """The body takes longer than the limit, and breaks off; there is time left to ask again."""
    sent = 0

    async def respond(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        sent += 1
        writer.write(answer("200 OK", headers=["Content-Length: 10"]))
        for _ in range(10 if sent == 2 else 9):
            await asyncio.sleep(0.1)
            writer.write(b"x")
            await writer.drain()

    retry, timeout = Retry(first_delay=0.0), Timeout(total=0.6)
    async with slow_server(respond) as base_url, client(base_url, retry=retry, timeout=timeout) as graph:
        content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
        assert await asyncio.wait_for(content.get(), 10) == b"x" * 10


@pytest.mark.parametrize("option", [{"total": 0}, {"read": -1}, {"connect": float("nan")}])
def test_a_timeout_that_is_none_is_refused(option: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="greater than 0 seconds"):
        Timeout(**option)


@pytest.mark.parametrize("option", ["connect", "read", "total"])
def test_a_timeout_that_systems_fail_on_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=f"{option} must be at most 1000000000 seconds, or None for no limit, not inf"):
        Timeout(**{option: float("inf")})


@pytest.mark.parametrize("value", ["5", True, timedelta(seconds=5), [5]])
def test_numbers_that_are_not_numbers_are_refused_at_once(value: Any) -> None:
    with pytest.raises(TypeError, match="total must be a number of seconds or None, not"):
        Timeout(total=value)
    with pytest.raises(TypeError, match="total_time must be a number of seconds, not"):
        Retry(total_time=value)
    with pytest.raises(TypeError, match="attempts must be a whole number, not"):
        Retry(attempts=value)


async def test_the_timeouts_of_the_callers_client_are_used() -> None:
    async with (
        silent_server() as server,
        httpx.AsyncClient(timeout=httpx.Timeout(10, read=0.05)) as mine,
        client(server.base_url, retry=ONCE, http_client=mine) as graph,
    ):
        with pytest.raises(ConnectionFailed):
            await asyncio.wait_for(graph.communications.call_records.get(), 10)


# Cancellation


async def cancelled(task: "asyncio.Task[Any]", started: asyncio.Event) -> None:
    await asyncio.wait_for(started.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"], ids=["head", "body"])
async def test_a_cancelled_request_closes_its_connection_and_makes_room(first: bytes) -> None:
    async with silent_server(first) as server, client(server.base_url, concurrency=1) as graph:
        for _ in range(3):  # the second would wait for ever if the first kept its place
            server.asked.clear()
            server.gone.clear()
            await cancelled(asyncio.create_task(graph.communications.call_records.get()), server.asked)
            await asyncio.wait_for(server.gone.wait(), 10)


async def test_a_cancelled_iteration_goes_on_where_it_was(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    organizer = emulator.dataset.organizers[0]
    changes = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().delta().changes()
    found: list[str | None] = []
    third = asyncio.Event()

    async def collect(items: AsyncIterator[Change[CallRecording]]) -> None:
        async for change in items:
            if len(found) == 3:
                third.set()
                await asyncio.Event().wait()
            found.append(change.item.id)

    await cancelled(asyncio.create_task(collect(aiter(changes))), third)
    found += [change.item.id async for change in changes]
    assert len(found) == len(set(found)) == 12


# The token


async def test_many_requests_with_an_expired_token_fetch_one_new_one() -> None:
    credential = StaticCredential("old")
    asked = 0

    def check(head: str) -> bytes:
        nonlocal asked
        asked += 1
        credential.token = "new"
        return EMPTY if "Bearer new" in head else answer("401 No")

    async with (
        raw_server(check) as server,
        GraphMeetingsClient(credential, base_url=server.base_url, retry=ONCE) as graph,
    ):
        await asyncio.wait_for(
            concurrently(lambda _: graph.communications.call_records.get(), range(20), concurrency=20), 60
        )
    assert len(credential.scopes) == 2
    assert asked <= 40


@pytest.mark.parametrize("claims", ["eyJhIjoiPz8_In0", "eyJhIjoiPz8_In0=", "eyJhIjoiPz8/In0"])
async def test_a_claims_challenge_in_any_base64_gets_another_token(claims: str) -> None:
    credential = StaticCredential("t")
    challenge = answer("401 No", headers=["WWW-Authenticate: Negotiate", f'WWW-Authenticate: Bearer claims="{claims}"'])
    async with (
        raw_server(challenge, EMPTY) as server,
        GraphMeetingsClient(credential, base_url=server.base_url, retry=ONCE) as graph,
    ):
        await graph.communications.call_records.get()
    assert credential.claims == [None, '{"a":"???"}']


async def test_a_malformed_claims_challenge_says_so_with_its_status() -> None:
    challenge = answer("401 No", headers=['WWW-Authenticate: Bearer claims="/////w=="', "request-id: R1"])
    async with raw_server(challenge) as server, client(server.base_url, retry=ONCE) as graph:
        with pytest.raises(AuthenticationFailed, match="malformed claims challenge") as caught:
            await graph.communications.call_records.get()
    assert (caught.value.status, caught.value.request_id) == (401, "R1")


async def test_a_traceback_with_local_variables_shows_no_token() -> None:
    answers = [answer("403 No"), b"garbage\r\n\r\n", json_answer("{"), answer("401 No"), answer("500 No")]
    challenge = answer("401 No", headers=['WWW-Authenticate: Bearer claims="/////w=="'])
    for broken in [*answers, challenge]:
        async with raw_server(broken) as server, client(server.base_url, retry=ONCE) as graph:
            with pytest.raises(GraphError) as caught:
                await graph.communications.call_records.get()
            frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
            shown = "".join(line for line in frames.format() if "tests/" not in line)
        assert "requester.py" in shown
        assert "TOKEN-SECRET" not in shown
