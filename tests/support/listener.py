"""A foreign server that poses as the service and records every byte it receives."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.raw_server import json_answer, listening

BAIT = json_answer('{"value": [{"id": "hijacked"}], "@odata.deltaLink": "http://127.0.0.1/v1.0/hijacked"}')

HARMLESS = {"host", "accept", "accept-encoding", "user-agent", "connection", "range", "if-range"}


@dataclass
class Listener:
    """The responses to send and the bytes received.

    Attributes:
        answers: one response per connection, the last one for all further connections.
        received: the bytes received on each connection.
        origin: scheme, host and port: the same machine, but another host name than the service's.
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
        """Return the names of all headers received, in lower case."""
        heads = [bytes(got).decode("latin-1").split("\r\n")[1:] for got in self.received]
        return {line.partition(":")[0].lower() for head in heads for line in head if line}


def assert_no_secrets(state: Listener, *secrets: str) -> None:
    """Check that no secret is in any byte received."""
    everything = b"".join(state.received).decode("latin-1").lower()
    for secret in ("authorization", "bearer", "cookie", "deltatoken", "skiptoken", *secrets):
        assert secret.lower() not in everything
    assert state.headers() <= HARMLESS


@asynccontextmanager
async def listener(*answers: bytes) -> AsyncGenerator[Listener]:
    """Listen for the duration of the block."""
    state = Listener(list(answers) or [BAIT])
    async with listening(state.serve) as port:
        state.origin = f"http://localhost:{port}"
        yield state
