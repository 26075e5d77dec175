"""Requests that create, change and delete, against servers that fail in every way."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from graph_meetings import (
    BadRequest,
    ConnectionFailed,
    GraphError,
    GraphMeetingsClient,
    MalformedResponse,
    NotFound,
    Retry,
    RetryEvent,
    ServiceUnavailable,
    Subscription,
    Throttled,
    Timeout,
)
from graph_meetings_runtime import PostRequestBuilder
from tests.support.certificates import TRUSTED
from tests.support.credentials import StaticCredential
from tests.support.error_collector import everything, unescaped
from tests.support.listener import listener
from tests.support.raw_server import RawServer, answer, json_answer, listening, raw_server

SECRET = "not-for-anybody-else"
NEW = Subscription(
    change_type="created",
    resource="communications/onlineMeetings/getAllRecordings",
    notification_url="https://example.com/notify?code=door",
    client_state=SECRET,
    expiration_date_time=datetime(2026, 1, 5, 12, tzinfo=UTC),
)
CREATED = answer("201 Created", b'{"id": "s1", "clientState": null}')
CHANGED = json_answer('{"id": "s1"}')
DONE = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
HALF = b'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"id": '
NOTHING = b""
FAST = Retry(attempts=3, total_time=5, first_delay=0.01, longest_delay=0.01)

Write = Callable[[GraphMeetingsClient], Awaitable[object]]


async def post(graph: GraphMeetingsClient) -> object:
    return await graph.subscriptions.post(NEW)


async def patch(graph: GraphMeetingsClient) -> object:
    return await graph.subscriptions.by_subscription_id("s1").patch(Subscription(client_state=SECRET))


async def delete(graph: GraphMeetingsClient) -> object:
    await graph.subscriptions.by_subscription_id("s1").delete()
    return None


async def reauthorize(graph: GraphMeetingsClient) -> object:
    await graph.subscriptions.by_subscription_id("s1").reauthorize.post()
    return None


@pytest.fixture(params=["own client", "caller's client"])
async def http_client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient | None]:
    if request.param == "own client":
        yield None
    else:
        async with httpx.AsyncClient(verify=TRUSTED) as mine:
            yield mine


def client(
    base_url: str,
    http_client: httpx.AsyncClient | None = None,
    retry: Retry = FAST,
    timeout: Timeout | None = None,
) -> GraphMeetingsClient:
    credential = StaticCredential("token-of-a-test")
    return GraphMeetingsClient(credential, base_url=base_url, http_client=http_client, retry=retry, timeout=timeout)


def lines(server: RawServer) -> list[str]:
    return [head.partition(" HTTP")[0] for head in server.requests]


async def test_an_object_is_created_with_what_it_says(http_client: httpx.AsyncClient | None) -> None:
    async with raw_server(CREATED) as server, client(server.base_url, http_client) as graph:
        created = await graph.subscriptions.post(NEW, headers={"X-Own": "yes"})
    assert created == Subscription(id="s1", client_state=None)
    assert lines(server) == ["POST /v1.0/subscriptions"]
    assert json.loads(server.bodies[0]) == NEW.raw
    assert server.headers("content-type") == ["application/json"]
    assert server.headers("authorization") == ["Bearer token-of-a-test"]
    assert server.headers("x-own") == ["yes"]
    assert server.headers("client-request-id") != [None]


async def test_an_object_is_changed_and_deleted_and_its_action_called(http_client: httpx.AsyncClient | None) -> None:
    async with raw_server(CHANGED, DONE, DONE) as server, client(server.base_url, http_client) as graph:
        assert await patch(graph) == Subscription(id="s1")
        await reauthorize(graph)
        await delete(graph)
    path = "/v1.0/subscriptions/s1"
    assert lines(server) == [f"PATCH {path}", f"POST {path}/reauthorize", f"DELETE {path}"]
    assert server.bodies == [b'{"clientState":"not-for-anybody-else"}', b"", b""]
    assert server.headers("content-length")[1:] == ["0", "0"]


@pytest.mark.parametrize("write", [post, reauthorize])
@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (NOTHING, ConnectionFailed),
        (HALF, ConnectionFailed),
        (b"HTTP/1.1 201 Cre", ConnectionFailed),
        (answer("500 No"), ServiceUnavailable),
        (answer("502 No"), ServiceUnavailable),
        (answer("503 No"), ServiceUnavailable),
        (answer("504 No"), ServiceUnavailable),
    ],
)
async def test_a_post_that_may_have_happened_is_not_sent_again(
    http_client: httpx.AsyncClient | None, write: Write, broken: bytes, kind: type[GraphError]
) -> None:
    async with raw_server(broken, CREATED) as server, client(server.base_url, http_client) as graph:
        with pytest.raises(kind) as caught:
            await write(graph)
    assert len(server.requests) == 1
    assert caught.value.may_have_taken_effect
    assert "look before you send it again" in str(caught.value)
    assert "(POST /subscriptions" in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"<p>Created", b"[]"])
async def test_a_post_whose_answer_is_no_object_may_have_happened(body: bytes) -> None:
    async with raw_server(answer("201 Created", body)) as server, client(server.base_url) as graph:
        with pytest.raises(MalformedResponse) as caught:
            await post(graph)
    assert len(server.requests) == 1
    assert caught.value.may_have_taken_effect


@pytest.mark.parametrize("write", [post, patch, delete, reauthorize])
@pytest.mark.parametrize("status", ["429 Too Many", "503 Busy"])
async def test_a_write_that_the_service_is_too_busy_for_is_sent_again(
    http_client: httpx.AsyncClient | None, write: Write, status: str
) -> None:
    busy, done = answer(status, headers=["Retry-After: 0"]), CREATED if write in {post, patch} else DONE
    async with raw_server(busy, done) as server, client(server.base_url, http_client) as graph:
        await write(graph)
    assert len(server.requests) == 2
    assert server.bodies[0] == server.bodies[1]
    assert len(set(server.headers("client-request-id"))) == 1


async def test_a_post_that_no_attempt_got_through_did_not_happen() -> None:
    async with (
        raw_server(answer("429 Too Many", headers=["Retry-After: 0"])) as server,
        client(server.base_url) as graph,
    ):
        with pytest.raises(Throttled) as caught:
            await post(graph)
    assert len(server.requests) == FAST.attempts
    assert not caught.value.may_have_taken_effect


@pytest.mark.parametrize("write", [post, patch, delete, reauthorize])
async def test_a_write_that_was_never_sent_is_sent_again_and_did_not_happen(
    http_client: httpx.AsyncClient | None, write: Write
) -> None:
    events: list[RetryEvent] = []
    retry = Retry(attempts=3, first_delay=0.01, on_retry=events.append)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1.0"
        async with client(base_url, http_client, retry) as graph:
            with pytest.raises(ConnectionFailed) as caught:
                await write(graph)
    assert len(events) == 2
    assert not caught.value.may_have_taken_effect


@pytest.mark.parametrize("broken", [NOTHING, HALF, answer("500 No"), answer("503 No")])
async def test_a_change_is_sent_again_as_any_request(http_client: httpx.AsyncClient | None, broken: bytes) -> None:
    async with raw_server(broken, CHANGED) as server, client(server.base_url, http_client) as graph:
        assert await patch(graph) == Subscription(id="s1")
    assert lines(server) == ["PATCH /v1.0/subscriptions/s1"] * 2


async def test_a_change_whose_every_answer_is_lost_may_have_happened(http_client: httpx.AsyncClient | None) -> None:
    async with raw_server(NOTHING) as server, client(server.base_url, http_client) as graph:
        with pytest.raises(ConnectionFailed) as caught:
            await patch(graph)
    assert len(server.requests) == FAST.attempts
    assert caught.value.may_have_taken_effect


@pytest.mark.parametrize("lost", [NOTHING, answer("504 No")])
async def test_an_object_that_is_gone_after_a_lost_answer_counts_as_deleted(
    http_client: httpx.AsyncClient | None, lost: bytes
) -> None:
    async with raw_server(lost, answer("404 Not Found")) as server, client(server.base_url, http_client) as graph:
        await delete(graph)
    assert lines(server) == ["DELETE /v1.0/subscriptions/s1"] * 2


@pytest.mark.parametrize("first", [[], [answer("429 Too Many", headers=["Retry-After: 0"])]])
async def test_an_object_that_was_never_there_is_not_found(
    http_client: httpx.AsyncClient | None, first: list[bytes]
) -> None:
    answers = [*first, answer("404 Not Found")]
    async with raw_server(*answers) as server, client(server.base_url, http_client) as graph:
        with pytest.raises(NotFound) as caught:
            await delete(graph)
    assert len(server.requests) == len(answers)
    assert not caught.value.may_have_taken_effect


@pytest.mark.parametrize("write", [post, patch, delete, reauthorize])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_of_a_write_is_followed(
    http_client: httpx.AsyncClient | None, write: Write, status: int
) -> None:
    async with listener() as foreign:
        redirect = answer(f"{status} Elsewhere", headers=[f"Location: {foreign.origin}/v1.0/subscriptions"])
        async with raw_server(redirect) as server, client(server.base_url, http_client) as graph:
            with pytest.raises(MalformedResponse, match="which is not followed") as caught:
                await write(graph)
        assert not foreign.received
    assert len(server.requests) == 1
    assert caught.value.may_have_taken_effect


async def test_a_post_that_is_never_answered_ends_with_its_time(http_client: httpx.AsyncClient | None) -> None:
    received = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        await reader.readuntil(b"\r\n\r\n")
        received += 1
        await reader.read()
        writer.close()

    async with listening(serve) as port:
        base_url = f"http://127.0.0.1:{port}/v1.0"
        async with client(base_url, http_client, timeout=Timeout(total=0.2)) as graph:
            with pytest.raises(ConnectionFailed) as caught:
                await post(graph)
    assert received == 1
    assert caught.value.may_have_taken_effect


@pytest.mark.parametrize("write", [post, patch, delete, reauthorize])
async def test_a_write_does_not_go_over_a_connection_that_may_be_closed(write: Write) -> None:
    later: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_read = head.startswith(b"GET")
        body = b'{"value": []}' if is_read else b'{"id": "s1"}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        if is_read:
            later.append(await reader.read())
        writer.close()

    async with listening(serve) as port, client(f"http://127.0.0.1:{port}/v1.0", retry=Retry(attempts=1)) as graph:
        await graph.subscriptions.get()
        await write(graph)
    assert later in ([], [b""])


async def test_no_error_shows_a_secret_that_was_sent(
    http_client: httpx.AsyncClient | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    message = f"clientState {SECRET} is not good, nor is {json.dumps(SECRET)}"
    body = json.dumps({"error": {"code": "InvalidRequest", "message": message}}).encode()
    refusal = answer("400 Bad", body, [f"X-Sent: {SECRET}"])
    answers = [answer("429 Too", body, ["Retry-After: 0"]), refusal]
    async with raw_server(*answers) as server, client(server.base_url, http_client) as graph:
        with pytest.raises(BadRequest, match="InvalidRequest") as caught:
            await post(graph)
    shown = everything(caught.value)
    assert SECRET not in unescaped(shown)
    assert not caught.value.may_have_taken_effect
    assert SECRET not in repr(NEW)
    assert "client_state=…" in repr(NEW)
    assert "code=door" not in repr(NEW)
    # httpcore says at DEBUG what came, and here it repeats the secret.
    records = [record for record in caplog.records if http_client is None or record.name == "graph_meetings"]
    assert records
    assert SECRET not in "".join(record.getMessage() for record in records)


@pytest.mark.parametrize("broken", [NOTHING, HALF])
async def test_no_failure_of_a_connection_shows_a_secret_that_was_sent(
    http_client: httpx.AsyncClient | None, broken: bytes
) -> None:
    async with raw_server(broken) as server, client(server.base_url, http_client) as graph:
        with pytest.raises(GraphError) as caught:
            await post(graph)
    assert SECRET not in unescaped(everything(caught.value))


async def test_a_secret_that_occurs_in_any_text_hides_none() -> None:
    refusal = answer("400 Bad", b'{"error": {"code": "InvalidRequest", "message": "a is not b"}}')
    async with raw_server(refusal) as server, client(server.base_url) as graph:
        with pytest.raises(BadRequest, match="a is not b"):
            await graph.subscriptions.post(Subscription(client_state="a"))


async def test_the_client_writes_nowhere_else() -> None:
    async with raw_server(CREATED) as server, client(server.base_url) as graph:
        whole = graph.subscriptions.with_url(f"{server.base_url}/users/ann")
        with pytest.raises(ValueError, match="does not send POST to a whole URL"):
            await whole.post(NEW)
        other = PostRequestBuilder[Subscription](graph.users.request_adapter, graph.users.path_template, {})
        other.model = Subscription
        with pytest.raises(ValueError, match="does not send POST to /users"):
            await other.post(NEW)
        assert not hasattr(graph.users, "post")
        assert not hasattr(graph.subscriptions, "patch")
    assert not server.requests


async def test_a_write_has_no_query_options() -> None:
    async with raw_server(CREATED) as server, client(server.base_url) as graph:
        with pytest.raises(TypeError, match="unknown option 'select'"):
            await graph.subscriptions.post(NEW, select="id")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  the mistake
    assert not server.requests


async def test_a_write_is_traced_without_its_id_and_body(spans: InMemorySpanExporter) -> None:
    async with raw_server(CHANGED) as server, client(server.base_url) as graph:
        await patch(graph)
    (span,) = spans.get_finished_spans()
    assert span.name == "PATCH /subscriptions/{id}"
    assert span.attributes is not None
    assert span.attributes["http.request.method"] == "PATCH"
    assert SECRET not in span.to_json()
    assert "s1" not in span.to_json()
