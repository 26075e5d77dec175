"""Strict reading of HTTP/1.1 responses from a socket.

http.client took 80 of a small page's 470 µs for the head of the response, mostly in its e-mail parser.

Source: RFC 9112
"""

import re
from collections.abc import Iterator
from typing import Final, Self

import httpx
from msgspec import Struct

from graph_meetings_runtime.bounds import MAX_INTERIM_RESPONSES
from graph_meetings_runtime.http.connections.timed_socket import TimedSocket

_PIECE: Final = 1 << 16
_MOST_AT_ONCE: Final = 1 << 20
_LONGEST_HEAD: Final = 1 << 17
_LONGEST_LINE: Final = 1 << 12
_MOST_TRAILERS: Final = 100
_BEGINNING: Final = b"HTTP/1."
_LINE_ENDS: Final = frozenset({b"\r\n", b"\n"})
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_FIELDS: Final = rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00\r\n]*\r?\n)*)\r?\n"
_HEAD: Final = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: [^\r\n]*)?\r?\n" + _FIELDS)
_FIELD: Final = re.compile(rb"([^:\n]+):([^\r\n]*)\r?\n")
_CHUNK_SIZE: Final = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_WITHOUT_BODY: Final = frozenset({204, 304})
_SWITCHING: Final = 101
_FINAL: Final = 200


class Head(Struct, frozen=True):
    """The head of a response.

    Args:
        status: the status.
        fields: the names and values of the headers, as received.
        is_1_0: whether the server speaks HTTP/1.0.
        is_chunked: whether the body comes in chunks.
        length: of the body in bytes, or `None` if chunks or the end of the connection mark its end.
        keeps_open: whether another response may follow on the connection.
    """

    status: int
    fields: list[tuple[bytes, bytes]]
    is_1_0: bool
    is_chunked: bool
    length: int | None
    keeps_open: bool

    @classmethod
    def of(cls, status: int, fields: list[tuple[bytes, bytes]], *, is_1_0: bool) -> Self:
        """Return the head with these fields."""
        named = [(name.lower(), value) for name, value in fields]
        codings, options = _items(named, b"transfer-encoding"), _items(named, b"connection")
        is_chunked = codings == [b"chunked"]
        length = None if codings else _length(_items(named, b"content-length"))
        if status in _WITHOUT_BODY:
            is_chunked, length = False, 0
        is_offered = b"keep-alive" in options if is_1_0 else b"close" not in options
        return cls(status, fields, is_1_0, is_chunked, length, is_offered and (is_chunked or length is not None))


def _items(named: list[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    found = [value for field, value in named if field == name]
    return [item.strip(b" \t").lower() for item in b",".join(found).split(b",")] if found else []


def _length(lengths: list[bytes]) -> int | None:
    if not lengths:
        return None
    # If it were read up to the end of the connection, a body that was cut off would look complete.
    if len(set(lengths)) > 1 or not _LENGTH.fullmatch(lengths[0]):
        raise httpx.RemoteProtocolError("the response is not HTTP: its Content-Length is not one length")
    return int(lengths[0])


class Incoming:
    """The bytes received on a connection.

    Args:
        sock: the connection.
    """

    def __init__(self, sock: TimedSocket) -> None:
        self._sock = sock
        self._received = b""
        self._at = 0

    @property
    def is_empty(self) -> bool:
        """Whether everything received has been read."""
        return self._at == len(self._received)

    def head(self) -> Head:
        """Read the head of a response; interim responses are skipped.

        Raises:
            httpx.RemoteProtocolError: it is not HTTP.
            httpx.ReadError: the connection ended.
        """
        for _ in range(MAX_INTERIM_RESPONSES + 1):
            match = _HEAD.fullmatch(self._until_blank_line())
            if match is None:
                raise httpx.RemoteProtocolError("the response is not HTTP")
            status = int(match[2])
            if status >= _FINAL or status == _SWITCHING:
                fields = [(name, value.strip(b" \t")) for name, value in _FIELD.findall(match[3])]
                return Head.of(status, fields, is_1_0=match[1] == b"0")
        raise httpx.RemoteProtocolError(f"more than {MAX_INTERIM_RESPONSES} interim responses precede the response")

    def body(self, head: Head) -> bytes | Iterator[bytes]:
        """Return the body that belongs to a head: bytes if all of it has arrived, otherwise an iterator."""
        length = head.length
        if length is None:
            return self._chunks() if head.is_chunked else self._rest()
        if length > len(self._received) - self._at:
            return self._pieces(length)
        return self._take(self._at + length)

    def _pieces(self, missing: int) -> Iterator[bytes]:
        while missing:
            piece = self._some(missing)
            if not piece:
                raise httpx.ReadError(f"the body ended {missing} bytes early")
            missing -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := self._chunk_size():
            yield from self._pieces(size)
            if self._line() not in _LINE_ENDS:
                raise httpx.RemoteProtocolError("the response is not HTTP: a chunk is longer than it says")
        for _ in range(_MOST_TRAILERS):
            if self._line() in _LINE_ENDS:
                return
        raise httpx.RemoteProtocolError("the response is not HTTP: it has too many trailers")

    def _chunk_size(self) -> int:
        match = _CHUNK_SIZE.fullmatch(self._line())
        if match is None:
            raise httpx.RemoteProtocolError("the response is not HTTP: malformed chunk")
        return int(match[1], 16)

    def _rest(self) -> Iterator[bytes]:
        while piece := self._some(_MOST_AT_ONCE):
            yield piece

    def _some(self, most: int) -> bytes:
        """Return the next bytes, waiting for them if necessary; none at the end of the connection."""
        if self.is_empty:
            return self._sock.receive(min(most, _MOST_AT_ONCE))
        return self._take(min(self._at + most, len(self._received)))

    def _line(self) -> bytes:
        while not (end := self._received.find(b"\n", self._at) + 1):
            if len(self._received) - self._at > _LONGEST_LINE:
                raise httpx.RemoteProtocolError("the response is not HTTP: a line is too long")
            self._receive("the body ended early")
        return self._take(end)

    def _until_blank_line(self) -> bytes:
        if self.is_empty:
            self._receive("Remote end closed connection without response")
        while (end := _BLANK_LINE.search(self._received, self._at)) is None:
            self._refuse_long_head(len(self._received))
            beginning = self._received[self._at : self._at + len(_BEGINNING)]
            if not _BEGINNING.startswith(beginning):  # a server of another protocol may be waiting for a reply
                raise httpx.RemoteProtocolError("the response is not HTTP")
            self._receive("the connection ended within the head of the response")
        self._refuse_long_head(end.end())
        return self._take(end.end())

    def _refuse_long_head(self, end: int) -> None:
        if end - self._at > _LONGEST_HEAD:
            raise httpx.RemoteProtocolError("the response is not HTTP: the head is too long")

    def _take(self, end: int) -> bytes:
        taken, self._at = self._received[self._at : end], end
        if self.is_empty:  # an idle connection should not keep a page in memory
            self._received, self._at = b"", 0
        return taken

    def _receive(self, problem: str) -> None:
        piece = self._sock.receive(_PIECE)
        if not piece:
            raise httpx.ReadError(problem)
        self._received, self._at = self._received[self._at :] + piece, 0
