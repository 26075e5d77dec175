"""Open blocking connections, and the pool of idle ones."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from typing import Final

import httpx

from graph_meetings_runtime.http.connections.connecting import Route
from graph_meetings_runtime.http.connections.incoming import Head, Incoming
from graph_meetings_runtime.http.connections.target import Target
from graph_meetings_runtime.http.connections.timed_socket import TimedSocket

_KEEP_ALIVE: Final = 30.0
_TARGET: Final = re.compile(r"[!-~]+")
_LINES: Final = re.compile(r"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\x00\r\n]*\r\n)+")


class Connection:
    """An open connection, for one request at a time.

    Attributes:
        route: its server and proxy.
        sock: the socket.
        idle_since: when it was last used, or `None` before the end of its first response.
    """

    def __init__(self, route: Route, sock: TimedSocket) -> None:
        self.route = route
        self.sock = sock
        self.idle_since: float | None = None
        self._incoming = Incoming(sock)

    @property
    def is_idle(self) -> bool:
        """Whether nothing has arrived that does not belong to a response."""
        return self._incoming.is_empty and self.sock.is_silent

    def exchange(
        self, target: Target, headers: Sequence[tuple[str, str]], method: str = "GET", content: bytes = b""
    ) -> Head:
        """Send a request, and read the head of its response.

        Raises:
            httpx.TransportError: the request or the response is not HTTP, or there is no response.
            OSError: the connection broke.
        """
        path = target.path
        if self.route.proxy is not None and self.route.is_forwarded:
            path = f"{target.place.scheme}://{target.place.netloc}{path}"
            headers = [*headers, *self.route.proxy.headers.items()]
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
        if not _TARGET.fullmatch(path) or not _LINES.fullmatch(lines) or lines.count("\n") != len(headers):
            raise httpx.LocalProtocolError("a malformed header")
        self.sock.send(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + content)
        return self._incoming.head()

    def body(self, head: Head) -> bytes | Iterator[bytes]:
        """Return the body that belongs to a head: bytes if all of it has arrived, otherwise an iterator."""
        return self._incoming.body(head)

    def close(self) -> None:
        """Close the connection."""
        self.sock.close()


class Pool:
    """Idle connections; the most recently used one is used next.

    It has no lock, because a thread could hold it while another one forks the process. All operations on its list are
    atomic in the interpreter.
    """

    def __init__(self) -> None:
        self._idle: list[Connection] = []
        self._process = os.getpid()
        self._is_closed = False

    def take(self, route: Route) -> Connection | None:
        """Return a connection with this route that was open a moment ago, or `None` if there is none."""
        self._forget_inherited()
        self._close_old()
        for connection in reversed(self._idle.copy()):
            if connection.route == route and self._claim(connection):
                if connection.is_idle:
                    return connection
                connection.close()
        return None

    def release(self, connection: Connection, head: Head) -> None:
        """Keep a connection whose response has ended, if another response may follow."""
        self._forget_inherited()
        if connection.sock.is_inherited or not head.keeps_open:
            connection.close()
            return
        connection.idle_since = time.monotonic()
        self._idle.append(connection)
        if self._is_closed:
            self.close()

    def close(self) -> None:
        """Close the idle connections, and others at the end of their responses."""
        self._is_closed = True
        for connection in self._idle.copy():
            if self._claim(connection):
                connection.close()

    def _close_old(self) -> None:
        oldest = time.monotonic() - _KEEP_ALIVE
        for connection in self._idle.copy():
            if (connection.idle_since or 0.0) >= oldest:
                break  # they are in the order in which they were returned
            if self._claim(connection):
                connection.close()

    def _claim(self, connection: Connection) -> bool:
        """Remove a connection from the list; return whether no other thread was faster."""
        try:
            self._idle.remove(connection)
        except ValueError:
            return False
        return True

    def _forget_inherited(self) -> None:
        """In a forked process, drop the connections of its parent, which continues to use them."""
        if self._process != os.getpid():
            inherited, self._idle, self._process = self._idle, [], os.getpid()
            for connection in inherited:
                connection.close()
