"""A server that is not the service: it keeps every byte that it gets, and answers as if it were."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.raw_server import json_answer

BAIT = json_answer('{"value": [{"id": "hijacked"}], "@odata.deltaLink": "http://127.0.0.1/v1.0/hijacked"}')

HARMLESS = {"host", "accept", "accept-encoding", "user-agent", "connection", "range", "if-range"}


@dataclass
class Listener:
    """What came to it.

    Attributes:
        answers: one for each connection, the last one for all further ones.
        received: the bytes of each connection.
        origin: scheme, host and port, of the same machine and yet another host than the service's.
    """

    answers: list[bytes]
    received: list[bytearray] = field(default_factory=list[bytearray])
    origin: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self.answers[min(len(self.received), len(self.answers) - 1)]
        got = bytearray()
        self.received.append(got)
        try:
            while chunk := await reader.read(1 << 16):
                got += chunk
                if b"\r\n\r\n" in got and not writer.is_closing():
                    writer.write(answer)
                    writer.close()
        except ConnectionError:
            pass
        finally:
            writer.close()

    def headers(self) -> set[str]:
        """The names of all headers that came, in lower case."""
        heads = [bytes(got).decode("latin-1").split("\r\n")[1:] for got in self.received]
        return {line.partition(":")[0].lower() for head in heads for line in head if line}


def assert_no_secrets(state: Listener, *secrets: str) -> None:
    """Look through every byte that came."""
    everything = b"".join(state.received).decode("latin-1").lower()
    for secret in ("authorization", "bearer", "cookie", "deltatoken", "skiptoken", *secrets):
        assert secret.lower() not in everything
    assert state.headers() <= HARMLESS


@asynccontextmanager
async def listener(*answers: bytes) -> AsyncGenerator[Listener]:
    """Listen while the block runs."""
    state = Listener(list(answers) or [BAIT])
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    state.origin = f"http://localhost:{server.sockets[0].getsockname()[1]}"
    try:
        yield state
    finally:
        server.close()
        await server.wait_closed()
