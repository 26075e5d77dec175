"""Downloads without a client: what curl, bare httpx and a bare socket make of them."""

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

import httpx

from tools.benchmarks.loopback.service import TOKEN

_BUFFER: Final = 1 << 20
_LONGEST: Final = 300.0


@dataclass(frozen=True, slots=True)
class Copy:
    """What is copied, and where to.

    Args:
        url: of the content.
        target: the file, which is replaced.
        size: of the content, in bytes.
        first: the byte to begin with.
    """

    url: str
    target: Path
    size: int
    first: int = 0

    def check(self) -> None:
        """Make sure that all of it came."""
        assert self.target.stat().st_size == self.size - self.first


def copy_by_curl(copy: Copy) -> None:
    """Copy with curl."""
    ranges = ["--range", f"{copy.first}-"] if copy.first else []
    header = f"Authorization: Bearer {TOKEN}"
    command = ["curl", "--silent", "--fail", "--noproxy", "*", "--header", header, *ranges]
    subprocess.run([*command, "--output", str(copy.target), copy.url], check=True, timeout=_LONGEST)
    copy.check()


async def copy_by_httpx(client: httpx.AsyncClient, copy: Copy, *, flush: bool = False) -> None:
    """Copy with httpx, as its documents show it; flush: wait in the end until the bytes are on the disk."""
    async with client.stream("GET", copy.url) as response:
        with copy.target.open("wb") as file:
            async for chunk in response.aiter_bytes():
                file.write(chunk)
            if flush:
                os.fsync(file.fileno())
    copy.check()


def copy_by_socket(copy: Copy) -> None:
    """Copy from a socket to a file, through one buffer."""
    url = urlsplit(copy.url)
    assert url.hostname is not None
    head = f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nRange: bytes={copy.first}-\r\n\r\n"
    with socket.create_connection((url.hostname, url.port), _LONGEST) as connection, copy.target.open("wb") as file:
        connection.sendall(head.encode())
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += connection.recv(_BUFFER) or _ended()
        missing = copy.size - copy.first - file.write(received[end + 4 :])
        view = memoryview(bytearray(_BUFFER))
        while missing:
            count = connection.recv_into(view) or _ended()
            missing -= file.write(view[:count])
    copy.check()


def _ended() -> NoReturn:
    raise ConnectionError("the service closed the connection early")
