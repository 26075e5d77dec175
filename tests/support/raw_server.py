"""A server that sends exactly the bytes it is given, for responses that no real server sends."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class RawServer:
    """The responses to send and the requests received.

    Attributes:
        answers: one response per request, the last one for all further requests; a function is given the request head.
        requests: the request heads, in order.
        bodies: the bodies of the same requests.
        base_url: base URL of the server.
    """

    answers: list[bytes | Callable[[str], bytes]]
    requests: list[str] = field(default_factory=list[str])
    bodies: list[bytes] = field(default_factory=list[bytes])
    base_url: str = ""

    def headers(self, name: str) -> list[str | None]:
        """Return the value of a header in each request, `None` where it is missing."""
        return [_header(request, name) for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.bodies.append(await reader.readexactly(int(_header(head, "Content-Length") or 0)))
            answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
            self.requests.append(head)
            writer.write(answer(head) if callable(answer) else answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def answer(status: str, body: bytes = b"", headers: Iterable[str] = ()) -> bytes:
    """Return an HTTP/1.1 response that closes the connection, with the length of the body unless a header gives one."""
    lines = [*headers]
    if not any(line.lower().startswith("content-length") for line in lines):
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *lines])
    return head.encode("latin-1") + b"\r\n\r\n" + body


def json_answer(body: str) -> bytes:
    """Return a 200 response with a JSON body."""
    return answer("200 OK", body.encode(), ["Content-Type: application/json"])


@asynccontextmanager
async def raw_server(*answers: bytes | Callable[[str], bytes]) -> AsyncGenerator[RawServer]:
    """Run a server for the duration of the block."""
    state = RawServer(list(answers))
    async with listening(state.serve) as port:
        state.base_url = f"http://127.0.0.1:{port}/v1.0"
        yield state


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncGenerator[int]:
    """Accept connections on loopback for the duration of the block; yield the port."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def _header(request: str, name: str) -> str | None:
    for line in request.split("\r\n")[1:]:
        found, _, value = line.partition(":")
        if found.lower() == name.lower():
            return value.strip()
    return None
