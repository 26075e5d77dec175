"""Bodies: how much of them is kept in memory, how they are decoded, and what is not JSON."""

import asyncio
import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_runtime import BodyLimit, ContentRequestBuilder, GraphError, MalformedResponse, NotFound, Timeout
from graph_meetings_runtime.http.responses.body import limit_body
from graph_meetings_runtime.http.responses.response import Response
from tests.support.certificates import TRUSTED
from tests.support.credentials import StaticCredential
from tests.support.error_collector import beneath
from tests.support.raw_server import answer, json_answer, raw_server

ONCE = Retry(attempts=1)
MIB = 1 << 20
PAGE = b'{"value": [{"id": "1"}]}'
IS_JSON = "Content-Type: application/json"


def client(base_url: str, **options: object) -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential("TOKEN-SECRET"), base_url=base_url, retry=ONCE, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # one of several options


def content_of(graph: GraphMeetingsClient) -> ContentRequestBuilder:
    return graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content


@cache
def bomb(layers: int) -> bytes:
    """Compress 512 MiB of zeros, and that again."""
    if layers > 1:
        return gzip.compress(bomb(layers - 1))
    compressor = zlib.compressobj(9, wbits=31)
    return b"".join([*(compressor.compress(bytes(MIB)) for _ in range(512)), compressor.flush()])


def zipped(body: bytes) -> bytes:
    return gzip.compress(body)


def deflated(body: bytes) -> bytes:
    return zlib.compress(body)


