"""Downloads without our client: by curl, bare httpx and a bare socket."""

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
    """A download to a file.

    Args:
        url: URL of the content.
        target: the file, which is replaced.
        size: size of the content, in bytes.
        first: offset of the first byte to download.
    """

    url: str
    target: Path
    size: int
    first: int = 0

    def check(self) -> None:
        """Check that the file is complete."""
        assert self.target.stat().st_size == self.size - self.first


def copy_by_curl(copy: Copy) -> None:
    """Download with curl."""
    ranges = ["--range", f"{copy.first}-"] if copy.first else []
    header = f"Authorization: Bearer {TOKEN}"
    command = ["curl", "--silent", "--fail", "--noproxy", "*", "--header", header, *ranges]
    subprocess.run([*command, "--output", str(copy.target), copy.url], check=True, timeout=_LONGEST)
    copy.check()


async def copy_by_httpx(client: httpx.AsyncClient, copy: Copy, *, flush: bool = False) -> None:
    """Download with httpx as its documentation shows; with `flush`, wait until the bytes are on the disk."""
    async with client.stream("GET", copy.url) as response:
        with copy.target.open("wb") as file:
            async for chunk in response.aiter_bytes():
                file.write(chunk)
            if flush:
                os.fsync(file.fileno())
    copy.check()


def copy_by_socket(copy: Copy) -> None:
    """Download from a socket to a file through one buffer."""
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
