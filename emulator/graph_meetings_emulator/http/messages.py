"""Requests as received and replies to be sent, independent of ASGI."""

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
    """A request as it came over the wire.

    Attributes:
        method: the HTTP method.
        raw_path: the path of the target, percent-encoding and all.
        raw_query: what followed the question mark.
        raw_headers: names in lower case.
        port: of the listener that it came to.
    """

    method: str
    raw_path: bytes
    raw_query: bytes
    raw_headers: RawHeaders = field(repr=False)
    port: int = 0

    @classmethod
    def from_scope(cls, scope: Scope) -> "ReceivedRequest":
        """Take a request from ASGI."""
        return cls(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"], scope["server"][1])

    @cached_property
    def headers(self) -> Headers:
        """The headers, by name in any case."""
        return Headers(raw=self.raw_headers)

    @property
    def target(self) -> str:
        """The request target: path and query as they came."""
        query = b"?" + self.raw_query if self.raw_query else b""
        return (self.raw_path + query).decode("latin-1")

    @property
    def origin(self) -> str:
        """The scheme, host and port that the client asked for.

        Raises:
            ServiceError: 400 where it did not say.
        """
        if "host" not in self.headers:
            raise bad_request("The Host header is missing.")
        return f"http://{self.headers['host']}"


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes of a stream that a reply carries."""

    media: Media
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its body is bytes, or a range of a stream; its script says how it is sent, where not as usual."""

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
        """Give the value of a header, its name in lower case."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), None)

    def with_headers(self, replaced: RawHeaders) -> "Reply":
        """Put headers in the place of those with the same names."""
        names = {name for name, _ in replaced}
        return replace(self, headers=[*replaced, *(pair for pair in self.headers if pair[0] not in names)])


def encode_header(name: str, value: str) -> tuple[bytes, bytes]:
    """Encode a header for the wire."""
    return name.lower().encode("latin-1"), value.encode("latin-1")
