"""A bare connection to the emulator: what comes over the wire, byte for byte."""

import socket
import time
from dataclasses import dataclass, field

import httpx

from graph_meetings_emulator import Emulator

SECONDS = 10


@dataclass
class Received:
    """All that a server sent until the connection ended.

    Attributes:
        content: the bytes.
        gaps: seconds between the pieces in which they came, the wait for the first one included.
        was_reset: whether the end was a TCP reset.
    """

    content: bytes = b""
    gaps: list[float] = field(default_factory=list[float])
    was_reset: bool = False

    @property
    def status(self) -> int:
        return int(self.content.split(b" ", 2)[1])

    @property
    def head(self) -> str:
        return self.content.partition(b"\r\n\r\n")[0].decode("latin-1").lower()

    @property
    def body(self) -> bytes:
        return self.content.partition(b"\r\n\r\n")[2]

    @property
    def content_length(self) -> int:
        return int(self.header("content-length"))

    def header(self, name: str) -> str:
        line = next(line for line in self.head.split("\r\n") if line.startswith(f"{name}:"))
        return line.partition(":")[2].strip()


def receive(emulator: Emulator, path: str, *, keep_alive: bool = True, **headers: str) -> Received:
    """Send one GET and read until the end; without `keep_alive` an honest server ends after the answer."""
    url = httpx.URL(emulator.base_url)
    lines = {"Host": f"{url.host}:{url.port}", "Authorization": f"Bearer {emulator.token}", **headers}
    if not keep_alive:
        lines["Connection"] = "close"
    head = "\r\n".join([f"GET /v1.0{path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items())])
    received = Received()
    with socket.create_connection((url.host, url.port), timeout=SECONDS) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode())
        started = time.monotonic()
        try:
            while piece := connection.recv(1 << 16):
                received.content += piece
                received.gaps.append(time.monotonic() - started)
                started = time.monotonic()
        except ConnectionResetError:
            received.was_reset = True
    return received
