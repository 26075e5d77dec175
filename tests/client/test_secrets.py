"""What is shown: no token, no token of a link, no address of a content, whatever fails."""

import asyncio
import gc
import logging
import re
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from graph_meetings import DeltaStore, GraphMeetingsClient, Retry, Timeout, sync
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import ContentRequestBuilder, GraphError
from graph_meetings_runtime.http.adapter import GraphRequestAdapter
from tests.support.certificates import TRUSTED
from tests.support.credentials import StaticCredential
from tests.support.error_collector import everything, unescaped
from tests.support.listener import listener
from tests.support.raw_server import RawServer, answer, json_answer, raw_server

ONCE = Retry(attempts=1)
TOKEN = "TOKEN-SECRET"
SECONDS = 20.0

Failure = Callable[[GraphMeetingsClient], Awaitable[object]]


def content_of(graph: GraphMeetingsClient) -> ContentRequestBuilder:
    return graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content


async def get(graph: GraphMeetingsClient) -> object:
    return await graph.me.online_meetings.get()


async def with_two_headers_in_one(graph: GraphMeetingsClient) -> object:
    return await graph.me.online_meetings.get(headers={"X-Mine": "a\r\nX-Other: b"})


async def with_a_header_that_is_not_ascii(graph: GraphMeetingsClient) -> object:
    return await graph.me.online_meetings.get(headers={"X-Mine": "\u2603"})


async def waited_for(graph: GraphMeetingsClient) -> object:
    return await asyncio.wait_for(graph.me.online_meetings.get(), 0.05)


async def read_content(graph: GraphMeetingsClient) -> object:
    return await content_of(graph).get()


ECHO = f'{{"error": {{"code": "{TOKEN}", "message": "got Bearer {TOKEN}", "innerError": {{"request-id": "{TOKEN}"}}}}}}'
ESCAPED_ECHO = ECHO.replace(TOKEN, r"\u0054OKEN\u002DSECRE\u0054")
PERCENT = "%54OKEN%2DSECRE%54"
PERCENT_ECHO = ECHO.replace(TOKEN, PERCENT)
BROKEN: dict[str, bytes] = {
    "refusal": answer("403 No", b"{}"),
    "echo": answer("400 Bad", ECHO.encode(), [f"request-id: {TOKEN}", f"X-Sent: Bearer {TOKEN}"]),
    "echo of a gateway": answer("502 Bad", f"<p>Bearer {TOKEN}".encode(), [f"X-Sent: Bearer {TOKEN}"]),
    "echo with no JSON": answer("206 Partial Content", b"{", [f"request-id: {TOKEN}"]),
    "echo instead of HTTP": f"HTTP/1.1 200 OK\r\nAuthorization: Bearer {TOKEN}\x00\r\n\r\n".encode(),
    "echo as status line": f"Bearer {TOKEN}\r\n\r\n".encode(),
    "broken body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    "echo in JSON's escapes": answer("400 Bad", ESCAPED_ECHO.encode()),
    "echo in other escapes": answer("400 Bad", PERCENT_ECHO.encode(), [f"X-Sent: {PERCENT}", f"request-id: {PERCENT}"]),
    "echo as a reason": f"HTTP/1.1 403 Bearer {TOKEN}\r\nContent-Length: 2\r\n\r\n{{}}".encode(),
    "echo as the name of a header": answer("403 No", b"{}", [f"{TOKEN}: x"]),
    "failure that breaks off": f"HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nBearer {TOKEN}".encode(),
    "nothing": b"",
    "challenge": answer("401 No", headers=['WWW-Authenticate: Bearer claims="/////w=="']),
}
# Content may be anything, so these are failures of JSON only.
NOT_JSON: dict[str, bytes] = {
    "echo that is not JSON": answer("200 OK", f"Bearer {TOKEN}".encode(), ["Content-Type: application/json"]),
    "echo that is not UTF-8": answer(
        "200 OK", b'{"a": "' + TOKEN.encode() + b'\xff"}', ["Content-Type: application/json"]
    ),
    "echo of another type": answer("200 OK", f"<p>{TOKEN}".encode(), [f"Content-Type: text/{TOKEN}"]),
    "echo that breaks off": f"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nBearer {TOKEN}".encode(),
    "echo that is not compressed": answer("200 OK", f"Bearer {TOKEN}".encode(), ["Content-Encoding: gzip"]),
}
REQUESTS: list[Failure] = [get, read_content, with_two_headers_in_one, with_a_header_that_is_not_ascii]


@pytest.fixture(params=["own client", "caller's client"])
async def http_client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient | None]:
    if request.param == "own client":
        yield None
    else:
        async with httpx.AsyncClient(verify=TRUSTED) as mine:
            yield mine


