"""The blocking connections: sockets of our own, with httpx's errors.

Measured on loopback, processor seconds per GB to a file: httpx's own transport 2.45, urllib3 0.69, http.client 0.62.
urllib3's pools also normalize the targets of requests, which may be signed, and write them to the debug log, though
they may contain tokens. It is used only for encrypted proxies.
"""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import httpx

from graph_meetings_runtime.http.connections.certificates import ssl_context
from graph_meetings_runtime.http.connections.connecting import ProxyFailed, Route, open_socket
from graph_meetings_runtime.http.connections.failures import cannot_connect
from graph_meetings_runtime.http.connections.incoming import Head
from graph_meetings_runtime.http.connections.pool import Connection, Pool
from graph_meetings_runtime.http.connections.proxies import EnvironmentProxies
from graph_meetings_runtime.http.connections.reply import Reply, errors_name, response_of
from graph_meetings_runtime.http.connections.target import Place, Target
from graph_meetings_runtime.http.connections.time_left import TimeLimit, seconds_left
from graph_meetings_runtime.origin import Origin

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class GraphHttpClient(httpx.Client):
    """The httpx client that is used unless the caller passes one. Threads can share it.

    It opens as many connections as there are requests. The client's `concurrency` and the number of content streams are
    the limits; a limit of the pool would make them wait for each other. A forked process opens its own. Certificates
    are checked against `SSL_CERT_FILE` or `SSL_CERT_DIR`, if set.

    Args:
        trust_env: whether proxies are taken from the environment.
    """

    def __init__(self, *, trust_env: bool = True) -> None:
        self._connections = BlockingTransport(EnvironmentProxies() if trust_env else None)
        # httpx looks for proxies of its own unless told not to.
        super().__init__(transport=self._connections, trust_env=False)

    def fetch(  # noqa: PLR0913  what a request consists of
        self,
        target: Target,
        headers: Sequence[tuple[str, str]],
        *,
        connect: float | None,
        read: float | None,
        method: str = "GET",
        content: bytes = b"",
    ) -> Reply[httpx.SyncByteStream]:
        """Send a request without httpx's objects, which took a fifth of the time of a small page.

        Args:
            target: of the request.
            headers: all of them, including `Host` and, for a body, `Content-Length`.
            connect: seconds until a connection is open.
            read: seconds between two chunks of the response.
            method: of the request.
            content: its body.

        Raises:
            RuntimeError: the client is closed.
            OutOfTime: the current call has run out of time.
            httpx.TransportError: there was no response.
        """
        self._refuse_closed()
        return self._connections.fetch(target, headers, connect=connect, read=read, method=method, content=content)

    def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """Send a request.

        httpx's own method handles authentication, redirects, cookies and hooks. This client has none of them.

        Args:
            request: sent as it is.
            stream: leave the body unread; the caller must then close the response.

        Raises:
            RuntimeError: the client is closed.
            OutOfTime: the current call has run out of time.
            httpx.TransportError: there was no response.
        """
        self._refuse_closed()
        response = self._connections.handle_request(request)
        if not stream:
            try:
                response.read()
            except BaseException:
                response.close()
                raise
        return response

    def _refuse_closed(self) -> None:
        if self.is_closed:
            raise RuntimeError("the client is closed; create a new one, or send requests before closing it")


