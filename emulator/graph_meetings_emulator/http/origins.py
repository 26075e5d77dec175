"""The origins that the emulator serves: Graph's, one for content, and one that is not part of the service."""

import socket
from dataclasses import dataclass
from typing import Self

from starlette.types import ASGIApp

from graph_meetings_emulator.http.certificate import ServerCertificate
from graph_meetings_emulator.http.server import ThreadedServer, bind, bind_other_host, origin_of


@dataclass(slots=True)
class Origin:
    """An address that requests are sent to.

    Attributes:
        url: scheme, host and port.
        address: host and port as bound.
    """

    url: str
    address: tuple[str, int]

    @classmethod
    def of(cls, listener: socket.socket, scheme: str) -> Self:
        """Return the origin of a bound socket."""
        return cls(origin_of(listener, scheme), listener.getsockname()[:2])

    @property
    def port(self) -> int:
        """The port as bound."""
        return self.address[1]


class Origins:
    """The origins, bound when this object is made, and served by one server.

    Args:
        host: a loopback address.
        port: of Graph; 0 for any free port.
        tls: whether to speak https, with a certificate made for it.

    Raises:
        ValueError: the host is not a loopback address.
        OSError: the port is in use.
    """

    def __init__(self, host: str, port: int, *, tls: bool) -> None:
        graph = bind(host, port)
        try:
            graph.listen()  # two processes may bind a port, but only one can listen
        except OSError:
            graph.close()
            raise
        content = bind(host, 0)
        foreign, self._reserved = bind_other_host(host)
        scheme = "https" if tls else "http"
        self.graph, self.content, self.foreign = (Origin.of(bound, scheme) for bound in (graph, content, foreign))
        self.certificate = ServerCertificate() if tls else None
        self._bound = [graph, content, foreign]
        self._server: ThreadedServer | None = None

    def serve(self, app: ASGIApp) -> None:
        """Start the server and return once it accepts connections."""
        self._server = ThreadedServer(app, self._bound, self.certificate)
        self._server.start()

    def go_offline(self) -> None:
        """Reset connections and refuse new ones, until `serve` is called again."""
        self._stop()
        # Bound but not listening: connections are refused, and no other process can take the ports.
        self._bound = [bind(*origin.address) for origin in (self.graph, self.content, self.foreign)]

    def close(self) -> None:
        """Close all connections, stop the server and remove the certificate."""
        self._stop()
        if self._reserved is not None:
            self._reserved.close()
        if self.certificate is not None:
            self.certificate.close()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