def client(
    base_url: str, http_client: httpx.AsyncClient | None = None, token: str = TOKEN, patience: Timeout | None = None
) -> GraphMeetingsClient:
    credential = StaticCredential(token)
    return GraphMeetingsClient(credential, base_url=base_url, http_client=http_client, retry=ONCE, timeout=patience)


CASES = {f"{name}-{request.__name__}": (broken, request) for name, broken in BROKEN.items() for request in REQUESTS}


@pytest.mark.parametrize(
    ("broken", "request_"),
    [*CASES.values(), *((broken, get) for broken in NOT_JSON.values())],
    ids=[*CASES, *NOT_JSON],
)
async def test_whatever_fails_shows_no_token(
    http_client: httpx.AsyncClient | None, broken: bytes, request_: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with raw_server(broken) as server, client(server.base_url, http_client) as graph:
        with pytest.raises((GraphError, ValueError)) as caught:
            await asyncio.wait_for(request_(graph), SECONDS)
    shown = everything(caught.value)
    assert "graph_meetings" in shown
    assert TOKEN not in unescaped(shown)
    # httpcore says at DEBUG what came, and here it repeats the token.
    records = [record for record in caplog.records if http_client is None or record.name == "graph_meetings"]
    assert TOKEN not in "".join(record.getMessage() for record in records)


@pytest.mark.parametrize("patience", [None, Timeout(total=0.05), Timeout(read=0.05)], ids=str)
async def test_a_request_that_was_given_up_shows_no_token(
    http_client: httpx.AsyncClient | None, patience: Timeout | None
) -> None:
    gone = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read(-1)
        writer.close()
        gone.set()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server:
        base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
        async with client(base_url, http_client, patience=patience) as graph:
            with pytest.raises((GraphError, TimeoutError)) as caught:
                await (get if patience else waited_for)(graph)
            await asyncio.wait_for(gone.wait(), SECONDS)
    assert TOKEN not in everything(caught.value)


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}\u2603", f"{TOKEN} x", f"{TOKEN}\r\nX-Other: y"])
async def test_a_token_that_is_none_is_not_sent_and_not_shown(
    http_client: httpx.AsyncClient | None, token: str
) -> None:
    async with raw_server(json_answer("{}")) as server, client(server.base_url, http_client, token) as graph:
        with pytest.raises(GraphError, match="malformed token") as caught:
            await get(graph)
    assert not server.requests
    assert TOKEN not in everything(caught.value)


async def test_a_request_does_not_keep_the_token(http_client: httpx.AsyncClient | None) -> None:
    async with raw_server(json_answer('{"value": []}')) as server, client(server.base_url, http_client) as graph:
        request = graph.me.online_meetings.to_get_request_information()
        assert isinstance(graph.request_adapter, GraphRequestAdapter)
        response = await graph.request_adapter.respond(request)
    assert server.headers("Authorization") == [f"Bearer {TOKEN}"]
    for shown in (request, vars(request), str(request.headers), request.request_headers, response):
        assert TOKEN not in repr(shown)
    assert "Authorization" not in response.as_response().request.headers


# Links and addresses

ADDRESS = "/download/PathSecret?tempauth=SIG-SECRET"
LINK_SECRETS = ("PathSecret", "SIG-SECRET")


async def storage_fails(server: RawServer, broken: bytes) -> GraphError:
    """Download by a redirect to a place that fails."""
    async with listener(broken) as storage:
        server.answers[:] = [answer("302 Found", headers=[f"Location: {storage.origin}{ADDRESS}"])]
        async with client(server.base_url) as graph:
            with pytest.raises(GraphError) as caught:
                await asyncio.wait_for(content_of(graph).get(), SECONDS)
        assert storage.received
    return caught.value


