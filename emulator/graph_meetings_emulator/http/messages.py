"""Requests as received and replies to send, independent of ASGI."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.types import Scope

from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.http.errors import bad_request
from graph_meetings_emulator.http.script import Script

RawHeaders: TypeAlias = list[tuple[bytes, bytes]]

JSON_TYPE = (b"content-type", b"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false")


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as received over the wire.

    Attributes:
        method: the HTTP method.
        raw_path: the path, still percent-encoded.
        raw_query: the query after the question mark, still percent-encoded.
        raw_headers: names and values; names are in lower case.
        port: the port of the listener that received it.
        scheme: `http` or `https`.
        body: what was sent, empty for requests that read.
    """

    method: str
    raw_path: bytes
    raw_query: bytes
    raw_headers: RawHeaders = field(repr=False)
    port: int = 0
    scheme: str = "http"
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def from_scope(cls, scope: Scope) -> "ReceivedRequest":
        """Make a request from an ASGI scope."""
        return cls(
            scope["method"],
            scope["raw_path"],
            scope["query_string"],
            scope["headers"],
            scope["server"][1],
            scope["scheme"],
        )

    @cached_property
    def headers(self) -> Headers:
        """The headers; names are case-insensitive."""
        return Headers(raw=self.raw_headers)

    @property
    def target(self) -> str:
        """The request target: path and query as received."""
        query = b"?" + self.raw_query if self.raw_query else b""
        return (self.raw_path + query).decode("latin-1")

    @property
    def origin(self) -> str:
        """The scheme, host and port that the client addressed.

        Raises:
            ServiceError: 400 if there is no Host header.
        """
        if "host" not in self.headers:
            raise bad_request("The Host header is missing.")
        return f"{self.scheme}://{self.headers['host']}"


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The part of a stream that a reply carries."""

    media: Media
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A response whose body is bytes or part of a stream; a script, if any, says how to send it."""

    status: int
    headers: RawHeaders
    body: bytes = b""
    media: ByteRange | None = None
    script: Script = ()

    @property
    def length(self) -> int:
        """The length of the body in bytes."""
        return len(self.body) if self.media is None else self.media.stop - self.media.start

    def header(self, name: bytes) -> str | None:
        """Return the value of a header, given its name in lower case."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), None)

    def with_headers(self, replaced: RawHeaders) -> "Reply":
        """Return the reply with headers that replace those of the same names."""
        names = {name for name, _ in replaced}
        return replace(self, headers=[*replaced, *(pair for pair in self.headers if pair[0] not in names)])


def encode_header(name: str, value: str) -> tuple[bytes, bytes]:
    """Encode a header for the wire."""
    return name.lower().encode("latin-1"), value.encode("latin-1")
