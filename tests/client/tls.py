"""Servers with certificates of their own, and a forward proxy that asks for a password."""

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.support.certificates import Certificate
from tests.support.raw_server import RawServer


@asynccontextmanager
async def tls_server(certificate: Certificate, *answers: bytes) -> AsyncGenerator[RawServer]:
    """Run a server with TLS while the block does."""
    state = RawServer(list(answers))
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0, ssl=certificate.server_context())
    state.base_url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    try:
        yield state
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class ForwardProxy:
    """A proxy that tunnels every host to one port of this machine.

    Attributes:
        port: where the tunnels lead.
        credentials: that it wants, as `user:password`.
        refusal: status and reason where it gets others.
        heads: of the CONNECT requests.
        url: of the proxy, without credentials.
        over: set when a tunnel has ended.
    """

    port: int
    credentials: str | None = None
    refusal: str = "407 Proxy Authentication Required"
    heads: list[str] = field(default_factory=list[str])
    url: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            expected = base64.b64encode((self.credentials or "").encode()).decode()
            if self.credentials and f"Proxy-Authorization: Basic {expected}" not in head:
                writer.write(f"HTTP/1.1 {self.refusal}\r\nContent-Length: 0\r\n\r\n".encode())
                return
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.over.set()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(1 << 16):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def forward_proxy(
    port: int, credentials: str | None = None, refusal: str = ForwardProxy.refusal
) -> AsyncGenerator[ForwardProxy]:
    """Run a proxy while the block does."""
    state = ForwardProxy(port, credentials, refusal)
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    state.url = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield state
        if state.heads:
            await asyncio.wait_for(state.over.wait(), 10)
    finally:
        server.close()
        await server.wait_closed()
