"""The blocking connections: httpx's records over http.client.

Measured on loopback, processor seconds per GB to a file: httpx's own transport 2.45, urllib3 0.69, http.client 0.62.
urllib3's pools also normalize the targets of requests, which may be signed, and write them to the debug log, though
they may contain tokens. What of it is needed are encrypted proxies.
"""

import ssl
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from http.client import HTTPException, HTTPResponse, IncompleteRead, InvalidURL
from typing import Any, Final

import httpx

from graph_meetings_runtime.http.connections.certificates import ssl_context
from graph_meetings_runtime.http.connections.connecting import ProxyFailed, Route, open_socket
from graph_meetings_runtime.http.connections.pool import Connection, Pool
from graph_meetings_runtime.http.connections.proxies import EnvironmentProxies
from graph_meetings_runtime.http.connections.time_left import TimeLimit, seconds_left
from graph_meetings_runtime.origin import Origin

_CHUNK_SIZE: Final = 1 << 20
_HTTP_1_0: Final = 10
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_REPEATABLE: Final = frozenset({"GET", "HEAD"})


class GraphHttpClient(httpx.Client):
    """The httpx client that is used unless the caller passes one. Threads may share it.

    It opens as many connections as there are requests: the client's `concurrency` and the number of content streams
    are the bounds, and a limit of the pool would let one wait for the other. A forked process opens its own.
    Certificates are checked against `SSL_CERT_FILE` or `SSL_CERT_DIR` where they are set.

    Args:
        trust_env: whether proxies are taken from the environment.
    """

    def __init__(self, *, trust_env: bool = True) -> None:
        self._connections = BlockingTransport(EnvironmentProxies() if trust_env else None)
        # httpx looks for proxies of its own unless told not to.
        super().__init__(transport=self._connections, trust_env=False)

    def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """Send a request.

        httpx's own way goes through authentication, redirects, cookies and hooks. This client has none of them.

        Args:
            request: sent as it is.
            stream: leave the body unread; the caller must close the response then.

        Raises:
            RuntimeError: the client is closed.
            OutOfTime: the time of the call under way has passed.
            httpx.TransportError: there was no response.
        """
        if self.is_closed:
            raise RuntimeError("the client is closed; create a new one, or send requests before closing it")
        response = self._connections.handle_request(request)
        if not stream:
            try:
                response.read()
            except BaseException:
                response.close()
                raise
        return response


class BlockingTransport(httpx.BaseTransport):
    """Sends httpx's GET requests over http.client.

    No wait takes longer than the request's timeouts say, nor than the call under way may take: see `time_left`.

    Args:
        proxies: finds the proxy for an origin; `None` for direct connections only.
    """

    def __init__(self, proxies: EnvironmentProxies | None = None) -> None:
        self._proxies = proxies
        self._pool = Pool()
        self._ssl_context: ssl.SSLContext | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            OutOfTime: the time of the call under way has passed.
            httpx.TransportError: there was no response.
        """
        route = self._route(request)
        connection = self._pool.take(route)
        if connection is not None:
            # The server may close an idle connection while the request is on its way.
            with suppress(httpx.NetworkError) if request.method in _REPEATABLE else nullcontext():
                return self._exchange(connection, request)
        return self._exchange(self._open(route, request), request)

    def close(self) -> None:
        """Close the pool."""
        self._pool.close()

    def _certificates(self) -> ssl.SSLContext:
        # Without a lock, which another thread could hold when the process forks.
        if self._ssl_context is None:
            self._ssl_context = ssl_context()
        return self._ssl_context

    def _route(self, request: httpx.Request) -> Route:
        url = request.url
        try:
            origin = Origin(url.scheme, url.raw_host.decode("ascii"), url.port or _DEFAULT_PORTS[url.scheme])
        except KeyError:
            raise httpx.UnsupportedProtocol("not an http or https URL", request=request) from None
        if self._proxies is None:
            return Route(origin, None)
        try:
            return Route(origin, self._proxies.find(url.scheme, url.host, url.port))
        except ValueError as error:
            raise httpx.UnsupportedProtocol(str(error), request=request) from None

    def _open(self, route: Route, request: httpx.Request) -> Connection:
        seconds = request.extensions.get("timeout", {}).get("connect")
        try:
            return Connection(route, open_socket(route, TimeLimit(seconds), self._certificates))
        except ProxyFailed as error:
            raise httpx.ProxyError(f"cannot connect through the proxy: {error}", request=request) from None
        except TimeoutError:
            seconds_left()
            raise httpx.ConnectTimeout("no connection in time", request=request) from None
        except OSError as error:
            raise httpx.ConnectError(f"cannot connect: {error}", request=request) from None

    def _exchange(self, connection: Connection, request: httpx.Request) -> httpx.Response:
        seconds = request.extensions.get("timeout", {}).get("read")
        connection.sock.limit = lambda: _shorter(seconds, seconds_left())
        try:
            response = connection.exchange(request)
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | HTTPException):
                raise _httpx_error(error, request) from None
            if isinstance(error, ValueError):
                raise httpx.LocalProtocolError("a malformed header", request=request) from None
            raise
        return httpx.Response(
            response.status,
            headers=[
                (name.encode("latin-1"), text.strip().encode("latin-1")) for name, text in response.headers.items()
            ],
            stream=_Body(response, connection, self._pool, request),
            request=request,
            extensions={"http_version": b"HTTP/1.0" if response.version == _HTTP_1_0 else b"HTTP/1.1"},
        )


class _Body(httpx.SyncByteStream):
    """The body of a response; at its end the connection goes back to the pool, and nowhere else."""

    def __init__(self, response: HTTPResponse, connection: Connection, pool: Pool, request: httpx.Request) -> None:
        self._response = response
        self._connection = connection
        self._pool = pool
        self._request = request
        self._missing = response.length
        self._has_ended = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            while chunk := self._read():
                yield chunk
        except BaseException:
            self._connection.close()
            raise
        self._end()

    def _read(self) -> bytes:
        try:
            chunk = self._response.read1(_CHUNK_SIZE)
        except (OSError, HTTPException) as error:
            raise _httpx_error(error, self._request) from None
        if self._missing is not None:
            self._missing -= len(chunk)
            if not chunk and self._missing:
                raise httpx.ReadError(f"the body ended {self._missing} bytes early", request=self._request)
        return chunk

    def _end(self) -> None:
        self._has_ended = True
        self._response.close()
        if self._response.will_close:
            self._connection.close()
        else:
            self._pool.give(self._connection)

    def close(self) -> None:
        if not self._has_ended:
            self._connection.close()


def _shorter(seconds: float | None, others: float | None) -> float | None:
    return seconds if others is None else others if seconds is None else min(seconds, others)


def _httpx_error(error: OSError | HTTPException, request: httpx.Request) -> httpx.TransportError:
    """Return the error in httpx's words. It quotes nothing that the server sent, which may repeat a token."""
    match error:
        case TimeoutError():
            seconds_left()
            return httpx.ReadTimeout("nothing came in time", request=request)
        case IncompleteRead():
            return httpx.ReadError("the body ended early", request=request)
        case OSError():
            return httpx.ReadError(str(error) or type(error).__name__, request=request)
        case InvalidURL():
            return httpx.UnsupportedProtocol("the URL has illegal characters", request=request)
        case _:
            return httpx.RemoteProtocolError(f"the response is not HTTP ({type(error).__name__})", request=request)
