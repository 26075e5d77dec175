"""What holds for both the asynchronous and the blocking connections."""

import socket

import httpx
import pytest

from tests.connections.clients import Fetch, both
from tests.support.socket_server import SocketServer, answering, socket_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

pytestmark = both


@pytest.mark.parametrize(
    "target",
    [
        "/a/b?sig=aB%2fcD%2FeF%3d%7E~",
        "/f(a='it''s',b=@x)/delta?$top=5&%24skiptoken=R0RS%2B",
        "//double//slash/../dot/./x",
        "/a?b?c=d/e",
        "/%7euser/%41%c3%a9/!$&()*+,;=:@",
    ],
)
def test_the_target_arrives_as_httpx_has_it(fetch: Fetch, target: str) -> None:
    with socket_server(answering(OK)) as server:
        assert fetch(server.url + target)[0].body == b"ok"
    assert server.heads[0].split(b"\r\n")[0] == b"GET " + httpx.URL(server.url + target).raw_path + b" HTTP/1.1"


def test_signed_urls_arrive_byte_by_byte(fetch: Fetch) -> None:
    target = "/x?se=2026-01-01T00%3A00%3A00Z&sig=a%2fb%2Fc%3d%3D&q='%7E'"
    with socket_server(answering(OK)) as server:
        fetch(server.url + target)
    assert server.heads[0].startswith(b"GET " + target.encode() + b" HTTP/1.1\r\n")


def test_redirects_and_cookies_are_left_to_others(fetch: Fetch) -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    with socket_server(answering(redirect, OK)) as server:
        first, second = fetch(f"{server.url}/a", f"{server.url}/c")
    assert (first.status, first.headers["Location"], second.status) == (302, "/b", 200)
    assert b"cookie" not in server.heads[1].lower()
    assert server.connections == 1


def test_a_compressed_body_stays_as_it_is(fetch: Fetch) -> None:
    compressed = b"HTTP/1.1 200 OK\r\nContent-Encoding: x-unknown\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x00"
    with socket_server(answering(compressed)) as server:
        assert fetch(server.url)[0].body == b"\x1f\x8b\x00"


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", (httpx.ReadError,)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", (httpx.ReadError,)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort", (httpx.ReadError,)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", (httpx.ReadError, httpx.RemoteProtocolError)),
        (b"HTTP/1.1 200 OK\r\nContent-Length", (httpx.ReadError, httpx.RemoteProtocolError)),
        (b"SECRET 200 OK\r\n\r\n", (httpx.RemoteProtocolError,)),
        (b"HTTP/1.1 200 OK\r\nA: " + b"a" * (1 << 17) + b"\r\n\r\n", (httpx.RemoteProtocolError,)),
        (b"", (httpx.ReadError, httpx.RemoteProtocolError)),
    ],
    ids=["length", "last chunk", "chunk", "chunk size", "head", "protocol", "long", "nothing"],
)
def test_what_is_no_whole_response_is_an_error(
    fetch: Fetch, answer: bytes, kinds: tuple[type[httpx.TransportError], ...]
) -> None:
    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(answer)

    with socket_server(serve) as server, pytest.raises(kinds) as caught:
        fetch(f"{server.url}/?token=SECRET")
    assert "token=SECRET" not in repr(caught.value)


def test_hints_before_the_response_are_skipped(fetch: Fetch) -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
    with socket_server(answering(hints + OK)) as server:
        assert [answer.body for answer in fetch(server.url, server.url)] == [b"ok", b"ok"]


def test_chunks_of_any_size_make_a_body(fetch: Fetch) -> None:
    chunks = b"3\r\nabc\r\n1;x=y\r\nd\r\n20000\r\n" + b"e" * 0x20000 + b"\r\n0\r\nTrailer: x\r\n\r\n"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    with socket_server(answering(chunked)) as server:
        assert [answer.body for answer in fetch(server.url, server.url)] == [b"abcd" + b"e" * 0x20000] * 2
    assert server.connections == 1


def test_what_is_no_get_is_not_sent(fetch: Fetch) -> None:
    with pytest.raises(ValueError, match="it does not send POST"):
        fetch("http://127.0.0.1:9/", method="POST")


def test_spaces_around_a_transfer_coding_mean_nothing(fetch: Fetch) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \tChunked \r\n\r\n2\r\nok\r\n0\r\n\r\n"
    with socket_server(answering(chunked)) as server:
        assert [found.body for found in fetch(server.url, server.url)] == [b"ok", b"ok"]


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.0 200 OK\r\n\r\nok"],
    ids=["close", "1.0"],
)
def test_a_connection_that_the_server_ends_is_not_used_again(fetch: Fetch, answer: bytes) -> None:
    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(answer)

    with socket_server(serve) as server:
        assert [found.body for found in fetch(server.url, server.url)] == [b"ok", b"ok"]
    assert server.connections == 2


def test_a_connection_that_ends_under_the_second_request_is_replaced(fetch: Fetch) -> None:
    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(OK)
        if server.connections == 1:
            server.read_head(connection)

    with socket_server(serve) as server:
        assert [found.body for found in fetch(server.url, server.url)] == [b"ok", b"ok"]
    assert (server.connections, len(server.heads)) == (2, 3)


def test_a_port_that_nobody_listens_on_is_a_connect_error(fetch: Fetch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(httpx.ConnectError) as caught:
        fetch(f"http://127.0.0.1:{port}/?token=SECRET")
    assert "SECRET" not in repr(caught.value)


def test_a_name_that_does_not_exist_is_a_connect_error(fetch: Fetch) -> None:
    with pytest.raises(httpx.ConnectError):
        fetch("http://nowhere.invalid/")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_is_silent_is_a_timeout(fetch: Fetch, scheme: str) -> None:
    """In the middle of TLS it counts as connecting."""
    kind = httpx.ReadTimeout if scheme == "http" else httpx.ConnectTimeout
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/?token=SECRET"
        with pytest.raises(kind) as caught:
            fetch(url, timeout={"connect": 0.2, "read": 0.2})
    assert "SECRET" not in repr(caught.value)


def test_a_body_that_stalls_is_a_timeout(fetch: Fetch) -> None:
    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")
        connection.recv(1)

    with socket_server(serve) as server, pytest.raises(httpx.ReadTimeout):
        fetch(server.url, timeout={"connect": 9.0, "read": 0.2})
