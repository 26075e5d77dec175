# Made by codegen from overrides/graph_meetings_runtime/content/content_stream.py; do not edit.
"""A response whose body is read as it arrives."""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Final, NoReturn

from graph_meetings_runtime.blocking.guards import ClientGuard, IterationGuard
from graph_meetings_runtime.content.content_digest import ContentDigest
from graph_meetings_runtime.content.strong_etag import STRONG_ETAG
from graph_meetings_runtime.errors import ConnectionFailed, DownloadIncomplete, MalformedResponse
from graph_meetings_runtime.fork import belongs_to_parent

if TYPE_CHECKING:
    from graph_meetings_blocking_runtime.http.responses.response import Response

_OK: Final = 200
PARTIAL_CONTENT: Final = 206
_CONTENT_RANGE = r"bytes (?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})/(?P<size>[0-9]{1,18}|\*)"
_LENGTH = "[0-9]{1,18}"
# Sent with a 200 by sign-in pages, proxies and gateways; recordings and transcripts never have this type.
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})


class ContentStream(IterationGuard):
    """The bytes of a response: `for chunk in stream`, once.

    Attributes:
        first: the offset of the first byte; greater than 0 only if a range was requested and sent.
        size: of the whole content in bytes, or `None` if the service does not say.
        content_type: such as `video/mp4`.
        etag: a strong validator of the content, or `None` if the service sends none.
        digest: of the whole content, or `None` if the service sends none.
        is_part: whether the response is only a part of the content (206).

    Raises:
        DownloadIncomplete: while iterating: the connection broke, or the body is shorter than announced.
        MalformedResponse: the response is not content, or there is no telling where it ends; while iterating: the body
            is longer than announced.
    """

    def __init__(self, response: "Response", chunks: Iterator[bytes], request: str, *, is_part_asked: bool) -> None:
        self._response = response
        self._chunks = chunks
        self._request = request
        self._process = os.getpid()
        headers = response.headers
        content_range = re.fullmatch(_CONTENT_RANGE, headers.get("content-range", ""))
        self.is_part = response.status == PARTIAL_CONTENT and is_part_asked and content_range is not None
        if response.status != _OK and not self.is_part:
            raise self._malformed(f"expected content, got a response with status {response.status}")
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise self._malformed("the service compressed the content although it was asked not to")
        self.content_type: str | None = headers.get("content-type")
        if (self.content_type or "").partition(";")[0].strip().lower() in _PAGES:
            raise self._malformed(f"expected content, got a page for a browser (Content-Type {self.content_type})")
        self._length = self._announced_length()
        self.first = 0
        self.size = self._length
        if self.is_part and content_range:
            self.first = int(content_range["first"])
            self.size = int(content_range["size"]) if content_range["size"] != "*" else None
            self._length = self._length_of_part(int(content_range["last"]))
        etag: str = headers.get("etag", "")
        self.etag = etag if re.fullmatch(STRONG_ETAG, etag) else None
        self.digest = ContentDigest.announced(headers, is_part=self.is_part)

    def _announced_length(self) -> int | None:
        """Return the length of the body, or `None` if chunks or HTTP/2 mark its end.

        Any other body ends with the connection, and cannot be distinguished from one that broke off.
        """
        headers = self._response.headers
        coding: str | None = headers.get("transfer-encoding")
        if coding is not None and coding.strip().lower() != "chunked":
            known = self._response.quotable_headers.get("transfer-encoding", "[withheld]")
            raise self._malformed(f"cannot tell where the content ends: unknown transfer coding {known[:100]!r}")
        length: str | None = headers.get("content-length")
        if length is not None and re.fullmatch(_LENGTH, length):
            return int(length)
        # A server can write "HTTP/2.0" into its status line; only the real protocol is called "HTTP/2".
        if length is not None or (coding is None and self._response.http_version != "HTTP/2"):
            raise self._malformed("cannot tell where the content ends: the service did not say how long it is")
        return None

    def _length_of_part(self, last: int) -> int:
        length = last - self.first + 1
        if length < 1 or self._length not in {None, length} or (self.size is not None and last >= self.size):
            raise self._malformed(
                f"the service sent bytes {self.first} to {last} of {self.size} in a body {self._length} bytes long"
            )
        return length

    def _malformed(self, message: str) -> MalformedResponse:
        headers = self._response.quotable_headers
        return MalformedResponse(message, status=self._response.status, headers=headers, request=self._request)

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        try:
            for chunk in self._chunks:
                if self._process != os.getpid():
                    raise belongs_to_parent(self)
                received += len(chunk)
                if self._length is not None and received > self._length:
                    raise self._malformed(f"more bytes arrived than the {self._length} that were announced")
                yield chunk
        except ConnectionFailed as broken:
            raise DownloadIncomplete(
                f"the connection broke after {received} bytes: {broken.message}", request=self._request
            ) from None
        if self._length is not None and received != self._length:
            raise DownloadIncomplete(f"{received} of {self._length} announced bytes arrived", request=self._request)


class OpenedContent(ClientGuard):
    """A content to open in a `with` block.

    Args:
        opening: opens it.
    """

    def __init__(self, opening: AbstractContextManager[ContentStream]) -> None:
        self._opening = opening

    def __enter__(self) -> ContentStream:
        return self._opening.__enter__()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return self._opening.__exit__(exc_type, exc, traceback)

    if not TYPE_CHECKING:

        def __iter__(self) -> NoReturn:
            raise TypeError("the content is not open yet: open it in a `with` block, and iterate over what that gives")
