"""A uvicorn server in a thread: ready when `start` returns, gone when `stop` does."""

import asyncio
import errno
import socket
import threading
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_START_SECONDS = 10
_STOP_SECONDS = 10
_MOST_PORTS = 100
_TRANSPORT = "graph_meetings_emulator.transport"


class ThreadedServer:
    """Serves an application on open sockets.

    Args:
        app: the application.
        sockets: bound, one for each origin.
    """

    def __init__(self, app: ASGIApp, sockets: list[socket.socket]) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",  # a connection cut on purpose is an error to uvicorn
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._sockets = sockets
        self._thread = threading.Thread(target=self._run, name="graph-emulator", daemon=True)

    def start(self) -> None:
        """Start the thread, and wait until it accepts connections.

        Raises:
            RuntimeError: the server did not start in ten seconds.
        """
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            raise RuntimeError("the emulator did not start in time")

    def stop(self) -> None:
        """Close all connections, and wait for the thread to end.

        Raises:
            RuntimeError: the server did not stop in ten seconds.
        """
        self._server.request_stop()
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError("the emulator did not stop in time")

    def _run(self) -> None:
        asyncio.run(self._server.serve(self._sockets))


class _Protocol(HttpToolsProtocol):
    """HTTP that lets the application at the connection, for what no honest server sends."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope.setdefault("state", {})[_TRANSPORT] = self.transport


def transport_of(scope: Scope) -> asyncio.Transport:
    """Give the connection on which a request came."""
    transport: asyncio.Transport = scope["state"][_TRANSPORT]
    return transport


class _Server(uvicorn.Server):
    """A server that says when it is ready, and does not wait for clients when it stops."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def request_stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


def bind(host: str, port: int) -> socket.socket:
    """Open a listening socket on this machine's own address.

    Raises:
        ValueError: the host is not a loopback address; the emulator's token is no secret.
    """
    address = "127.0.0.1" if host == "localhost" else host
    try:
        is_loopback = ip_address(address).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ValueError(f"the emulator listens on loopback addresses only, not on {host!r}")
    return _bind(address, port, reuse=True)


def _bind(address: str, port: int, *, reuse: bool = False) -> socket.socket:
    """Take a port, with `reuse` also where connections to it have only just ended."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's delay off only where it is: 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
    try:
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    return listener


def bind_other_host(host: str) -> tuple[socket.socket, socket.socket | None]:
    """Open a listening socket at another host than the given one, or else at another port of it.

    Every address in 127.0.0.0/8 is this machine's own on Linux and Windows; elsewhere it may have to be set up.

    Returns:
        The socket, and one that takes its port at the given host: nobody, and no other emulator, answers there while
        it is open. `None` where the socket itself is there.

    Raises:
        OSError: no port is free at both.
    """
    other = "127.0.0.2" if host != "127.0.0.2" else "127.0.0.3"
    for _ in range(_MOST_PORTS):
        try:
            elsewhere = bind(other, 0)
        except OSError:
            return bind(host, 0), None
        try:
            return elsewhere, _bind(host, elsewhere.getsockname()[1])
        except OSError:
            elsewhere.close()
    raise OSError(errno.EADDRINUSE, f"of {_MOST_PORTS} ports none is free at both {other} and {host}")


def origin_of(listener: socket.socket) -> str:
    """Give the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
