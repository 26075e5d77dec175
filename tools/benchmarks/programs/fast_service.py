"""The service: HTTP/1.1 with prepared bodies, and content sent by sendfile.

Args:
    folder: folder with `meetings.json` and `recordings.json`, a list each.
"""

import asyncio
import re
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Protocol

import msgspec

from tools.benchmarks.measuring.processes import answer_lines

_USER = re.compile(rb"/users/(\d+)x(\d+)/")
_CONTENT = re.compile(rb"/recordings/(\d+)/content")
_PAGE = re.compile(rb"skiptoken=(\d+)")
_RANGE = re.compile(rb"\r\nrange: bytes=(\d+)-", re.IGNORECASE)


class MakesBody(Protocol):
    """Makes responses."""

    root: bytes
    content: IO[bytes]

    def body(self, target: bytes) -> bytes:
        """Return the body of a response."""
        ...


class Answers:
    """The responses.

    Args:
        folder: folder with the items.
    """

    content: IO[bytes]
    """A file whose first bytes serve as every content."""

    def __init__(self, folder: Path) -> None:
        items: list[msgspec.Raw] = msgspec.json.decode(
            (folder / "recordings.json").read_bytes(), type=list[msgspec.Raw]
        )
        self._items = [bytes(item) for item in items]
        self._meetings = b'{"value":' + (folder / "meetings.json").read_bytes() + b"}"
        self._ends: dict[int, bytes] = {}
        self._id = msgspec.json.decode(self._items[0], type=dict[str, msgspec.Raw])["id"]
        self.root = b""

    def body(self, target: bytes) -> bytes:
        """Return a page of meetings, or of the recordings of the user in the path."""
        user = _USER.search(target)
        if user is None:
            return self._meetings
        pages, items = int(user[1]), int(user[2])
        asked = _PAGE.search(target)
        number = int(asked[1]) if asked else 1
        if number >= pages:
            return b"{" + self._value(items, number)
        link = self.root + target.partition(b"?")[0] + b"?$skiptoken=%d" % (number + 1)
        return b'{"@odata.nextLink":"' + link + b'",' + self._value(items, number)

    def _value(self, items: int, page: int) -> bytes:
        """Return the items of a page, the first with an id of its own, so that the page brings something new."""
        if items not in self._ends:
            self._ends[items] = b"".join(b"," + item for item in self._items[1:items]) + b"]}"
        first = self._items[0].replace(bytes(self._id), b'"%d"' % page, 1)
        return b'"value":[' + first + self._ends[items]


class Connection(asyncio.Protocol):
    """One connection, whose requests have no body and arrive one at a time."""

    def __init__(self, answers: MakesBody) -> None:
        self._answers = answers
        self._received = bytearray()
        self._sending: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for responses."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer all complete requests."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._received[:end])
            del self._received[: end + 4]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        target = head.split(b" ", 2)[1]
        content = _CONTENT.search(target)
        if content is not None:
            asked = _RANGE.search(head)
            self._sending = asyncio.create_task(self._send_content(int(content[1]), int(asked[1]) if asked else 0))
            return
        body = self._answers.body(target)
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json;odata.metadata=minimal;charset=utf-8\r\n"
            b"request-id: 00000000-0000-0000-0000-000000000000\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )

    async def _send_content(self, size: int, first: int) -> None:
        if first >= size:
            self._transport.write(
                b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */%d\r\nContent-Length: 0\r\n\r\n" % size
            )
            return
        status = b"200 OK"
        if first:
            status = b"206 Partial Content\r\nContent-Range: bytes %d-%d/%d" % (first, size - 1, size)
        self._transport.write(
            b'HTTP/1.1 %s\r\nContent-Type: video/mp4\r\nETag: "1"\r\nAccept-Ranges: bytes\r\n'
            b"Content-Length: %d\r\n\r\n" % (status, size - first)
        )
        content = self._answers.content
        # A sparse file, extended when larger content is requested.
        if content.seek(0, 2) < size:
            content.truncate(size)
        try:
            await asyncio.get_running_loop().sendfile(self._transport, content, first, size - first)
        except ConnectionError:
            self._transport.abort()


async def serve(answers: MakesBody) -> None:
    """Serve, and answer each line of standard input with the base URL."""
    with TemporaryFile() as content:
        answers.content = content
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(answers), "127.0.0.1", 0)
        answers.root = b"http://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        base_url = f"{answers.root.decode()}/v1.0"
        await asyncio.to_thread(answer_lines, lambda: base_url)


if __name__ == "__main__":
    asyncio.run(serve(Answers(Path(sys.argv[1]))))