def raw_deflated(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


def plain(body: bytes) -> bytes:
    return body


async def peak_of(work: Awaitable[object]) -> tuple[GraphError, int, float]:
    """Return the error, the bytes that the work took at most, and the longest time in which nothing else ran."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - began)

    watching = asyncio.create_task(watch())
    tracemalloc.start()
    try:
        with pytest.raises(GraphError) as caught:
            await asyncio.wait_for(work, 60)
        return caught.value, tracemalloc.get_traced_memory()[1], longest
    finally:
        tracemalloc.stop()
        watching.cancel()


# How much is kept


@pytest.mark.slow
@pytest.mark.parametrize("own_client", [True, False], ids=["our client", "the caller's client"])
@pytest.mark.parametrize(("layers", "encoding"), [(1, "gzip"), (2, "gzip, gzip"), (2, "gzip"), (3, "gzip,gzip, gzip")])
async def test_a_bomb_from_the_place_that_a_redirect_leads_to_stays_small(
    layers: int, encoding: str, *, own_client: bool
) -> None:
    body = bomb(layers)
    async with (
        raw_server(answer("404 No", body, [f"Content-Encoding: {encoding}"])) as storage,
        httpx.AsyncClient(verify=TRUSTED) as mine,
    ):
        away = answer("302 Found", headers=[f"Location: {storage.base_url}/x"])
        async with (
            raw_server(away) as server,
            client(server.base_url, http_client=None if own_client else mine) as graph,
        ):
            error, peak, longest = await peak_of(content_of(graph).get())
    assert isinstance(error, NotFound)
    assert peak < 8 * MIB
    assert longest < 1
    assert set(storage.headers("Accept-Encoding")) == {"identity"}


@pytest.mark.slow
@pytest.mark.parametrize("own_client", [True, False], ids=["our client", "the caller's client"])
@pytest.mark.parametrize("status", ["200 OK", "400 Bad", "401 No", "503 Busy"])
async def test_a_bomb_of_the_service_stays_within_the_limit(status: str, *, own_client: bool) -> None:
    bombed = answer(status, bomb(1), ["Content-Encoding: gzip", IS_JSON])
    async with (
        raw_server(bombed) as server,
        httpx.AsyncClient(verify=TRUSTED) as mine,
        client(server.base_url, http_client=None if own_client else mine) as graph,
    ):
        limited = RequestConfiguration[Any](options=[BodyLimit(4 * MIB)])
        error, peak, longest = await peak_of(graph.me.online_meetings.get(limited))
    assert error.status == (int(status[:3]) if status[0] != "2" else None)
    assert ("larger than 4194304 bytes" in str(error)) == (status[0] == "2")
    assert peak < 16 * MIB
    assert longest < 1


@pytest.mark.slow
async def test_the_deadline_counts_while_a_body_is_decompressed() -> None:
    bombed = answer("200 OK", bomb(1), ["Content-Encoding: gzip", IS_JSON])
    async with raw_server(bombed) as server, client(server.base_url, timeout=Timeout(total=0.2)) as graph:
        patient = RequestConfiguration[Any](options=[BodyLimit(1 << 40)])
        began = time.monotonic()
        with pytest.raises(GraphError, match=r"within 0\.2 seconds"):
            await asyncio.wait_for(graph.me.online_meetings.get(patient), 60)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_body_that_is_not_compressed_has_the_same_limit(*, is_chunked: bool) -> None:
    body = b'{"value": [], "x": "' + b"x" * MIB + b'"}'
    page = answer("200 OK", body, [IS_JSON])
    if is_chunked:
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        page = head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    narrow, wide = (RequestConfiguration[Any](options=[BodyLimit(size)]) for size in (MIB, 2 * MIB))
    async with raw_server(page) as server, client(server.base_url) as graph:
        with pytest.raises(MalformedResponse, match="larger than 1048576 bytes"):
            await graph.me.online_meetings.get(narrow)
        assert (await graph.me.online_meetings.get(wide)).value == []


MANY = {
    "empty objects": b"{},",
    "empty lists": b"[],",
    "nested lists": b"[[[[[[[[]]]]]]]],",
    "decimals": b"1.1,",
    "objects": b'{"a":1},',
    "objects in objects": b'{"a":{"a":{}}},',
    "texts": b'"\xf0\x9f\x98\x80",',
    "numbers": b"1234567890123,",
    "nulls": b"null,",
}


@pytest.mark.parametrize("value", MANY.values(), ids=MANY)
async def test_no_json_takes_more_memory_than_is_documented(value: bytes) -> None:
    limit = 8 * MIB
    start = b'{"value":['
    body = start + (value * (limit // len(value)))[: limit - len(start) - len(value)].rpartition(b",")[0]
    body = body[: body.rindex(value.rstrip(b","))] + value.rstrip(b",") + b"]}"
    patient = RequestConfiguration[Any](options=[BodyLimit(limit)])
    page = answer("200 OK", gzip.compress(body, 1), ["Content-Encoding: gzip", IS_JSON])
    async with raw_server(page) as server, client(server.base_url) as graph:
        tracemalloc.start()
        try:
            with suppress(GraphError):
                await asyncio.wait_for(graph.me.online_meetings.get(patient), 60)
            assert tracemalloc.get_traced_memory()[1] < 12 * limit + 4 * MIB
        finally:
            tracemalloc.stop()


async def test_a_large_page_like_those_of_the_service_is_read() -> None:
    limit = 4 * MIB
    items = [{"id": f"{number:040}", "subject": "a, b", "isCancelled": False, "version": 1} for number in range(38_000)]
    body = json.dumps({"value": items}).encode()
    assert 0.9 * limit < len(body) < limit
    patient = RequestConfiguration[Any](options=[BodyLimit(limit)])
    async with raw_server(json_answer(body.decode())) as server, client(server.base_url) as graph:
        assert len((await graph.me.online_meetings.get(patient)).value) == len(items)


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        BodyLimit(0)


# How they are decoded


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", zipped),
        ("x-gzip", zipped),
        (" GZip ", zipped),
        ("identity, gzip", zipped),
        ("deflate", deflated),
        ("deflate", raw_deflated),
        ("identity", plain),
        ("", plain),
    ],
)
async def test_one_layer_of_an_encoding_is_read(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    big = json.dumps({"value": [], "x": "ab" * 500_000}).encode()
    for body in (PAGE, big):
        page = answer("200 OK", encode(body), [f"Content-Encoding: {encoding}", IS_JSON])
        async with raw_server(page) as server, client(server.base_url) as graph:
            assert len((await graph.me.online_meetings.get()).value) == len(json.loads(body)["value"])
        assert server.headers("Accept-Encoding") == ["gzip"]


@pytest.mark.parametrize(
    ("encoding", "body", "message"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE)), "either gzip or deflate"),
        ("gzip, br", PAGE, "either gzip or deflate"),
        ("br", PAGE, "either gzip or deflate"),
        ("zstd", PAGE, "either gzip or deflate"),
        ("gzip", PAGE, "incorrect header check"),
        ("gzip", gzip.compress(PAGE)[:-9], "ends too early"),
        ("gzip", b"", "ends too early"),
        ("deflate", b"", "ends too early"),
        ("gzip", gzip.compress(PAGE) + b"more", "after the end"),
        ("gzip", gzip.compress(PAGE) + gzip.compress(PAGE), "after the end"),
    ],
    ids=range(10),
)
async def test_any_other_encoding_is_refused(encoding: str, body: bytes, message: str) -> None:
    page = answer("200 OK", body, [f"Content-Encoding: {encoding}", IS_JSON])
    async with raw_server(page) as server, client(server.base_url) as graph:
        with pytest.raises(MalformedResponse, match=message):
            await graph.me.online_meetings.get()


class Pieces(httpx.AsyncByteStream):
    """A body in pieces of one size."""

    def __init__(self, body: bytes, size: int) -> None:
        self.pieces = [body[at : at + size] for at in range(0, len(body), size)]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


@settings(max_examples=2 * settings().max_examples)
@given(
    st.binary(max_size=2000),
    st.integers(1, 600_000),
    st.sampled_from([("gzip", zipped), ("deflate", deflated), ("deflate", raw_deflated), ("identity", plain)]),
    st.integers(1, 5000),
    st.integers(1, 3_000_000),
)
async def test_whatever_comes_is_whole_or_refused_and_never_larger_than_the_limit(
    seed: bytes, repeat: int, encoding: tuple[str, Callable[[bytes], bytes]], piece: int, limit: int
) -> None:
    body = (seed * repeat)[:2_000_000]
    name, encode = encoding
    encoded = encode(body)
    headers = {"Content-Encoding": name}
    stream = Pieces(encoded, max(piece, len(encoded) // 200))
    request = httpx.Request("GET", "http://127.0.0.1/")
    response = Response.of(httpx.Response(200, headers=headers, stream=stream, request=request))
    limit_body(response, limit)
    try:
        assert await response.read() == body
    except MalformedResponse:
        assert len(body) > limit
    except httpx.DecodingError:
        # A deflate stream without a header that looks as if it had one.
        assert encode is raw_deflated
    else:
        assert len(body) <= limit


# What is not JSON


@pytest.mark.parametrize(
    "content_type",
    [
        "Content-Type: text/plain",
        "Content-Type: text/json; charset=utf-8",
        "Content-Type: application/problem+json",
        "Content-Type: application/vnd.x+json",
        "Content-Type:",
        "X: y",
    ],
)
async def test_json_is_read_whatever_it_is_called(content_type: str) -> None:
    async with raw_server(answer("200 OK", PAGE, [content_type])) as server, client(server.base_url) as graph:
        assert (await graph.me.online_meetings.get()).value[0].id == "1"


@pytest.mark.parametrize(
    ("response", "status", "message"),
    [
        (
            answer("302 Found", b"<a>", ["Location: https://login.example/x?secret=1"]),
            302,
            "redirects to https://login.example,",
        ),
        (answer("307 Moved", b"", ["Location: /signin"]), 307, "redirects to another place"),
        (answer("302 Found", b"<a>"), 302, "redirects without a Location header"),
        (answer("301 Moved", PAGE, [IS_JSON]), 301, "redirects without a Location header"),
        (answer("303 Other", PAGE, [IS_JSON, "Location: "]), 303, "redirects without a Location header"),
        (answer("204 No Content"), 204, "the body is empty"),
        (answer("200 OK"), 200, "the body is empty"),
        (answer("304 Not Modified"), 304, "does not return JSON"),
        (answer("200 OK", b"<html>Sign in", ["Content-Type: text/html"]), 200, r"\(Content-Type text/html\)"),
        (answer("200 OK", b"id: 1", ["Content-Type: text/plain"]), 200, "does not return JSON: "),
        (answer("200 OK", b"\xff{}", [IS_JSON]), 200, "does not return JSON: "),
    ],
    ids=range(11),
)
async def test_what_is_not_json_is_an_error_with_status_and_headers(response: bytes, status: int, message: str) -> None:
    marked = response.replace(b"\r\n", b"\r\nrequest-id: R1\r\n", 1)
    async with raw_server(marked) as server, client(server.base_url) as graph:
        for request in (graph.me.online_meetings.get, graph.me.online_meetings.by_online_meeting_id("m").get):
            with pytest.raises(MalformedResponse, match=message) as caught:
                await request()
            assert caught.value.status == status
            assert caught.value.request_id == "R1"
            assert "secret" not in str(caught.value)


async def test_content_that_is_redirected_nowhere_is_an_error_at_once() -> None:
    async with raw_server(answer("302 Found")) as server, client(server.base_url) as graph:
        with pytest.raises(MalformedResponse, match="without a Location header") as caught:
            await content_of(graph).get()
    assert caught.value.status == 302
    assert len(server.requests) == 1


async def test_no_frame_of_an_error_keeps_a_body_that_is_not_json() -> None:
    async with raw_server(json_answer('{"x": TOKEN-SECRET}')) as server, client(server.base_url) as graph:
        with pytest.raises(MalformedResponse) as caught:
            await graph.me.online_meetings.get()
    assert not any(isinstance(error, ValueError) for error in beneath(caught.value))
