"""What broken and hostile servers send: a clear error, nothing lost, nothing leaked."""

import asyncio
import contextlib
import gzip
import logging
import pickle
import time
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_abstractions.method import Method

from graph_meetings import CallRecording, Changes, Cloud, GraphMeetingsClient, Retry
from graph_meetings_runtime import (
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    ContentRequestBuilder,
    DeltaTokenExpired,
    DownloadIncomplete,
    FieldError,
    GraphError,
    LinkRefused,
    MalformedResponse,
    NotFound,
    Timeout,
)
from graph_meetings_runtime.http.responses.failed_response import read_error
from graph_meetings_runtime.http.responses.response import Response
from graph_meetings_runtime.log import request_line
from tests.support.credentials import StaticCredential
from tests.support.raw_server import RawServer, answer, json_answer, raw_server

ONCE = Retry(attempts=1)
QUICK = Retry(attempts=4, total_time=20, first_delay=0.001, longest_delay=0.002)
TOKEN = "TOKEN-SECRET"


def client(server: RawServer, retry: Retry = ONCE, http_client: httpx.AsyncClient | None = None) -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential(TOKEN), base_url=server.base_url, retry=retry, http_client=http_client)


def content_of(graph: GraphMeetingsClient) -> ContentRequestBuilder:
    return graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content


# Content that is not what was asked for


@pytest.mark.parametrize("etag", ['ETag: "b"', "X: y"])
async def test_a_server_that_goes_on_with_another_version_does_not_mix_them(tmp_path: Path, etag: str) -> None:
    first = answer("200 OK", b"A" * 50, ["Content-Length: 100", 'ETag: "a"'])
    other = answer("206 Partial Content", b"B" * 50, ["Content-Range: bytes 50-99/100", etag])
    whole = answer("200 OK", b"B" * 100, [etag])
    async with raw_server(first, other, whole) as server, client(server, QUICK) as graph:
        result = await content_of(graph).download(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"B" * 100
    assert result.resumed_from == 0
    assert server.headers("Range") == [None, "bytes=50-", None]
    assert server.headers("If-Range") == [None, '"a"', None]


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "203 Maybe", "206 Partial Content"])
async def test_only_content_counts_as_content(tmp_path: Path, status: str) -> None:
    (tmp_path / "x").write_bytes(b"precious")
    partial = answer(status, b"" if status[:3] in {"204", "304"} else b"56789", ["Content-Range: bytes 5-9/10"])
    async with raw_server(partial) as server, client(server) as graph:
        with pytest.raises(MalformedResponse, match=status[:3]):
            await content_of(graph).download(tmp_path / "x", overwrite=True)
        with pytest.raises(MalformedResponse, match=status[:3]):
            await content_of(graph).get()
    assert (tmp_path / "x").read_bytes() == b"precious"


async def test_compressed_content_is_refused_because_its_end_cannot_be_known(tmp_path: Path) -> None:
    body = gzip.compress(b"x" * 100_000)
    async with raw_server(answer("200 OK", body, ["Content-Encoding: gzip"])) as server, client(server) as graph:
        with pytest.raises(MalformedResponse, match="compressed"):
            await content_of(graph).download(tmp_path / "x")
    assert server.headers("Accept-Encoding") == ["identity"]
    assert not (tmp_path / "x").exists()


async def test_two_downloads_to_one_path_do_not_mix(tmp_path: Path) -> None:
    async with raw_server(answer("200 OK", b"A" * 100)) as server, client(server) as graph:
        first = asyncio.create_task(content_of(graph).download(tmp_path / "x"))
        await asyncio.sleep(0)  # the first one opens its file before the second begins
        second = asyncio.create_task(content_of(graph).download(tmp_path / "x"))
        results = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["DownloadResult", "BlockingIOError"]
    assert (tmp_path / "x").read_bytes() == b"A" * 100