class BlockingTransport(httpx.BaseTransport):
    """Sends requests over sockets.

    No wait takes longer than the request's timeouts, or than the current call has left: see `time_left`.

    Args:
        proxies: finds the proxy for an origin; `None` for direct connections only.
    """

    def __init__(self, proxies: EnvironmentProxies | None = None) -> None:
        self._proxies = proxies
        self._pool = Pool()
        self._ssl_context: ssl.SSLContext | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send an httpx request.

        Raises:
            OutOfTime: the current call has run out of time.
            httpx.TransportError: there was no response.
        """
        limits = request.extensions.get("timeout", {})
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        target = Target.of_request(request)
        with errors_name(request):
            reply = self.fetch(target, headers, connect=limits.get("connect"), read=limits.get("read"))
        return response_of(reply, request)

    def fetch(  # noqa: PLR0913  what a request consists of
        self,
        target: Target,
        headers: Sequence[tuple[str, str]],
        *,
        connect: float | None,
        read: float | None,
        method: str = "GET",
        content: bytes = b"",
    ) -> Reply[httpx.SyncByteStream]:
        """Send a request.

        Raises:
            OutOfTime: the current call has run out of time.
            httpx.TransportError: there was no response.
        """
        route = self._route(target.place)
        if method != "GET":
            # On an idle connection, it would be uncertain whether the request reached the service.
            return self._exchange(self._open(route, connect), target, headers, read, method, content)
        connection = self._pool.take(route)
        if connection is not None:
            # The server may close an idle connection while the request is on its way.
            with suppress(httpx.NetworkError):
                return self._exchange(connection, target, headers, read)
        return self._exchange(self._open(route, connect), target, headers, read)

    def close(self) -> None:
        """Close the pool."""
        self._pool.close()

    def _certificates(self) -> ssl.SSLContext:
        # Without a lock, because another thread could hold it when the process forks.
        if self._ssl_context is None:
            self._ssl_context = ssl_context()
        return self._ssl_context

    def _route(self, place: Place) -> Route:
        port = place.port or _DEFAULT_PORTS.get(place.scheme)
        if port is None:
            raise httpx.UnsupportedProtocol("not an http or https URL")
        origin = Origin(place.scheme, place.host, port)
        if self._proxies is None:
            return Route(origin, None)
        try:
            return Route(origin, self._proxies.find(place.scheme, place.host, place.port))
        except ValueError as error:
            raise httpx.UnsupportedProtocol(str(error)) from None

    def _open(self, route: Route, seconds: float | None) -> Connection:
        try:
            return Connection(route, open_socket(route, TimeLimit(seconds), self._certificates))
        except ProxyFailed as error:
            raise httpx.ProxyError(f"cannot connect through the proxy: {error}") from None
        except TimeoutError:
            seconds_left()
            raise httpx.ConnectTimeout("no connection in time") from None
        except OSError as error:
            raise httpx.ConnectError(cannot_connect(route.origin.host, route.origin.port, error)) from None

    def _exchange(  # noqa: PLR0913, PLR0917  what a request consists of
        self,
        connection: Connection,
        target: Target,
        headers: Sequence[tuple[str, str]],
        seconds: float | None,
        method: str = "GET",
        content: bytes = b"",
    ) -> Reply[httpx.SyncByteStream]:
        connection.sock.limit = lambda: _shorter(seconds, seconds_left())
        try:
            head = connection.exchange(target, headers, method, content)
            body = connection.body(head)
        except OSError as error:
            connection.close()
            raise _httpx_error(error) from None
        except BaseException:
            connection.close()
            raise
        version = "HTTP/1.0" if head.is_1_0 else "HTTP/1.1"
        if not isinstance(body, bytes):
            return Reply(head.status, head.fields, _Body(body, head, connection, self._pool), version)
        self._pool.release(connection, head)
        return Reply(head.status, head.fields, body, version)


class _Body(httpx.SyncByteStream):
    """The body of a response. Only at its end, the connection is returned to the pool."""

    def __init__(self, pieces: Iterator[bytes], head: Head, connection: Connection, pool: Pool) -> None:
        self._pieces = pieces
        self._head = head
        self._connection = connection
        self._pool = pool
        self._has_ended = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._pieces
        except OSError as error:
            self._connection.close()
            raise _httpx_error(error) from None
        except BaseException:
            self._connection.close()
            raise
        self._has_ended = True
        self._pool.release(self._connection, self._head)

    def close(self) -> None:
        if not self._has_ended:
            self._connection.close()


def _shorter(seconds: float | None, others: float | None) -> float | None:
    return seconds if others is None else others if seconds is None else min(seconds, others)


def _httpx_error(error: OSError) -> httpx.TransportError:
    if isinstance(error, TimeoutError):
        seconds_left()
        return httpx.ReadTimeout("nothing came in time")
    return httpx.ReadError(str(error) or type(error).__name__)
