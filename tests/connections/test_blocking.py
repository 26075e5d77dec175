"""The blocking connections: what is said on them, how many there are, time, threads, forks, and Ctrl-C."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from textwrap import dedent
from unittest.mock import Mock

import httpx
import pytest

from graph_meetings_runtime.http.connections import pool
from graph_meetings_runtime.http.connections.blocking import GraphHttpClient
from graph_meetings_runtime.http.connections.time_left import OutOfTime, run_until, seconds_left
from tests.connections.clients import fetch_blocking
from tests.support.socket_server import SECONDS, SocketServer, answering, socket_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TIMEOUT = {"connect": 10.0, "read": 10.0}


@pytest.fixture
def client() -> Iterator[GraphHttpClient]:
    with GraphHttpClient(trust_env=False) as opened:
        yield opened


def get(client: GraphHttpClient, url: str) -> bytes:
    return client.send(httpx.Request("GET", url, extensions={"timeout": TIMEOUT})).content


# What is said


def test_an_empty_query_keeps_its_mark(client: GraphHttpClient) -> None:
    with socket_server(answering(OK)) as server:
        get(client, f"{server.url}/a?")
    assert server.heads[0].startswith(b"GET /a? HTTP/1.1\r\n")


def test_the_headers_are_those_of_the_request_and_no_others(client: GraphHttpClient) -> None:
    headers = [("host", "a.example"), ("accept-ENCODING", "gzip"), ("X-A", "1"), ("X-A", "2")]
    with socket_server(answering(OK)) as server:
        client.send(httpx.Request("GET", server.url, headers=headers))
    assert server.heads[0] == (
        b"GET / HTTP/1.1\r\nhost: a.example\r\naccept-ENCODING: gzip\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
    )


@pytest.mark.parametrize("headers", [{"X": "a\r\nInjected: b"}, {"X\r\nInjected": "b"}])
def test_a_header_that_would_be_two_is_not_sent(client: GraphHttpClient, headers: dict[str, str]) -> None:
    with socket_server(answering(OK)) as server:
        with pytest.raises(httpx.LocalProtocolError):
            client.send(httpx.Request("GET", server.url, headers=headers))
        assert get(client, server.url) == b"ok"
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nno header SECRET\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/9.9 200 SECRET\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n SECRET\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["colon", "version", "space", "folded", "return", "status"],
)
def test_a_head_that_others_read_otherwise_is_refused(client: GraphHttpClient, answer: bytes) -> None:
    with socket_server(answering(answer)) as server, pytest.raises(httpx.RemoteProtocolError) as caught:
        get(client, server.url)
    assert "SECRET" not in repr(caught.value)


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_the_version_is_that_of_the_response(client: GraphHttpClient, version: str) -> None:
    with socket_server(answering(OK.replace(b"HTTP/1.1", version.encode()))) as server:
        assert client.get(server.url).http_version == version


def test_nothing_that_is_sent_gets_into_a_log(client: GraphHttpClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with socket_server(answering(OK)) as server:
        get(client, f"{server.url}/?token=SECRET")
    assert "SECRET" not in caplog.text


# How many there are


def test_a_new_connection_that_ends_is_an_error(client: GraphHttpClient) -> None:
    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)

    with socket_server(serve) as server, pytest.raises(httpx.ReadError):
        get(client, server.url)
    assert server.connections == 1


def test_a_connection_that_ended_while_it_was_idle_is_not_used(client: GraphHttpClient) -> None:
    ended = threading.Event()

    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(OK)
        connection.shutdown(socket.SHUT_WR)
        ended.set()

    with socket_server(serve) as server:
        get(client, server.url)
        assert ended.wait(SECONDS)
        get(client, server.url)
    assert (server.connections, len(server.heads)) == (2, 2)


def test_a_connection_on_which_more_came_than_the_response_is_not_used_again(client: GraphHttpClient) -> None:
    was_read, sent = threading.Event(), threading.Event()

    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(OK)
        assert was_read.wait(SECONDS)
        connection.sendall(OK.replace(b"ok", b"no"))
        sent.set()
        server.read_head(connection)

    with socket_server(serve) as server:
        assert get(client, server.url) == b"ok"
        was_read.set()
        assert sent.wait(SECONDS)
        assert get(client, server.url) == b"ok"
    assert server.connections == 2


def test_an_old_connection_is_closed(client: GraphHttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def serve(server: SocketServer, connection: socket.socket) -> None:
        try:
            answering(OK)(server, connection)
        finally:
            ended.set()

    with socket_server(serve) as server, socket_server(answering(OK)) as other:
        get(client, server.url)
        get(client, server.url)
        assert server.connections == 1
        monkeypatch.setattr(pool, "_KEEP_ALIVE", -1.0)
        get(client, other.url)
        assert ended.wait(SECONDS)


def test_a_body_that_is_left_takes_its_connection_with_it(client: GraphHttpClient) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000
    with socket_server(answering(answer, OK)) as server:
        response = client.send(httpx.Request("GET", server.url), stream=True)
        next(response.iter_raw())
        response.close()
        assert len(get(client, server.url)) == 300_000
    assert server.connections == 2


def test_threads_get_their_own_answers_and_no_more_connections_than_threads(client: GraphHttpClient) -> None:
    def serve(server: SocketServer, connection: socket.socket) -> None:
        while True:
            body = server.read_head(connection).split(b" ")[1]
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    with socket_server(serve) as server, ThreadPoolExecutor(32) as threads:
        paths = [f"/{number}" for number in range(1000)]
        answers = threads.map(get, [client] * len(paths), [server.url + path for path in paths])
        assert [answer.decode() for answer in answers] == paths
        client.close()
    assert server.connections <= 32


def test_a_closed_client_says_so(client: GraphHttpClient) -> None:
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.get("http://127.0.0.1:9/")


def test_a_response_under_way_when_its_client_is_closed_is_read_to_its_end(client: GraphHttpClient) -> None:
    with socket_server(answering(OK)) as server:
        response = client.send(httpx.Request("GET", server.url), stream=True)
        client.close()
        assert response.read() == b"ok"


# Time


def drip(data: bytes) -> Callable[[SocketServer, socket.socket], None]:
    """Return what sends this, and then one byte after another, so that no single wait is long."""

    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(data)
        while True:
            connection.sendall(b"a")
            time.sleep(0.02)

    return serve


@pytest.mark.parametrize(
    "beginning",
    [b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"HTTP/1.1 "],
    ids=["header", "body", "status"],
)
def test_the_time_of_a_call_ends_what_trickles_in(client: GraphHttpClient, beginning: bytes) -> None:
    with socket_server(drip(beginning)) as server:
        began = time.monotonic()
        with pytest.raises(OutOfTime):
            run_until(began + 0.3, partial(get, client, server.url))
        assert 0.3 <= time.monotonic() - began < 5


def test_the_time_of_a_call_ends_connecting(client: GraphHttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(OutOfTime):
            run_until(time.monotonic() + 0.1, partial(get, client, url))


def test_the_shorter_time_counts_as_long_as_the_work_goes_on() -> None:
    now = time.monotonic()
    assert seconds_left() is None

    def work() -> None:
        assert 90 < (run_until(now + 200, partial(run_until, None, seconds_left)) or 0) <= 100
        with pytest.raises(OutOfTime):
            run_until(now, seconds_left)
        assert (seconds_left() or 0) > 90

    run_until(now + 100, work)
    assert seconds_left() is None


def test_addresses_that_swallow_everything_leave_time_for_the_others(
    client: GraphHttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket_server(answering(OK)) as server, socket.create_server(("127.0.0.2", 0), backlog=0) as full:
        # What does not fit into the backlog is not answered.
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        found = [(*stream, full.getsockname()), (*stream, ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", Mock(return_value=found))
        request = httpx.Request("GET", "http://two.example/", extensions={"timeout": {"connect": 1.0, "read": 10.0}})
        assert client.send(request).content == b"ok"
        for filler in fillers:
            filler.close()


# Forks


def in_child(work: Callable[[], bool]) -> bool:
    """Return what a forked process finds."""
    child = os.fork()
    if not child:
        is_right = False
        try:
            signal.alarm(int(SECONDS))
            is_right = work()
        finally:
            os._exit(0 if is_right else 1)
    return os.waitpid(child, 0)[1] == 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_has_connections_of_its_own(client: GraphHttpClient) -> None:
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000
    with socket_server(answering(OK, large, OK)) as server:
        get(client, server.url)
        response = client.send(httpx.Request("GET", server.url), stream=True)
        chunks = response.iter_raw()
        received = len(next(chunks))

        def work() -> bool:
            with pytest.raises(RuntimeError, match="parent process"):
                list(chunks)
            response.close()
            is_right = get(client, server.url) == b"ok"
            client.close()
            return is_right

        assert in_child(work)
        assert received + sum(map(len, chunks)) == 300_000
        assert get(client, server.url) == b"ok"
        assert server.connections == 2


def test_a_request_imports_nothing() -> None:
    """Another thread may fork meanwhile, and in the child the module would stay locked for ever."""
    with socket_server(answering(OK)) as server:
        output = run(
            """
            import sys
            from graph_meetings_runtime.http.connections.blocking import GraphHttpClient
            with GraphHttpClient() as client:
                before = set(sys.modules)
                client.get(sys.argv[1])
                print(*sorted(set(sys.modules) - before))
            """,
            server.url,
        )
    assert output == "\n"


# Ctrl-C


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let an interrupt be an exception, as it is on a terminal; shells let programs in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"], ids=["head", "body"])
def test_ctrl_c_ends_the_request_and_its_connection_only(client: GraphHttpClient, beginning: bytes) -> None:
    main = threading.main_thread().ident
    gone = threading.Event()

    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        if len(server.heads) > 1:
            connection.sendall(OK)
            return
        connection.sendall(beginning)
        signal.pthread_kill(main or 0, signal.SIGINT)
        try:
            server.read_head(connection)
        finally:
            gone.set()

    with socket_server(serve) as server:
        with pytest.raises(KeyboardInterrupt):
            get(client, server.url)
        assert gone.wait(SECONDS)
        assert get(client, server.url) == b"ok"


# Programs


def run(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", dedent(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_them_imports_neither_asyncio_nor_aiohttp() -> None:
    output = run("""
        import sys
        import graph_meetings_runtime.http.connections.blocking
        print(*sys.modules)
    """)
    assert not {"asyncio", "aiohttp", "urllib3", "azure"} & set(output.split())


def test_they_work_while_the_interpreter_ends() -> None:
    with socket_server(answering(OK)) as server:
        output = run(
            """
            import atexit, sys
            from graph_meetings_runtime.http.connections.blocking import GraphHttpClient
            client = GraphHttpClient(trust_env=False)
            atexit.register(lambda: print(client.get(sys.argv[1]).text))
            client.get(sys.argv[1])
            """,
            server.url,
        )
    assert output == "ok\n"


def test_they_give_way_under_gevent() -> None:
    pytest.importorskip("gevent")
    both_came = threading.Event()

    def serve(server: SocketServer, connection: socket.socket) -> None:
        server.read_head(connection)
        if len(server.heads) == 2:
            both_came.set()
        assert both_came.wait(SECONDS)
        connection.sendall(OK)

    with socket_server(serve) as server:
        output = run(
            """
            from gevent import monkey
            monkey.patch_all()
            import sys, gevent
            from graph_meetings_runtime.http.connections.blocking import GraphHttpClient
            client = GraphHttpClient(trust_env=False)
            tasks = [gevent.spawn(lambda: client.get(sys.argv[1]).text) for _ in range(2)]
            gevent.joinall(tasks, timeout=30)
            print(*[task.value for task in tasks])
            """,
            server.url,
        )
    assert output == "ok ok\n"


def test_errors_end_with_the_request_not_with_the_client() -> None:
    with socket_server(answering(OK)) as server:
        assert [answer.body for answer in fetch_blocking(server.url, server.url)] == [b"ok", b"ok"]
