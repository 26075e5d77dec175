"""Servers with certificates of their own, and a forward proxy that asks for a password."""

import asyncio
import base64
import ipaddress
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.raw_server import RawServer

HOST = "graph.example"


@dataclass
class Certificate:
    """A self-signed certificate for `graph.example`, `localhost` and 127.0.0.1.

    Attributes:
        path: certificate and key in PEM.
    """

    path: Path

    @classmethod
    def make(cls, folder: Path) -> "Certificate":
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
        names = [x509.DNSName(HOST), x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = folder / "certificate.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return cls(path)

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


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
