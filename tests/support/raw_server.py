"""A server that answers with the bytes it is told, for what no honest server sends."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class RawServer:
    """What is to be answered, and what was asked.

    Attributes:
        answers: one for each request, the last one for all further ones; a function gets the request's head.
        requests: the heads of the requests, in order.
        base_url: of the server.
    """

    answers: list[bytes | Callable[[str], bytes]]
    requests: list[str] = field(default_factory=list[str])
    base_url: str = ""

    def headers(self, name: str) -> list[str | None]:
        """The values of a header in the requests, `None` where it was not sent."""
        return [_header(request, name) for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
            self.requests.append(head)
            writer.write(answer(head) if callable(answer) else answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def answer(status: str, body: bytes = b"", headers: Iterable[str] = ()) -> bytes:
    """Make an HTTP/1.1 answer that ends its connection; the length is that of the body unless a header says one."""
    lines = [*headers]
    if not any(line.lower().startswith("content-length") for line in lines):
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *lines])
    return head.encode("latin-1") + b"\r\n\r\n" + body


def json_answer(body: str) -> bytes:
    """Make a 200 with JSON."""
    return answer("200 OK", body.encode(), ["Content-Type: application/json"])


@asynccontextmanager
async def raw_server(*answers: bytes | Callable[[str], bytes]) -> AsyncGenerator[RawServer]:
    """Run a server while the block does."""
    state = RawServer(list(answers))
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    state.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    try:
        yield state
    finally:
        server.close()
        await server.wait_closed()


def _header(request: str, name: str) -> str | None:
    for line in request.split("\r\n")[1:]:
        found, _, value = line.partition(":")
        if found.lower() == name.lower():
            return value.strip()
    return None
