"""One response whose body is read as it comes."""

import re
from collections.abc import AsyncIterator

import httpx

from graph_meetings_runtime.errors import DownloadIncomplete, MalformedResponse

_CONTENT_RANGE = re.compile(r"bytes (?P<first>[0-9]{1,18})-[0-9]{1,18}/(?P<size>[0-9]{1,18}|\*)")

_PARTIAL_CONTENT = 206


class ContentStream:
    """Bytes on their way: `async for chunk in stream`, once.

    Attributes:
        first: offset of the first byte, more than 0 where a range was asked for and given.
        size: bytes of the whole content, `None` where the service does not say.
        content_type: such as `video/mp4`.
        etag: a strong validator of the content, `None` where the service gives none.

    Raises:
        DownloadIncomplete: while iterating, when the connection breaks, or the body has not its announced length.
    """

    def __init__(self, response: httpx.Response) -> None:
        headers = response.headers
        content_range = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
        # A compressed body says nothing about the length of the content, nor could it be resumed.
        self._is_encoded = headers.get("Content-Encoding", "identity").lower() != "identity"
        length = "" if self._is_encoded else headers.get("Content-Length", "")
        etag = "" if self._is_encoded else headers.get("ETag", "")
        if response.status_code == _PARTIAL_CONTENT and (content_range is None or self._is_encoded):
            raise MalformedResponse(
                "the service sent a part of the content without saying which", status=_PARTIAL_CONTENT, headers=headers
            )
        part = content_range if response.status_code == _PARTIAL_CONTENT else None
        self._response = response
        self._length = int(length) if re.fullmatch("[0-9]{1,18}", length) else None
        self.first = int(part["first"]) if part else 0
        self.size = int(part["size"]) if part and part["size"] != "*" else None if part else self._length
        self.etag: str | None = etag if etag.startswith('"') else None
        self.content_type: str | None = headers.get("Content-Type")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        chunks = self._response.aiter_bytes() if self._is_encoded else self._response.aiter_raw()
        try:
            async for chunk in chunks:
                received += len(chunk)
                yield chunk
        except httpx.TransportError as error:
            raise DownloadIncomplete(f"the connection broke after {received} bytes: {error}") from error
        if self._length is not None and received != self._length:
            raise DownloadIncomplete(f"{received} bytes came where {self._length} were announced")
