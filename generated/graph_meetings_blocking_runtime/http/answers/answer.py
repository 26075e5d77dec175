# Made by codegen from overrides/graph_meetings_runtime/http/answers/answer.py; do not edit.
"""A response, in the form that this package reads it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Self

import httpx

from graph_meetings_runtime.blocking.waiting import joined
from graph_meetings_runtime.http.answers.redaction import forget_token, repeats_token, token_of, without_token


class Answer:
    """A response: its head, and its body as it comes or once it has been read.

    Args:
        status: the HTTP status.
        headers: names and values, as they came. Those that repeat the token are dropped, because some services and
            gateways repeat what they were sent.
        body: bytes where all of it has come, or a stream.
        authorization: that the request was sent with, empty if it had none.
        request: returns the request as others may see it.
        http_version: such as `HTTP/1.1`.

    Attributes:
        headers: the values by their names in lower case; those of one name are joined by commas.
        content: the body once it has been read, decoded.
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
    def of(cls, response: httpx.Response) -> Self:
        """Return a response of a client of the caller's; a hook may have read it."""
        sent = response.request
        answer = cls(
            response.status_code,
            response.headers.raw,
            response.content if response.is_stream_consumed else _Unread(response),
            authorization=sent.headers.get("Authorization", ""),
            request=lambda: sent,
            http_version=response.http_version,
        )
        answer.content = answer.body if isinstance(answer.body, bytes) else None
        return answer

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300  # noqa: PLR2004  the statuses of success

    @property
    def quotable_headers(self) -> dict[str, str]:
        """The headers without those that repeat even a piece of the token: an error shows them."""
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
        """Give up what has not been read."""
        if not isinstance(self.body, bytes):
            self.body.close()

    def as_response(self) -> httpx.Response:
        """Return the response as one of httpx, once its body has been read."""
        headers = list(self.headers.items())
        return httpx.Response(self.status, headers=headers, content=self.content, request=self._shown_request())

    def _shown_request(self) -> httpx.Request:
        request = self._request()
        request.headers.pop("Authorization", None)
        return request


class _Unread(httpx.SyncByteStream):
    """The body of a response of httpx, as it comes."""

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
