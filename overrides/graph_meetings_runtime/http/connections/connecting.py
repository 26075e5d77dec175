"""Opening blocking connections: names, addresses, proxies, TLS."""

import codecs
import socket
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final, cast

import httpx
from msgspec import Struct

from graph_meetings_runtime.http.connections.incoming import Incoming
from graph_meetings_runtime.http.connections.proxies import Proxy, refusal_of_proxy
from graph_meetings_runtime.http.connections.time_left import TimeLimit
from graph_meetings_runtime.http.connections.timed_socket import TimedSocket
from graph_meetings_runtime.origin import Origin

_OK: Final = 200

# Needed by getaddrinfo. If a thread imported it while another one forks, it would stay locked in the child for ever.
codecs.lookup("idna")


class ProxyFailed(Exception):
    """There is no way through the proxy."""


class Route(Struct, frozen=True):
    """The route of a connection: a server, and perhaps a proxy."""

    origin: Origin
    proxy: Proxy | None

    @property
    def is_forwarded(self) -> bool:
        """Whether the proxy reads the requests; it only forwards the bytes of encrypted ones."""
        return self.proxy is not None and self.origin.scheme == "http"


def open_socket(route: Route, limit: TimeLimit, ssl_context: Callable[[], ssl.SSLContext]) -> TimedSocket:
    """Open a connection.

    Args:
        route: where it leads.
        limit: for all of it. A DNS lookup cannot be interrupted, but its time counts.
        ssl_context: returns the context that checks certificates.

    Raises:
        OutOfTime: the current call has run out of time.
        TimeoutError: the limit has passed.
        ProxyFailed: the proxy cannot be reached, or refuses.
        OSError: the server cannot be reached, or its certificate is not trusted.
    """
    if route.proxy is None:
        sock = _connect(route.origin, limit)
    else:
        with _failures_of_proxy():
            sock = _connect_by_proxy(route.proxy, route, limit, ssl_context)
    if route.origin.scheme == "https":
        sock = _encrypt(sock, route.origin, limit, ssl_context)
    return TimedSocket(sock, limit.left)


@contextmanager
def _failures_of_proxy() -> Generator[None]:
    try:
        yield
    except TimeoutError:
        raise
    except (OSError, httpx.TransportError) as error:
        raise ProxyFailed(str(error) if isinstance(error, OSError) else "the proxy did not answer in HTTP") from None


def _connect_by_proxy(
    proxy: Proxy, route: Route, limit: TimeLimit, ssl_context: Callable[[], ssl.SSLContext]
) -> socket.socket:
    origin = Origin.of(proxy.url)
    sock = _connect(origin, limit)
    if origin.scheme == "https":
        sock = _encrypt(sock, origin, limit, ssl_context)
    if not route.is_forwarded:
        with _closed_on_error(sock):
            _open_tunnel(sock, route.origin, proxy, limit)
    return sock


def _connect(origin: Origin, limit: TimeLimit) -> socket.socket:
    """Connect to the first address that responds. Each has its share of the time, because some never do."""
    addresses = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    failure = OSError("the name has no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        left = limit.left()
        try:
            with _closed_on_error(socket.socket(family, kind, protocol)) as sock:
                sock.settimeout(None if left is None else left / (len(addresses) - number))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
                return sock
        except OSError as error:
            failure = error
    raise failure


def _open_tunnel(sock: socket.socket, origin: Origin, proxy: Proxy, limit: TimeLimit) -> None:
    """Ask a proxy to open a tunnel.

    Raises:
        OSError: it refuses.
    """
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    place = f"{host}:{origin.port}"
    lines = [
        f"CONNECT {place} HTTP/1.1",
        f"Host: {place}",
        *(f"{name}: {value}" for name, value in proxy.headers.items()),
    ]
    timed = TimedSocket(sock, limit.left)
    timed.send("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1"))
    status = Incoming(timed).head().status
    if status != _OK:
        raise OSError(refusal_of_proxy(status))


def _encrypt(
    sock: socket.socket, origin: Origin, limit: TimeLimit, ssl_context: Callable[[], ssl.SSLContext]
) -> socket.socket:
    with _closed_on_error(sock):
        context = ssl_context()
        sock.settimeout(limit.left())
        host = origin.host.rstrip(".")
        if not isinstance(sock, ssl.SSLSocket):
            return context.wrap_socket(sock, server_hostname=host)
        # Within TLS to a proxy, which ssl alone cannot do.
        from urllib3.util import ssl_wrap_socket  # noqa: PLC0415  imported when first needed

        return cast("socket.socket", ssl_wrap_socket(sock, ssl_context=context, server_hostname=host, tls_in_tls=True))


@contextmanager
def _closed_on_error(sock: socket.socket) -> Generator[socket.socket]:
    try:
        yield sock
    except BaseException:
        sock.close()
        raise
