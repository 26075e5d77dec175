"""What a connection receives, and its form in httpx."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import httpx
from msgspec import Struct

S = TypeVar("S")


class Reply(Struct, Generic[S], frozen=True):
    """The head of a response, and its body: bytes if all of it arrived with the head, otherwise a stream."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes | S
    http_version: str = "HTTP/1.1"


def response_of(reply: Reply[Any], request: httpx.Request) -> httpx.Response:
    """Return a reply as an `httpx.Response` whose body has not been read."""
    return httpx.Response(
        reply.status,
        headers=list(reply.headers),
        stream=httpx.ByteStream(reply.body) if isinstance(reply.body, bytes) else reply.body,
        request=request,
        extensions={"http_version": reply.http_version.encode()},
    )


@contextmanager
def errors_name(request: httpx.Request) -> Generator[None]:
    """Add the request to httpx's errors, as its users expect."""
    try:
        yield
    except httpx.RequestError as error:
        error.request = request
        raise
