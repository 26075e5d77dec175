"""Blocking connections that are open, and those among them that wait for a request."""

import os
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final, cast

import httpx

from graph_meetings_runtime.http.connections.connecting import Route
from graph_meetings_runtime.http.connections.timed_socket import TimedSocket

_KEEP_ALIVE: Final = 30.0


class Connection:
    """An open connection, for one request at a time.

    Attributes:
        route: where it leads.
        sock: what it reads and writes.
        idle_since: when it was last used, `None` before its first response has ended.
    """

    def __init__(self, route: Route, sock: TimedSocket) -> None:
        self.route = route
        self.sock = sock
        self.idle_since: float | None = None
        self._response: HTTPResponse | None = None
        self._http = HTTPConnection(route.origin.host)
        self._http.auto_open = 0  # it would connect in a way of its own
        self._http.sock = cast("Any", sock)

    def exchange(self, request: httpx.Request) -> HTTPResponse:
        """Send a request, and read the head of its response.

        Raises:
            HTTPException: it is not HTTP.
            OSError: the connection broke.
            ValueError: the request is malformed.
        """
        url, http = request.url, self._http
        # As they are: quotes and escapes may be signed.
        target = url.raw_path.decode("ascii")
        proxy = self.route.proxy if self.route.is_forwarded else None
        http.putrequest(
            request.method,
            target if proxy is None else f"{url.scheme}://{url.netloc.decode('ascii')}{target}",
            skip_host=True,
            skip_accept_encoding=True,
        )
        for name, value in request.headers.raw:
            http.putheader(name, value)
        if proxy is not None:
            for field, text in proxy.headers.items():
                http.putheader(field, text)
        http.endheaders(request.content or None)
        response = self._response = http.getresponse()
        _skip_interim(response)
        _check(response)
        return response

    def close(self) -> None:
        """Close it, and the response on it."""
        if self._response is not None:
            self._response.close()
        self._http.close()
        self.sock.close()


class Pool:
    """Idle connections; those used last are used next.

    It has no lock: a thread could hold it at the moment when another one forks the process. What it does with its list
    are single steps of the interpreter.
    """

    def __init__(self) -> None:
        self._idle: list[Connection] = []
        self._process = os.getpid()
        self._is_closed = False

    def take(self, route: Route) -> Connection | None:
        """Return a connection that leads there and was open a moment ago, `None` if there is none."""
        self._forget_inherited()
        self._close_old()
        for connection in reversed(self._idle.copy()):
            if connection.route == route and self._claim(connection):
                if connection.sock.is_silent:
                    return connection
                connection.close()
        return None

    def give(self, connection: Connection) -> None:
        """Keep a connection whose response has ended."""
        self._forget_inherited()
        if connection.sock.is_inherited:
            connection.close()
            return
        connection.idle_since = time.monotonic()
        self._idle.append(connection)
        if self._is_closed:
            self.close()

    def close(self) -> None:
        """Close the idle connections, and later ones at the end of their response."""
        self._is_closed = True
        for connection in self._idle.copy():
            if self._claim(connection):
                connection.close()

    def _close_old(self) -> None:
        oldest = time.monotonic() - _KEEP_ALIVE
        for connection in self._idle.copy():
            if (connection.idle_since or 0.0) >= oldest:
                break  # they are in the order in which they were given
            if self._claim(connection):
                connection.close()

    def _claim(self, connection: Connection) -> bool:
        """Take a connection out of the list; return whether no other thread was faster."""
        try:
            self._idle.remove(connection)
        except ValueError:
            return False
        return True

    def _forget_inherited(self) -> None:
        """Let a forked process begin without the connections of its parent, which goes on using them."""
        if self._process != os.getpid():
            inherited, self._idle, self._process = self._idle, [], os.getpid()
            for connection in inherited:
                connection.close()


def _skip_interim(response: HTTPResponse) -> None:
    """Read on to the response proper; http.client takes hints that precede it, other than 100, for it."""
    while 100 <= response.status < 200 and response.status != 101:  # noqa: PLR2004  the interim ones; 101 is final
        response.headers = response.msg = cast("Any", None)
        response.begin()


def _check(response: HTTPResponse) -> None:
    """Refuse a head that http.client reads otherwise than this package would.

    Raises:
        HTTPException: there is a line that is not a header, or a transfer coding that it did not recognize.
    """
    coding = response.headers.get("Transfer-Encoding", "")
    is_unseen = coding.strip().lower() == "chunked" and not response.chunked
    if is_unseen or response.headers.get_payload():
        raise HTTPException
