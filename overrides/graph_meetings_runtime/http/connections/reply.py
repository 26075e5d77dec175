"""What comes back on a connection, and how httpx names it."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import httpx
from msgspec import Struct

S = TypeVar("S")


class Reply(Struct, Generic[S], frozen=True):
    """The head of a response, and its body: bytes where all of it came with the head, or else a stream."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes | S
    http_version: str = "HTTP/1.1"


def response_of(reply: Reply[Any], request: httpx.Request) -> httpx.Response:
    """Return a reply as a response of httpx, whose body has not been read."""
    return httpx.Response(
        reply.status,
        headers=list(reply.headers),
        stream=httpx.ByteStream(reply.body) if isinstance(reply.body, bytes) else reply.body,
        request=request,
        extensions={"http_version": reply.http_version.encode()},
    )


@contextmanager
def errors_name(request: httpx.Request) -> Generator[None]:
    """Let httpx's errors name the request, as its users expect."""
    try:
        yield
    except httpx.RequestError as error:
        error.request = request
        raise
