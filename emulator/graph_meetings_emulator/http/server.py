"""A uvicorn server in a thread: ready when `start` returns, gone when `stop` does.

Two undocumented parts of uvicorn are used here and nowhere else; pyproject.toml bounds its version for their sake:
`HttpToolsProtocol`, because faults need the connection and ASGI does not hand it out, and `startup`, `main_loop` and
`shutdown` of `Server`, because there is no other way to learn that the server is ready or to stop it at once: uvicorn
takes up to 0.2 seconds, and tests start a thousand.
"""

import asyncio
import errno
import socket
import threading
import time
from contextlib import suppress
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph_meetings_emulator.http.certificate import ServerCertificate

_START_SECONDS = 10
_STOP_SECONDS = 10
_PASSES = 5
_BETWEEN_PASSES = 0.002
_LONGEST_ANSWER_SECONDS = 1
_PORT_ATTEMPTS = 100
_TRANSPORT = "graph_meetings_emulator.transport"


class ThreadedServer:
    """Serve an ASGI application on sockets that are already bound.

    Args:
        app: the ASGI application.
        sockets: bound sockets, one per origin.
        certificate: speaks https with this certificate; `None` for http.
    """

    def __init__(
        self, app: ASGIApp, sockets: list[socket.socket], certificate: ServerCertificate | None = None
    ) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",  # uvicorn would log connections that are cut on purpose as errors
            access_log=False,
            server_header=False,
            ssl_certfile=None if certificate is None else certificate.chain_file,
        )
        self._server = _Server(config)
        self._sockets = sockets
        self._thread = threading.Thread(target=self._run, name="graph-emulator", daemon=True)

    def start(self) -> None:
        """Start the thread and wait until the server accepts connections.

        Raises:
            RuntimeError: the server did not start within ten seconds.
        """
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            raise RuntimeError(f"the emulator did not start within {_START_SECONDS} seconds")

    def stop(self) -> None:
        """Close all connections and wait for the thread to finish.

        Raises:
            RuntimeError: the server did not stop within ten seconds.
        """
        self._server.request_stop()
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError(f"the emulator did not stop within {_STOP_SECONDS} seconds")

    def _run(self) -> None:
        asyncio.run(self._server.serve(self._sockets))


class _Protocol(HttpToolsProtocol):
    """HTTP that gives the application access to the connection, for faults that ASGI cannot express."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope.setdefault("state", {})[_TRANSPORT] = self.transport


def transport_of(scope: Scope) -> asyncio.Transport:
    """Return the connection that a request came over."""
    transport: asyncio.Transport = scope["state"][_TRANSPORT]
    return transport


class _Server(uvicorn.Server):
    """A server that signals when it is ready, stops when it is told to, and does not wait for clients then."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def request_stop(self) -> None:
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        ticking = asyncio.create_task(super().main_loop())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ticking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        ticking.cancel()
        stopping.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        await self._drop_clients()
        for task in self.server_state.tasks:
            task.cancel()
        for server in self.servers:
            await server.wait_closed()

    async def _drop_clients(self) -> None:
        state, passes = self.server_state, 0
        end = time.monotonic() + _LONGEST_ANSWER_SECONDS
        # Again and again: a connection can be accepted after the first pass, and would then stay open.
        while passes < _PASSES or ((state.connections or state.tasks) and time.monotonic() < end):
            for connection in list(state.connections):
                connection.transport.abort()
            passes += 1
            await asyncio.sleep(0 if passes < _PASSES else _BETWEEN_PASSES)


def bind(host: str, port: int) -> socket.socket:
    """Bind a socket to a loopback address.

    Raises:
        ValueError: the host is not a loopback address; the emulator's token is not secret.
    """
    address = "127.0.0.1" if host == "localhost" else host
    try:
        is_loopback = ip_address(address).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ValueError(f"{host!r} is not a loopback address; the emulator listens on loopback only")
    return _bind(address, port, reuse=True)


def _bind(address: str, port: int, *, reuse: bool = False) -> socket.socket:
    """Bind a port; with `reuse`, even if connections to it have only just closed."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio sets TCP_NODELAY only if the protocol is given; without it every answer takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
    try:
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    return listener


def bind_other_host(host: str) -> tuple[socket.socket, socket.socket | None]:
    """Bind a socket to a different loopback address than `host`, or to another port of `host` if there is none.

    Linux and Windows accept every address in 127.0.0.0/8; other systems may need it to be configured.

    Returns:
        The socket, and one that reserves the same port on `host`, so that nothing answers there while it is open;
        `None` if the first socket is itself on `host`.

    Raises:
        OSError: no port is free on both addresses.
    """
    other = "127.0.0.2" if host != "127.0.0.2" else "127.0.0.3"
    for _ in range(_PORT_ATTEMPTS):
        try:
            elsewhere = bind(other, 0)
        except OSError:
            return bind(host, 0), None
        try:
            return elsewhere, _bind(host, elsewhere.getsockname()[1])
        except OSError:
            elsewhere.close()
    raise OSError(errno.EADDRINUSE, f"found no port that is free on both {other} and {host} in {_PORT_ATTEMPTS} tries")


def origin_of(listener: socket.socket, scheme: str) -> str:
    """Return the origin of a socket: scheme, host and port."""
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