async def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    async with raw_server(answer("200 OK", b"A" * 100)) as server, client(server) as graph:
        with pytest.raises(FileExistsError):
            await content_of(graph).download(tmp_path / "x", progress=lambda _: (tmp_path / "x").write_bytes(b"mine"))
    assert (tmp_path / "x").read_bytes() == b"mine"


async def test_a_folder_is_no_file(tmp_path: Path) -> None:
    async with raw_server(answer("200 OK", b"A")) as server, client(server) as graph:
        with pytest.raises(IsADirectoryError):
            await content_of(graph).download(tmp_path, overwrite=True)
    assert not server.requests


async def test_the_part_of_one_format_is_not_the_beginning_of_another(tmp_path: Path) -> None:
    cut = answer("200 OK", b"A" * 50, ["Content-Length: 100", 'ETag: "a"'])
    async with raw_server(cut, answer("200 OK", b"B" * 100, ['ETag: "a"'])) as server, client(server) as graph:
        with pytest.raises(DownloadIncomplete):
            await content_of(graph).download(tmp_path / "x", accept="text/vtt")
        await content_of(graph).download(tmp_path / "x", accept="text/plain")
    assert (tmp_path / "x").read_bytes() == b"B" * 100
    assert server.headers("Range") == [None, None]


@pytest.mark.parametrize("sidecar", [b"\xff\xfe", b'{"source": "", "etag": "\\"a\\r\\nX: y\\""}'])
async def test_a_torn_sidecar_starts_over(tmp_path: Path, sidecar: bytes) -> None:
    (tmp_path / "x.part").write_bytes(b"AAAA")
    (tmp_path / "x.part.json").write_bytes(sidecar)
    async with raw_server(answer("200 OK", b"B" * 10)) as server, client(server) as graph:
        await content_of(graph).download(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"B" * 10


async def test_an_etag_that_no_header_can_carry_back_starts_over(tmp_path: Path) -> None:
    cut = answer("200 OK", b"A" * 50, ["Content-Length: 100", 'ETag: "\xe9"'])
    async with raw_server(cut, answer("200 OK", b"B" * 100)) as server, client(server, QUICK) as graph:
        await content_of(graph).download(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"B" * 100
    assert server.headers("Range") == [None, None]


async def test_a_range_of_the_callers_is_for_streams(tmp_path: Path) -> None:
    part = answer("206 Partial Content", b"56789", ["Content-Range: bytes 5-9/10"])
    async with raw_server(part) as server, client(server) as graph:
        with pytest.raises(ValueError, match="its own Range header"):
            await content_of(graph).download(tmp_path / "x", headers={"Range": "bytes=5-"})
        async with content_of(graph).stream(headers={"Range": "bytes=5-"}) as stream:
            assert (stream.first, stream.size) == (5, 10)
            assert [chunk async for chunk in stream] == [b"56789"]


async def test_progress_gives_a_long_download_new_patience(tmp_path: Path) -> None:
    mib = 1 << 20
    content = bytes(range(256)) * (10 * mib // 256)

    def cut(head: str) -> bytes:
        first = int(head.lower().partition("range: bytes=")[2].partition("-")[0] or 0)
        headers = ['ETag: "a"', f"Content-Length: {len(content) - first}"]
        part = f"Content-Range: bytes {first}-{len(content) - 1}/{len(content)}"
        status, more = ("206 Partial Content", [part]) if first else ("200 OK", [])
        return answer(status, content[first : first + 3 * mib // 2], [*headers, *more])

    retry = Retry(attempts=2, total_time=5, first_delay=0.001, longest_delay=0.002)
    async with raw_server(cut) as server, client(server, retry) as graph:
        await content_of(graph).download(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == content
    assert len(server.requests) > 5


# Redirects


async def test_five_redirects_are_followed_and_not_six() -> None:
    redirect = answer("302 Found", headers=["Location: /v1.0/next"])
    async with raw_server(*[redirect] * 5, answer("200 OK", b"abc")) as server, client(server) as graph:
        assert await content_of(graph).get() == b"abc"
    async with raw_server(*[redirect] * 6, answer("200 OK", b"abc")) as server, client(server) as graph:
        with pytest.raises(LinkRefused, match="redirected more than 5 times"):
            await content_of(graph).get()


async def test_refused_redirects_give_their_connections_back() -> None:
    refused = answer("302 Found", b"x" * 1000, ["Location: http://evil.example/x"])
    async with raw_server(refused) as server, client(server) as graph:
        for _ in range(120):  # more than the pool has connections
            with pytest.raises(LinkRefused):
                await asyncio.wait_for(content_of(graph).get(), 10)


async def test_a_redirect_within_the_service_keeps_the_token() -> None:
    redirect = answer("302 Found", headers=["Location: /v1.0/elsewhere"])
    async with raw_server(redirect, answer("200 OK", b"abc")) as server, client(server) as graph:
        assert await content_of(graph).get() == b"abc"
    assert server.headers("Authorization") == [f"Bearer {TOKEN}"] * 2


async def test_a_json_request_is_not_redirected() -> None:
    redirect = answer("302 Found", b'{"id": "hijack"}', ["Location: /x", "Content-Type: application/json"])
    async with raw_server(redirect) as server, client(server) as graph:
        with pytest.raises(MalformedResponse, match="not return JSON"):
            await graph.me.online_meetings.by_online_meeting_id("m").get()


async def test_nothing_of_the_callers_client_goes_to_another_place() -> None:
    async with raw_server(answer("200 OK", b"abc")) as storage:
        away = answer("302 Found", headers=[f"Location: {storage.base_url}?sig=SAS-SECRET", "Set-Cookie: a=JAR-SECRET"])
        options = {"X-Api-Key": "CALLER-SECRET"}
        async with (
            httpx.AsyncClient(headers=options, follow_redirects=True, auth=("u", "p"), cookies={"c": "d"}) as mine,
            raw_server(away) as server,
            client(server, http_client=mine) as graph,
        ):
            assert await content_of(graph).get() == b"abc"
        assert server.headers("Authorization") == [f"Bearer {TOKEN}"]
        assert server.headers("X-Api-Key") == ["CALLER-SECRET"]
    assert len(storage.requests) == 1
    assert "SECRET" not in storage.requests[0].replace("sig=SAS-SECRET", "")
    assert storage.headers("Authorization") == [None]
    assert storage.headers("Cookie") == [None]


# The caller's own httpx client


async def test_parameters_of_the_callers_client_do_not_replace_the_query() -> None:
    async with (
        httpx.AsyncClient(params={"tenant": "x"}) as mine,
        raw_server(json_answer('{"value": []}')) as server,
        client(server, http_client=mine) as graph,
    ):
        await graph.me.online_meetings.get(filter="joinWebUrl eq 'a'")
    assert "%24filter=joinWebUrl%20eq%20%27a%27" in server.requests[0].split("\r\n")[0]


async def test_headers_of_a_configuration_replace_ours() -> None:
    configuration = RequestConfiguration[object](headers=HeadersCollection())
    configuration.headers.add("Accept", "application/json;odata.metadata=full")
    async with raw_server(json_answer('{"value": []}')) as server, client(server) as graph:
        await graph.me.online_meetings.get(configuration, headers={"User-Agent": "mine/1"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as Kiota's users write it
    assert server.headers("Accept") == ["application/json;odata.metadata=full"]
    assert server.headers("User-Agent") == ["mine/1"]


# Secrets


async def test_no_secret_of_a_url_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for garbage in (
        b"garbage\r\n\r\n",
        answer("500 Oh", b"no"),
        answer("302 Found", headers=["Location: http://x/?S3CRET"]),
    ):
        for own in (None, httpx.AsyncClient()):
            async with raw_server(garbage) as server, client(server, http_client=own) as graph:
                delta = graph.me.online_meetings.by_online_meeting_id("m").recordings.delta()
                link = f"{server.base_url}/x?$deltatoken=S3CRET"
                with pytest.raises(GraphError) as caught:
                    _ = [change async for change in delta.changes(since=link)]
                error = caught.value
                cause = error.__cause__
                log = caplog.text if own is None else ""  # a caller's client logs as httpx does
                shown = f"{error}{error!r}{cause}{cause!r}{log}"
                caplog.clear()
                assert "S3CRET" not in shown.replace("http://x/?S3CRET", "")
                assert TOKEN not in shown
                if isinstance(cause, httpx.RequestError):
                    assert "authorization" not in cause.request.headers
            if own is not None:
                await own.aclose()


async def test_what_stays_on_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(answer("200 OK", b"proxied")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url.removesuffix("/v1.0"))
        async with raw_server(json_answer('{"value": []}')) as server, client(server) as graph:
            await graph.me.online_meetings.get()
    assert not proxy.requests


# JSON that is none, or of another shape


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "5", '{"value": [5]}', '{"value": [null]}', "[" * 100_000])
async def test_json_of_another_shape_is_an_error(body: str) -> None:
    async with raw_server(json_answer(body)) as server, client(server) as graph:
        with pytest.raises(MalformedResponse):
            _ = (await graph.me.online_meetings.get()).value
        if "value" not in body:
            with pytest.raises(MalformedResponse):
                await graph.me.online_meetings.by_online_meeting_id("m").get()


@pytest.mark.parametrize("content_type", ["Application/JSON; charset=UTF-8", "application/json"])
async def test_a_byte_order_mark_and_capitals_do_not_matter(content_type: str) -> None:
    body = answer("200 OK", b'\xef\xbb\xbf{"id": "1"}', [f"Content-Type: {content_type}"])
    async with raw_server(body) as server, client(server) as graph:
        assert (await graph.me.online_meetings.by_online_meeting_id("m").get()).id == "1"


@pytest.mark.parametrize(
    "broken",
    [
        answer("200 OK", b"no gzip", ["Content-Encoding: gzip", "Content-Type: application/json"]),
        answer("500 Oh", b"no gzip", ["Content-Encoding: gzip"]),
        answer("200 \xff\xfe", b"{}", ["Content-Type: text/html"]),
        answer("500 \xff", b""),
        answer("401 No", headers=['WWW-Authenticate: Bearer claims="/////w=="']),
        answer("410 Gone", b"", ["Content-Type: application/json"]),
        answer("302 Found", headers=["Location: https://xn--a/x"]),
        answer("400 Bad", b'{"error": {"innerError": ' + b'{"innererror": ' * 500 + b"{}" + b"}" * 502),
        answer("400 Bad", b'{"error": "invalid_grant", "error_description": "made up"}'),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"",
    ],
    ids=range(11),
)
async def test_only_graph_errors_come_out(broken: bytes) -> None:
    async with raw_server(broken) as server, client(server) as graph:
        for request in (graph.me.online_meetings.get, content_of(graph).get):
            with contextlib.suppress(GraphError):
                await request()


class Endless(httpx.AsyncByteStream):
    """A body without an end."""

    def __init__(self) -> None:
        self.given = 0
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.given += 10_000
            yield b"x" * 10_000

    async def aclose(self) -> None:
        self.is_closed = True


async def test_the_body_of_an_error_is_read_so_far_only() -> None:
    body = Endless()
    request = httpx.Request("GET", "http://127.0.0.1", headers={"Authorization": f"Bearer {TOKEN}"})
    error = await asyncio.wait_for(read_error(Response.of(httpx.Response(500, stream=body, request=request)), None), 10)
    assert error.status == 500
    assert body.given < 100_000
    assert body.is_closed


async def test_oauths_errors_keep_their_text() -> None:
    body = answer("400 Bad", b'{"error": "invalid_grant", "error_description": "made up"}')
    async with raw_server(body) as server, client(server) as graph:
        with pytest.raises(BadRequest, match="invalid_grant: made up"):
            await graph.me.online_meetings.get()


# Delta


async def collect(changes: Changes[CallRecording], found: list[str | None]) -> None:
    async for change in changes:
        found.append(change.item.id)  # noqa: PERF401  what came before an error counts


async def fail_with_the_first(changes: Changes[CallRecording]) -> None:
    async for _ in changes:
        raise OSError("disk full")


async def test_a_page_with_both_links_has_a_next_one() -> None:
    def first(_: str) -> bytes:
        links = f'"@odata.nextLink": "{server.base_url}/n", "@odata.deltaLink": "{server.base_url}/d"'
        return json_answer(f'{{"value": [{{"id": "1"}}], {links}}}')

    def last(_: str) -> bytes:
        return json_answer(f'{{"value": [{{"id": "2"}}], "@odata.deltaLink": "{server.base_url}/d2"}}')

    async with raw_server(first, answer("500 Oh"), last) as server, client(server) as graph:
        changes = graph.me.online_meetings.by_online_meeting_id("m").recordings.delta().changes()
        found: list[str | None] = []
        with pytest.raises(GraphError):
            await collect(changes, found)
        assert (found, changes.delta_link) == (["1"], None)
        found += [change.item.id async for change in changes]
        assert (found, changes.delta_link) == (["1", "2"], f"{server.base_url}/d2")


async def test_an_item_that_the_caller_failed_with_comes_again() -> None:
    def page(_: str) -> bytes:
        items = '[{"id": "1"}, {"id": "2"}, {"id": "2", "callId": "newer"}, {"id": "1"}]'
        return json_answer(f'{{"value": {items}, "@odata.deltaLink": "{server.base_url}/d"}}')

    async with raw_server(page) as server, client(server) as graph:
        changes = graph.me.online_meetings.by_online_meeting_id("m").recordings.delta().changes()
        handled: list[tuple[str | None, str | None]] = []
        with pytest.raises(OSError, match="disk full"):
            await fail_with_the_first(changes)
        async for change in changes:
            handled.append((change.item.id, change.item.call_id))  # noqa: PERF401  as a caller writes it
    assert handled == [("1", None), ("2", None), ("2", "newer")]


async def test_a_relative_location_is_where_to_start_over() -> None:
    gone = answer("410 Gone", b"", ["Location: /v1.0/again"])

    def last(_: str) -> bytes:
        return json_answer(f'{{"value": [], "@odata.deltaLink": "{server.base_url}/d"}}')

    async with raw_server(gone, last) as server, client(server) as graph:
        changes = graph.me.online_meetings.by_online_meeting_id("m").recordings.delta().changes(resync=True)
        assert [change async for change in changes] == []
    assert server.requests[1].startswith("GET /v1.0/again ")


async def test_gone_content_is_no_delta() -> None:
    async with raw_server(answer("410 Gone")) as server, client(server) as graph:
        with pytest.raises(GraphError) as caught:
            await content_of(graph).get()
    assert not isinstance(caught.value, DeltaTokenExpired)
    assert caught.value.hint is None


# The token


async def test_a_token_that_the_service_does_not_take_is_fetched_again() -> None:
    credential = StaticCredential("old")

    def check(head: str) -> bytes:
        credential.token = "new"
        return json_answer('{"value": []}') if "Bearer new" in head else answer("401 No")

    async with raw_server(check) as server:
        async with GraphMeetingsClient(credential, base_url=server.base_url, retry=ONCE) as graph:
            await graph.me.online_meetings.get()
        assert server.headers("Authorization") == ["Bearer old", "Bearer new"]


async def test_a_credential_that_fails_is_a_graph_error() -> None:
    credential = StaticCredential("x", error=RuntimeError("no browser"))
    graph = GraphMeetingsClient(credential, base_url="http://127.0.0.1:9/v1.0")
    with pytest.raises(AuthenticationFailed, match="no browser"):
        await graph.me.online_meetings.get()
    await graph.close()


async def test_what_a_credential_says_can_be_read() -> None:
    said = "No sign-in.\nAttempted credentials:\n\tCli: not on path\r\n\x1b[31m2026-01-01 FORGED\u2028\x07end"
    credential = StaticCredential("x", error=RuntimeError(said))
    async with GraphMeetingsClient(credential, base_url="http://127.0.0.1:9/v1.0") as graph:
        with pytest.raises(AuthenticationFailed) as caught:
            await graph.me.online_meetings.get()
    lines = str(caught.value).split("\n")
    assert lines[0].endswith("No sign-in.")
    assert lines[1:3] == ["    Attempted credentials:", "        Cli: not on path"]
    assert lines[3:] == ["    ?[31m2026-01-01 FORGED", "    ?end (GET /me/onlineMeetings)"]
    assert all(line.isprintable() for line in lines)
    shown = "".join(traceback.format_exception(caught.value))
    assert "RuntimeError" not in shown
    assert "direct cause" not in shown


# Which request


async def test_an_error_names_its_request_with_ids_and_without_its_query() -> None:
    async with raw_server(answer("403 No")) as server, client(server) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.users.by_user_id("ann@contoso.com").online_meetings.get(filter="joinWebUrl eq 'S3CRET'")
        error = caught.value
        assert error.request == "GET /users/ann%40contoso.com/onlineMeetings?…"
        assert "(GET /users/ann%40contoso.com/onlineMeetings?…)" in str(error)
        assert pickle.loads(pickle.dumps(error)).request == error.request
        with pytest.raises(GraphError) as caught:
            await content_of(graph).get()
        assert caught.value.request == "GET /me/onlineMeetings/m/recordings/r/content"


@pytest.mark.parametrize(
    "broken",
    [
        answer("503 No"),
        answer("200 OK", b"<p>", ["Content-Type: application/json"]),
        answer("200 OK", b"no gzip", ["Content-Encoding: gzip"]),
        answer("302 Found", b"{}", ["Location: /x"]),
        json_answer("[]"),
        b"",
    ],
    ids=range(6),
)
async def test_every_failure_of_a_request_names_it(broken: bytes) -> None:
    async with raw_server(broken) as server, client(server) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.me.online_meetings.by_online_meeting_id("m").get()
    assert caught.value.request == "GET /me/onlineMeetings/m"


async def test_failures_without_an_answer_name_the_request() -> None:
    credential = StaticCredential("x", error=RuntimeError("no browser"))
    for cloud, patience in ((Cloud.GLOBAL, Timeout()), (Cloud.CHINA, Timeout()), (Cloud.GLOBAL, Timeout(total=1e-9))):
        async with GraphMeetingsClient(credential, cloud=cloud, timeout=patience, retry=ONCE) as graph:
            with pytest.raises(GraphError) as caught:
                await graph.users.by_user_id("a").online_meetings.get_all_recordings().get()
            assert str(caught.value.request).startswith("GET /users/a/onlineMeetings/getAllRecordings(")


async def test_a_failure_of_another_place_names_that_place_only() -> None:
    async with raw_server(answer("500 No")) as storage:
        away = answer("302 Found", headers=[f"Location: {storage.base_url}/S3CRET?sig=S3CRET"])
        async with raw_server(away) as server, client(server) as graph:
            with pytest.raises(GraphError) as caught:
                await content_of(graph).get()
    assert caught.value.request == f"GET {storage.base_url.removesuffix('/v1.0')}/…"
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://graph.microsoft.com/v1.0/users/a?$skip=1", "GET /users/a?…"),
        ("https://graph.microsoft.com/v1.0/users/a#x", "GET /users/a?…"),
        (f"https://graph.microsoft.com/v1.0/{'a' * 5_000}?x", f"GET /{'a' * 999}…?…"),
        ("https://graph.microsoft.com/beta/users/a", "GET /beta/users/a"),
        ("https://user:S3CRET@evil.example/x?S3CRET", "GET /x?…"),
        ("https://evil.example\\@S3CRET/x", "GET /x"),
        ("/users", "GET /users"),
        ("https://[", "GET "),
    ],
)
def test_a_request_is_named_below_the_root(url: str, expected: str) -> None:
    assert request_line(url, "https://graph.microsoft.com/v1.0") == expected


def test_a_long_request_is_named_at_once() -> None:
    started = time.process_time()
    assert (
        len(request_line(f"https://graph.microsoft.com/v1.0/{'a' * 100_000}", "https://graph.microsoft.com/v1.0"))
        > 1000
    )
    assert time.process_time() - started < 1


# Odds and ends


async def test_each_request_has_an_id_of_its_own() -> None:
    async with raw_server(json_answer('{"value": []}')) as server, client(server) as graph:
        pager = graph.me.online_meetings.list()
        for _ in range(2):
            assert [item async for item in pager] == []
    assert len(set(server.headers("client-request-id"))) == 2


async def test_a_link_reaches_the_wire_as_it_is() -> None:
    path = "/v1.0/x(a='b%27c%2fd')/y?$skip=a+b%20c&x=%3D,%27"

    def first(_: str) -> bytes:
        return json_answer(f'{{"value": [], "@odata.nextLink": "{server.base_url.removesuffix("/v1.0")}{path}"}}')

    async with raw_server(first, json_answer('{"value": []}')) as server, client(server) as graph:
        assert [item async for item in graph.me.online_meetings.list()] == []
    assert server.requests[1].split(" ")[1] == path


async def test_nothing_is_added_to_a_whole_url() -> None:
    async with raw_server(json_answer("{}")) as server, client(server) as graph:
        builder = graph.me.online_meetings.with_url(f"{server.base_url}/x")
        with pytest.raises(ValueError, match="nothing can be added"):
            builder.by_online_meeting_id("m")
        with pytest.raises(ValueError, match="nothing can be added"):
            await builder.get(top=5)
        with pytest.raises(LinkRefused):
            graph.me.online_meetings.with_url("/x")


async def test_only_documented_methods_are_sent() -> None:
    async with raw_server(json_answer("{}")) as server, client(server) as graph:
        request = graph.me.online_meetings.to_get_request_information()
        request.http_method = Method.DELETE
        with pytest.raises(ValueError, match="does not send DELETE to /me/onlineMeetings"):
            await graph.request_adapter.send_no_response_content_async(request, None)
    assert not server.requests


async def test_a_silent_server_is_a_connection_that_failed() -> None:
    async with raw_server(b"") as server, client(server, QUICK) as graph:
        with pytest.raises(ConnectionFailed):
            await graph.me.online_meetings.get()
    # aiohttp asks once more by itself, in case the connection was an old one.
    assert QUICK.attempts <= len(server.requests) <= 2 * QUICK.attempts


def test_errors_are_keys_and_can_be_pickled() -> None:
    error = NotFound("gone", status=404, code="itemNotFound", hint="look elsewhere")
    assert {error: 1}[error] == 1
    assert error != NotFound("gone", status=404, code="itemNotFound", hint="look elsewhere")
    restored = pickle.loads(pickle.dumps(error))
    assert (type(restored), str(restored), restored.code) == (NotFound, str(error), "itemNotFound")
    field_error = FieldError("Model", "field", "Edm.String", 5, "a number")
    assert str(pickle.loads(pickle.dumps(field_error))) == str(field_error)


def test_a_policy_of_any_size_can_be_asked() -> None:
    assert Retry(attempts=10**6).delay(10**5, 0, {}) is not None
