"""A minimal service with any number of pages of distinct recordings; `user_with` makes the user's id."""

import asyncio
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_USER: Final = re.compile(rb"/users/(\d+)x(\d+)/")
_PAGE: Final = re.compile(rb"skiptoken=(\d+)")
_ITEM: Final = (
    b'{"@odata.type":"#microsoft.graph.callRecording","id":"%d-%d","meetingId":"m",'
    b'"createdDateTime":"2026-01-15T09:30:00.1234567Z","contentCorrelationId":"c-%d-%d"}'
)
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@contextmanager
def serving() -> Generator[str]:
    """Run the service in a thread for the duration of the block; yield its base URL."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(_Connection, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def page(target: bytes, root: bytes) -> bytes:
    """Return a page. No two pages share an item.

    Args:
        target: target of the request.
        root: scheme, host and port for links.
    """
    user, asked = _USER.search(target), _PAGE.search(target)
    if user is None:
        raise ValueError(f"{target.decode()} has no user id like 100x10")
    pages, count = int(user[1]), int(user[2])
    number = int(asked[1]) if asked else 1
    items = b",".join(_ITEM % (number, item, number, item) for item in range(count))
    path = root + target.partition(b"?")[0]
    link = b""
    if number < pages:
        link = b'"@odata.nextLink":"%s?$skiptoken=%d",' % (path, number + 1)
    elif b"/delta" in target:
        link = b'"@odata.deltaLink":"%s?$deltatoken=1",' % path
    return b'{%s"value":[%s]}' % (link, items)


class _Connection(asyncio.Protocol):
    """One connection, whose requests have no body and arrive one at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = bytearray()
        host, port = transport.get_extra_info("sockname")
        self._root = f"http://{host}:{port}".encode()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            body = page(bytes(self._received[:end]).split(b" ", 2)[1], self._root)
            del self._received[: end + 4]
            self._transport.write(_HEAD % len(body) + body)