@pytest.mark.parametrize(
    "broken",
    [
        answer("403 No", f'{{"error": {{"code": "{ADDRESS}", "message": "{ADDRESS}"}}}}'.encode()),
        answer("500 Oh", f"<Error>{ADDRESS}</Error>".encode()),
        answer("200 OK", b"x" * 10, ["Content-Length: 20"]),
        answer("200 OK", b"x" * 10, ["Content-Encoding: gzip"]),
        answer("302 Found", headers=[f"Location: ftp://user:SIG-SECRET@storage.example{ADDRESS}"]),
        answer("302 Found", headers=[f"Location: http://storage.example:SIG-SECRET{ADDRESS}"]),
        answer("302 Found", headers=[f"Location: {ADDRESS}"]),
        f"SIG-SECRET{ADDRESS}\r\n\r\n".encode(),
        b"",
    ],
    ids=range(9),
)
async def test_the_address_of_a_content_is_shown_nowhere(broken: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with raw_server(b"") as server:
        error = await storage_fails(server, broken)
    shown = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    assert "answered 302" in caplog.text
    for secret in LINK_SECRETS:
        assert secret not in shown


async def test_a_place_that_does_not_answer_is_named_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        filling = [socket.socket() for _ in range(4)]
        for connection in filling:
            connection.setblocking(False)
            connection.connect_ex(full.getsockname())
        location = f"http://127.0.0.1:{full.getsockname()[1]}{ADDRESS}"
        async with (
            raw_server(answer("302 Found", headers=[f"Location: {location}"])) as server,
            client(server.base_url, patience=Timeout(connect=0.05)) as graph,
        ):
            with pytest.raises(GraphError) as caught:
                await asyncio.wait_for(content_of(graph).get(), SECONDS)
        for connection in filling:
            connection.close()
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "ConnectTimeout" in shown
    for secret in LINK_SECRETS:
        assert secret not in shown


async def work(emulator: Emulator, folder: Path) -> list[str]:
    """Use everything, with failures in between; gives the secrets of the links that came by."""
    emulator.page_sizes.default = 5
    emulator.downloads.redirects = True
    emulator.fail_next(503, headers={"Retry-After": "0"})
    organizer = emulator.dataset.organizers[0]
    retry = Retry(attempts=3, first_delay=0.01, longest_delay=0.01)
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        page = await recordings.get()
        changes = recordings.delta().changes()
        shown = [repr(value) for value in (graph, recordings, page, page.value, recordings.list(), changes)]
        _ = [change async for change in changes]
        with DeltaStore(folder / "store.db") as store:
            result = await sync(recordings.delta(), store, lambda _: asyncio.sleep(0))
            again = await sync(recordings.delta(), store, lambda _: asyncio.sleep(0))
            shown += [repr(value) for value in (result, again, store)]
        emulator.cut_content_after(1000)
        content = graph.content_of(page.value[0])
        shown += [repr(content), repr(await content.download(folder / "x.mp4"))]
        emulator.fail_next(404, path="/download/")
        with suppress(GraphError):
            await content.get()
    links = [page.odata_next_link, changes.delta_link, *(request.target for request in emulator.download_requests)]
    secrets = [emulator.token, "tempauth=made-up", *emulator.downloads.tickets]
    secrets += [str(link).rpartition("oken=")[2] for link in links if "oken=" in str(link)]
    assert len(secrets) >= 5
    for secret in secrets:
        assert secret not in "".join(shown)
    return secrets


async def test_debug_logs_are_useful_and_show_no_secret(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0  # asyncio then logs every callback with its arguments
    secrets = await work(emulator, tmp_path)
    gc.collect()
    loop.set_debug(False)
    names = {record.name for record in caplog.records}
    assert {"graph_meetings", "asyncio"} <= names
    assert re.search(
        r"GET /v1\.0/users/.{4}…/onlineMeetings/.+ answered 200 after [\d.]+ s, request-id \w", caplog.text
    )
    assert f"GET {emulator.download_origin}/… answered 200" in caplog.text
    for secret in secrets:
        assert secret not in caplog.text


async def test_what_the_service_says_cannot_forge_a_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = b'{"error": {"message": "no\\nFORGED", "innerError": {"request-id": "a\\nFORGED"}}}'
    async with raw_server(answer("503 No", body)) as server:
        retry = Retry(attempts=2, first_delay=0.001)
        async with GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=retry) as graph:
            with pytest.raises(GraphError) as caught:
                await get(graph)
    assert "request-id a?FORGED" in caplog.text
    assert "no FORGED" in str(caught.value)
    assert "\nFORGED" not in caplog.text + str(caught.value)


async def test_spans_show_no_secret(emulator: Emulator, tmp_path: Path, spans: InMemorySpanExporter) -> None:
    secrets = await work(emulator, tmp_path)
    async with GraphMeetingsClient(
        StaticCredential(TOKEN, error=RuntimeError("no browser")), base_url=emulator.base_url
    ) as graph:
        with pytest.raises(GraphError):
            await get(graph)
    finished = spans.get_finished_spans()
    shown = "".join(span.to_json() for span in finished)
    assert "onlineMeetings" in shown
    for secret in (*secrets, TOKEN):
        assert secret not in shown


async def test_files_beside_a_download_hold_no_secret(emulator: Emulator, tmp_path: Path) -> None:
    emulator.downloads.redirects = True
    emulator.cut_content_after(1000)
    organizer = emulator.dataset.organizers[0]
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=ONCE) as graph:
        page = await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()
        with pytest.raises(GraphError):
            await graph.content_of(page.value[0]).download(tmp_path / "x.mp4")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["x.mp4.part", "x.mp4.part.json"]
    sidecar = (tmp_path / "x.mp4.part.json").read_text()
    for secret in (emulator.token, "tempauth", *emulator.downloads.tickets):
        assert secret not in sidecar


async def test_only_its_owner_reads_a_store(emulator: Emulator, tmp_path: Path) -> None:
    await work(emulator, tmp_path)
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.glob("store.db*")}
    assert modes == {0o600}
