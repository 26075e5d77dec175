"""Bodies of a server that means harm: bombs, and the token that the request carried."""

import gzip
import html
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import quote

from graph_meetings_emulator.faults.fault import Exchange, Fault, FaultContext
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.messages import Reply, encode_header
from graph_meetings_runtime.json_codec import encode_json

_LARGER_THAN_THE_LIMIT = 300 << 20
"""The client's own limit of a body is 256 MiB."""

_PIECE = 1 << 20
_MOST_LAYERS = 2


@dataclass(frozen=True, slots=True)
class DecompressionBomb(Fault):
    """A small body that is large once decompressed, whether the client asked for gzip or not.

    Args:
        layers: how many times it is compressed, once or twice.
        size: the size in bytes once decompressed.

    Raises:
        ValueError: `layers` is neither 1 nor 2, or `size` is less than 1.
    """

    kind: ClassVar[str] = "decompression-bomb"
    layers: int | None = None
    size: int = _LARGER_THAN_THE_LIMIT

    def __post_init__(self) -> None:
        if self.layers not in {None, *range(1, _MOST_LAYERS + 1)} or self.size < 1:
            raise ValueError("DecompressionBomb: layers must be 1 or 2, and size at least 1")

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply has a body that is not a stream."""
        return bool(exchange.reply.body)

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Replace the body."""
        layers = self.layers or context.random.randint(1, _MOST_LAYERS)
        encoding = encode_header("content-encoding", ", ".join(["gzip"] * layers))
        return replace(exchange.reply.with_headers([encoding]), body=_zeros(self.size, layers))


class Escape(Enum):
    """How the letters of a text are escaped."""

    NONE = "none"
    JSON = "JSON"
    HTML = "HTML"
    URL = "URL"

    def of(self, text: str) -> str:
        """Return the text with every letter escaped."""
        return _ESCAPES[self](text)


def _escaped(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(ord(letter)) for letter in text)


_ESCAPES: Mapping[Escape, Callable[[str], str]] = MappingProxyType(
    {
        Escape.NONE: str,
        Escape.JSON: _escaped("\\u{:04x}"),
        Escape.HTML: _escaped("&#x{:x};"),
        Escape.URL: _escaped("%{:02X}"),
    }
)


@dataclass(frozen=True, slots=True)
class TokenEcho(Fault):
    """A body that repeats the token of the request: an error object, or an HTML page with a 200.

    Args:
        escape: how the token is spelled.
        status: the HTTP status; with 200 the body is not JSON.
    """

    kind: ClassVar[str] = "token-echo"
    escape: Escape | None = None
    status: int | None = None

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the request carries a token."""
        return bool(_token(exchange))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Return the echo."""
        status = self.status or context.random.choice([200, 400, 403, 404, 500])
        escape = self.escape or context.random.choice(list(Escape))
        spelled = escape.of(_token(exchange))
        reply = exchange.refuse(ServiceError(status, "Forbidden", ""))
        if status == HTTPStatus.OK:
            page = f"<html><body>{html.escape('You sent')} {spelled} {quote(spelled)}</body></html>"
            return replace(reply.with_headers([encode_header("content-type", "text/html")]), body=page.encode())
        # JSON's own escapes stay as they are, the others are text within JSON.
        error = encode_json({"error": {"code": "Forbidden", "message": "@", "innerError": {"message": "@"}}})
        return replace(reply, body=error.replace(b'"@"', f'"Not allowed: Bearer {spelled}"'.encode()))


def _token(exchange: Exchange) -> str:
    return exchange.request.headers.get("authorization", "").partition(" ")[2]


@lru_cache(maxsize=8)
def _zeros(size: int, layers: int) -> bytes:
    body = _compressed_zeros(size)
    for _ in range(layers - 1):
        body = gzip.compress(body, mtime=0)
    return body


def _compressed_zeros(size: int) -> bytes:
    compressor = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    pieces = [compressor.compress(bytes(min(_PIECE, size - start))) for start in range(0, size, _PIECE)]
    return b"".join([*pieces, compressor.flush()])
