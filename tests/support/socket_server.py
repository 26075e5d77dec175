"""A server in threads, for clients that block, and for connections that a test wants to hold in its hand."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

SECONDS = 20.0


@dataclass
class SocketServer:
    """What came.

    Attributes:
        port: on 127.0.0.1.
        connections: how many were accepted.
        heads: of the requests, in order.
    """

    port: int = 0
    connections: int = 0
    heads: list[bytes] = field(default_factory=list[bytes])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read_head(self, connection: socket.socket) -> bytes:
        """Return the head of the next request.

        Raises:
            EOFError: the client closed the connection.
        """
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            received = connection.recv(1 << 16)
            if not received:
                raise EOFError
            head += received
        self.heads.append(head)
        return head


@contextmanager
def socket_server(serve: Callable[[SocketServer, socket.socket], None]) -> Generator[SocketServer]:
    """Run a server for the duration of the block.

    Args:
        serve: called with each connection in a thread of its own; the connection ends with it.
    """
    state = SocketServer()
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []

    def serve_one(connection: socket.socket) -> None:
        with connection, suppress(EOFError, OSError):
            connection.settimeout(SECONDS)
            serve(state, connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                state.connections += 1
                connections.append(connection)
                thread = threading.Thread(target=serve_one, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        state.port = listener.getsockname()[1]
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield state
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            accepting.join(SECONDS)
            for connection in connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(SECONDS)


def answering(*answers: bytes) -> Callable[[SocketServer, socket.socket], None]:
    """Return what answers the requests of each connection in this order, the last one for ever, and keeps it open."""

    def serve(server: SocketServer, connection: socket.socket) -> None:
        number = 0
        while True:
            server.read_head(connection)
            connection.sendall(answers[min(number, len(answers) - 1)])
            number += 1

    return serve
