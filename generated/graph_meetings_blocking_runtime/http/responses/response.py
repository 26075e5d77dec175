# Made by codegen from overrides/graph_meetings_runtime/http/responses/response.py; do not edit.
"""A response, before and after its body is read."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Self

import httpx

from graph_meetings_runtime.blocking.waiting import joined
from graph_meetings_runtime.http.responses.redaction import forget_token, repeats_token, token_of, without_token

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FIRST_ERROR: Final = 400


class Response:
    """A response: its head, and its body as it arrives or once it has been read.

    Args:
        status: the HTTP status.
        headers: names and values as received. Those that repeat the token are dropped, because some services and
            gateways echo what they were sent.
        body: bytes if all of it has arrived, otherwise a stream.
        authorization: the header that the request was sent with, empty if it had none.
        request: returns the request without its secrets.
        http_version: such as `HTTP/1.1`.

    Attributes:
        headers: the values by lower-case name; repeated headers are joined with commas.
        content: the decoded body, once it has been read.
    """

    __slots__ = ("_request", "authorization", "body", "content", "headers", "http_version", "status")

    def __init__(  # noqa: PLR0913  what a response consists of
        self,
        status: int,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes | httpx.SyncByteStream,
        *,
        authorization: str,
        request: Callable[[], httpx.Request],
        http_version: str = "HTTP/1.1",
    ) -> None:
        self.status = status
        self.body = body
        self.content: bytes | None = None
        self.authorization = authorization
        self.http_version = http_version
        self._request = request
        self.headers = _texts(_without_token(headers, token_of(authorization)))

    @classmethod
    def of(cls, received: httpx.Response) -> Self:
        """Wrap a response from the caller's own httpx client, one of whose hooks may have read it."""
        sent = received.request
        response = cls(
            received.status_code,
            received.headers.raw,
            received.content if received.is_stream_consumed else _Unread(received),
            authorization=sent.headers.get("Authorization", ""),
            request=lambda: sent,
            http_version=received.http_version,
        )
        response.content = response.body if isinstance(response.body, bytes) else None
        return response

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004  the statuses of success

    @property
    def is_redirect(self) -> bool:
        """Whether the status redirects to another URL."""
        return self.status in _REDIRECTS

    @property
    def is_error(self) -> bool:
        """Whether the status is 4xx or 5xx."""
        return self.status >= _FIRST_ERROR

    @property
    def quotable_headers(self) -> dict[str, str]:
        """The headers that an error may show: those that do not repeat even part of the token."""
        token = token_of(self.authorization)
        pairs = self.headers.items()
        return {
            name: value for name, value in pairs if all(without_token(part, token) == part for part in (name, value))
        }

    def read(self) -> bytes:
        """Read the whole body."""
        if self.content is None:
            self.content = self.body if isinstance(self.body, bytes) else joined(self)
        return self.content

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self.body, bytes):
            yield self.body
            return
        try:
            for piece in self.body:
                yield piece
        except httpx.RequestError as error:
            forget_token(error, token_of(self.authorization))
            error.request = self._shown_request()
            raise

    def close(self) -> None:
        """Close the response; what has not been read is discarded."""
        if not isinstance(self.body, bytes):
            self.body.close()

    def as_response(self) -> httpx.Response:
        """Return the response as an `httpx.Response`. Its body must have been read."""
        headers = list(self.headers.items())
        return httpx.Response(self.status, headers=headers, content=self.content, request=self._shown_request())

    def _shown_request(self) -> httpx.Request:
        request = self._request()
        request.headers.pop("Authorization", None)
        return request


class _Unread(httpx.SyncByteStream):
    """The body of an `httpx.Response` as it arrives."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_raw()

    def close(self) -> None:
        self._response.close()


def _without_token(headers: Sequence[tuple[bytes, bytes]], token: str) -> Sequence[tuple[bytes, bytes]]:
    # All at once, because hardly any response repeats it.
    if not repeats_token(b"\n".join([part for pair in headers for part in pair]).decode("latin-1"), token):
        return headers
    return [pair for pair in headers if not any(repeats_token(part.decode("latin-1"), token) for part in pair)]


def _texts(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for raw_name, value in headers:
        name = raw_name.decode("latin-1").lower()
        text = _text(value)
        texts[name] = f"{texts[name]}, {text}" if name in texts else text
    return texts


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
