# Made by codegen from overrides/graph_meetings_runtime/http/responses/body.py; do not edit.
"""Bodies: JSON is decompressed piece by piece, up to a limit; content is passed on as it arrives."""

import re
import zlib
from collections.abc import Iterator
from typing import Final

import httpx

from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_runtime.blocking.waiting import let_others_run
from graph_meetings_runtime.errors import MalformedResponse, forget_locals
from graph_meetings_runtime.http.responses.error_response import connection_failed

_PIECE: Final = 1 << 18
_LENGTH: Final = "[0-9]{1,15}"
_ZLIB_HEADER: Final = 2
_DEFLATE: Final = 8
_GZIP: Final = 16 + zlib.MAX_WBITS


def limit_body(response: Response, max_bytes: int | None) -> None:
    """Make a response decode its body as it is read, and fail at a limit.

    httpx decodes each chunk at once, in as many layers as the headers name: 822 bytes became 1.28 GB.

    Args:
        response: a response whose body has not been read. One that a hook of the caller's client has read is unchanged.
        max_bytes: the limit after decompression, or `None` if the reader stops by itself.
    """
    if response.content is not None:
        return
    names = response.headers.pop("content-encoding", "").lower().split(",")
    encodings = [name for each in names if (name := each.strip()) not in {"", "identity"}]
    if encodings or not _is_short(response, max_bytes):
        body = response.body
        response.body = _LimitedBody(httpx.ByteStream(body) if isinstance(body, bytes) else body, encodings, max_bytes)


def raw_chunks(response: Response) -> Iterator[bytes]:
    """Yield the bytes of a body as they arrive.

    Raises:
        ConnectionFailed: the connection broke.
    """
    try:
        for chunk in response:
            yield chunk
    except httpx.TransportError as error:
        forget_locals(error)  # those of the libraries hold what has been received
        raise connection_failed(error) from error


def _is_short(response: Response, max_bytes: int | None) -> bool:
    if max_bytes is None:
        return True
    if isinstance(response.body, bytes):
        return len(response.body) <= max_bytes
    # Connections read no more than that.
    length = response.headers.get("content-length", "")
    return re.fullmatch(_LENGTH, length) is not None and int(length) <= max_bytes


class _LimitedBody(httpx.SyncByteStream):
    """A body that decodes itself and ends with an error at a limit."""

    def __init__(self, stream: httpx.SyncByteStream, encodings: list[str], max_bytes: int | None) -> None:
        self._stream = stream
        self._encodings = encodings
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for piece in self._decoded():
            received += len(piece)
            if self._max_bytes is not None and received > self._max_bytes:
                raise MalformedResponse(f"the body is larger than {self._max_bytes} bytes, the limit of BodyLimit")
            yield piece

    def close(self) -> None:
        self._stream.close()

    def _decoded(self) -> Iterator[bytes]:
        if not self._encodings:
            return iter(self._stream)
        if len(self._encodings) > 1 or self._encodings[0] not in {"gzip", "x-gzip", "deflate"}:
            names = ", ".join(self._encodings)
            raise httpx.DecodingError(f"Content-Encoding is {names[:100]!r}; supported is either gzip or deflate")
        return _decompressed(self._stream, is_gzip=self._encodings[0] != "deflate")


def _decompressed(stream: httpx.SyncByteStream, *, is_gzip: bool) -> Iterator[bytes]:
    try:
        head = b""
        decompressor = zlib.decompressobj(_GZIP) if is_gzip else None
        for chunk in stream:
            data = head + chunk
            if decompressor is None:
                if len(data) < _ZLIB_HEADER:
                    head = data
                    continue
                # Some servers send deflate without the zlib header that belongs to it.
                head, has_header = b"", data[0] & 0x0F == _DEFLATE and int.from_bytes(data[:2], "big") % 31 == 0
                decompressor = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
            while data and not decompressor.eof:
                yield decompressor.decompress(data, _PIECE)
                data = decompressor.unconsumed_tail
                if data:
                    let_others_run()
            if data or decompressor.unused_data:
                raise httpx.DecodingError("there are bytes after the end of the compressed data")
        if decompressor is not None:
            yield decompressor.flush()  # a few bytes that the last piece had no room for
        if decompressor is None or not decompressor.eof:
            raise httpx.DecodingError("the compressed data ends too early")
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None
