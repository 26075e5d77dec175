"""One response whose body is read as it comes."""

import re
from collections.abc import AsyncIterator
from typing import Final

import httpx

from graph_meetings_runtime.content.content_digest import ContentDigest
from graph_meetings_runtime.errors import DownloadIncomplete, MalformedResponse
from graph_meetings_runtime.http.error_response import connection_failed

_OK: Final = 200
_PARTIAL_CONTENT: Final = 206
_CONTENT_RANGE = re.compile(r"bytes (?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})/(?P<size>[0-9]{1,18}|\*)")
# RFC 9110 has more in them, which no header of httpx's can carry back.
STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')


class ContentStream:
    """Bytes on their way: `async for chunk in stream`, once.

    Attributes:
        first: offset of the first byte, more than 0 where a range was asked for and given.
        size: bytes of the whole content, `None` where the service does not say.
        content_type: such as `video/mp4`.
        etag: a strong validator of the content, `None` where the service gives none.
        digest: of the whole content, `None` where the service gives none.

    Raises:
        DownloadIncomplete: while iterating, when the connection breaks, or the body is shorter than announced.
        MalformedResponse: it is no content, its end cannot be known; while iterating, when the body is longer than
            announced.
    """

    def __init__(self, response: httpx.Response, *, is_part_asked: bool) -> None:
        headers = response.headers
        part = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
        is_part = response.status_code == _PARTIAL_CONTENT and is_part_asked and part is not None
        if response.status_code != _OK and not is_part:
            raise MalformedResponse(
                f"the service answered a request for content with {response.status_code}",
                status=response.status_code,
                headers=headers,
            )
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise MalformedResponse("the service compressed the content although it was asked not to", headers=headers)
        self._response = response
        self._length = _length(response)
        etag: str = headers.get("ETag", "")
        self.first = 0
        self.size = self._length
        if is_part and part:
            self.first = int(part["first"])
            self.size = int(part["size"]) if part["size"] != "*" else None
            self._length = self._length_of_part(int(part["last"]))
        self.etag = etag if STRONG_ETAG.fullmatch(etag) else None
        self.digest = ContentDigest.announced(headers, is_part=is_part)
        self.content_type: str | None = headers.get("Content-Type")

    def _length_of_part(self, last: int) -> int:
        length = last - self.first + 1
        if length < 1 or self._length not in {None, length} or (self.size is not None and last >= self.size):
            raise MalformedResponse(
                f"the service gave bytes {self.first} to {last} of {self.size}, {self._length} bytes long",
                headers=self._response.headers,
            )
        return length

    def _chunks(self) -> AsyncIterator[bytes]:
        async def whole() -> AsyncIterator[bytes]:
            yield self._response.content

        # A transport for tests, such as httpx.MockTransport, gives a body that has been read.
        return whole() if self._response.is_stream_consumed else self._response.aiter_raw()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        try:
            async for chunk in self._chunks():
                received += len(chunk)
                if self._length is not None and received > self._length:
                    raise MalformedResponse(f"more than the {self._length} bytes came that were announced")
                yield chunk
        except httpx.TransportError as error:
            broken = connection_failed(error)
            raise DownloadIncomplete(f"the connection broke after {received} bytes: {broken.message}") from None
        if self._length is not None and received != self._length:
            raise DownloadIncomplete(f"{received} bytes came where {self._length} were announced")


def _length(response: httpx.Response) -> int | None:
    """Read how long the body is; `None` where its end is marked in another way."""
    headers = response.headers
    length: str = headers.get("Content-Length", "")
    if re.fullmatch("[0-9]{1,18}", length):
        return int(length)
    if "Transfer-Encoding" not in headers and response.http_version in {"HTTP/1.0", "HTTP/1.1"}:
        raise MalformedResponse(
            "the service did not say how long the content is, so that it cannot be told from one that broke off",
            headers=headers,
        )
    return None
