"""Responses read from bytes that come in pieces of any size."""

import time
from contextlib import suppress
from typing import Any, cast

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_meetings_runtime.http.connections.incoming import Incoming

HEAD = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:  2 \r\n"


class Pieces:
    """A connection on which these pieces come, and then its end."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data = data
        self.size = size

    def receive(self, most: int) -> bytes:
        piece, self.data = self.data[: min(most, self.size)], self.data[min(most, self.size) :]
        return piece


def incoming(data: bytes, size: int = 1 << 16) -> Incoming:
    return Incoming(cast("Any", Pieces(data, size)))


def read(source: Incoming) -> tuple[int, list[tuple[bytes, bytes]], bytes, bool]:
    head = source.head()
    body = source.body(head)
    return head.status, head.fields, body if isinstance(body, bytes) else b"".join(body), head.keeps_open


def chunked(body: bytes, sizes: list[int]) -> bytes:
    chunks = b""
    for size in sizes:
        piece, body = body[:size], body[size:]
        chunks += b"%x;a=b\r\n%b\r\n" % (len(piece), piece) if piece else b""
    return chunks + (b"%X\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\nTrailer: x\r\n\r\n"


@given(st.binary(max_size=300), st.lists(st.integers(1, 50), max_size=5), st.integers(1, 400))
@example(b"\r\n\r\n0\r\n\r\n", [3, 1], 1)
def test_a_body_is_the_same_however_it_is_marked_and_cut(body: bytes, sizes: list[int], size: int) -> None:
    by_length = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    by_chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body, sizes)
    for sent in (by_length, by_chunks):
        source = incoming(b"HTTP/1.1 103 Early Hints\r\n\r\n" + sent + by_length, size)
        for _ in range(2):
            status, fields, found, keeps_open = read(source)
            assert (status, found, keeps_open) == (200, body, True)
            assert fields[:2] == [(b"X-A", b"1"), (b"x-a", b"2")]
        assert source.is_empty
    assert read(incoming(HEAD + b"\r\n" + body, size))[2:] == (body, False)


@given(st.data(), st.binary(max_size=100), st.integers(1, 400))
def test_a_body_that_ends_early_is_an_error(data: st.DataObject, body: bytes, size: int) -> None:
    by_length = b"Content-Length: %d\r\n\r\n" % len(body) + body
    by_chunks = b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body, [7])
    sent = HEAD + data.draw(st.sampled_from([by_length, by_chunks]))
    cut = data.draw(st.integers(0, len(sent) - 1))
    with pytest.raises(httpx.ReadError):
        read(incoming(sent[:cut], size))


@given(
    st.lists(
        st.sampled_from([b"HTTP/1.1 ", b"200", b"\r\n", b"\n", b":", b" ", b"Content-Length", b"0", b"5", b"chunked"])
        | st.sampled_from([b"Transfer-Encoding", b"Connection: close", b"\r", b"\x00", b"\xff", b"100", b"F"]),
        max_size=40,
    ),
    st.integers(1, 50),
)
def test_whatever_comes_is_a_response_or_an_error(parts: list[bytes], size: int) -> None:
    with suppress(httpx.ReadError, httpx.RemoteProtocolError):
        read(incoming(b"".join(parts), size))


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        (b"Content-Length: 2, 2\r\n", 2),
        (b"Content-Length: 2\r\nContent-Length: 2\r\n", 2),
        (b"Content-Length: 2\r\nTransfer-Encoding: gzip\r\n", None),
    ],
)
def test_a_length_counts_only_where_it_is_certain(fields: bytes, length: int | None) -> None:
    head = incoming(HEAD + fields + b"\r\n").head()
    assert head.length == length
    assert head.keeps_open == (length is not None)


@pytest.mark.parametrize("length", [b"2, 3", b"2\r\nContent-Length: 3", b"-2", b"+2", b"", b"two"])
def test_a_body_whose_length_is_uncertain_is_refused(length: bytes) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="Content-Length"):
        incoming(HEAD + b"Content-Length: " + length + b"\r\n\r\nabc").head()


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 17 + HEAD + b"\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 101 + b"\r\n",
    ],
    ids=["hints", "trailers"],
)
def test_what_may_come_again_and_again_is_bounded(sent: bytes) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        read(incoming(sent))


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\n" + b"A:" + b" " * 60_000 + b"b\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A:b\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\n" + b"A" * 100_000,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50_000,
    ],
    ids=["spaces", "headers", "name", "chunks"],
)
def test_nothing_takes_long(sent: bytes) -> None:
    started = time.process_time()
    with pytest.raises(httpx.TransportError):
        read(incoming(sent, 1 << 16))
    assert time.process_time() - started < 1
