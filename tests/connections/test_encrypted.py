"""Blocking connections that are encrypted, and those by way of a proxy."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.client.tls import ForwardProxy, forward_proxy, tls_server
from tests.connections.clients import Answer, fetch_blocking
from tests.support.certificates import HOST, Certificate
from tests.support.raw_server import RawServer, answer
from tests.support.socket_server import answering, socket_server

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
LARGE = bytes(range(256)) * 20_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def environment(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies that trusts the test's certificate."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return monkeypatch


async def fetch(url: str) -> Answer:
    return (await asyncio.to_thread(fetch_blocking, url, trust_env=True))[0]


def port_of(server: RawServer) -> int:
    return httpx.URL(server.base_url).port or 0


@asynccontextmanager
async def encrypted_proxy(port: int, context: ssl.SSLContext) -> AsyncGenerator[ForwardProxy]:
    state = ForwardProxy(port)
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0, ssl=context)
    state.url = f"localhost:{server.sockets[0].getsockname()[1]}"
    try:
        yield state
        await asyncio.wait_for(state.over.wait(), 10)
    finally:
        server.close()
        await server.wait_closed()


async def test_a_large_body_arrives_as_it_is(certificate: Certificate) -> None:
    async with tls_server(certificate, answer("200 OK", LARGE)) as server:
        assert (await fetch(server.base_url)).body == LARGE


async def test_a_body_that_ends_early_is_an_error(certificate: Certificate) -> None:
    async with tls_server(certificate, answer("200 OK", LARGE, ["Content-Length: 9999999"])) as server:
        with pytest.raises(httpx.ReadError):
            await fetch(server.base_url)


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificate: Certificate, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("SSL_CERT_FILE")
    async with tls_server(certificate, answer("200 OK")) as server:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await fetch(server.base_url)
    assert not server.requests


async def test_a_certificate_for_another_name_is_refused(
    certificate: Certificate, environment: pytest.MonkeyPatch
) -> None:
    async with tls_server(certificate, answer("200 OK")) as server, forward_proxy(port_of(server)) as proxy:
        environment.setenv("HTTPS_PROXY", f"http://{proxy.url}")
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await fetch("https://other.example/")


async def test_a_file_without_certificates_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with socket_server(answering(b"")) as server, pytest.raises(ValueError, match="SSL_CERT_FILE"):
        await fetch(f"https://127.0.0.1:{server.port}")


async def test_a_proxy_gets_its_password_and_nothing_else(
    certificate: Certificate, environment: pytest.MonkeyPatch
) -> None:
    async with (
        tls_server(certificate, answer("200 OK", LARGE)) as server,
        forward_proxy(port_of(server), "user:p@ss wörd") as proxy,
    ):
        environment.setenv("HTTPS_PROXY", f"http://user:p%40ss%20w%C3%B6rd@{proxy.url}")
        assert (await fetch(f"https://{HOST}/a?sig=%2f")).body == LARGE
    assert proxy.heads[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\nProxy-Authorization: Basic ")
    assert server.requests[0].startswith("GET /a?sig=%2f HTTP/1.1\r\n")
    assert server.headers("Proxy-Authorization") == [None]


async def test_an_encrypted_proxy_passes_on_what_is_encrypted(
    certificate: Certificate, environment: pytest.MonkeyPatch
) -> None:
    async with (
        tls_server(certificate, answer("200 OK", LARGE)) as server,
        encrypted_proxy(port_of(server), certificate.server_context()) as proxy,
    ):
        environment.setenv("HTTPS_PROXY", f"https://{proxy.url}")
        assert (await fetch(f"https://{HOST}/")).body == LARGE
    assert len(proxy.heads) == 1


async def test_a_proxy_that_refuses_is_an_error_without_its_password(environment: pytest.MonkeyPatch) -> None:
    async with forward_proxy(9, "user:right") as proxy:
        environment.setenv("HTTPS_PROXY", f"http://user:WRONG-SECRET@{proxy.url}")
        with pytest.raises(httpx.ProxyError, match=r"the proxy answered 407 .* password in HTTPS_PROXY") as caught:
            await fetch(f"https://{HOST}/?token=SECRET")
    assert "SECRET" not in repr(caught.value)


@pytest.mark.parametrize("reply", [b"\r\n", b"SSH-2.0-OpenSSH SECRET\r\n"])
async def test_what_is_no_proxy_is_an_error(environment: pytest.MonkeyPatch, reply: bytes) -> None:
    with socket_server(answering(reply)) as proxy:
        environment.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(httpx.ProxyError) as caught:
            await fetch(f"https://{HOST}/")
    assert "SECRET" not in repr(caught.value)


async def test_a_proxy_that_nobody_runs_is_an_error(environment: pytest.MonkeyPatch) -> None:
    with socket_server(answering(b"")) as proxy:
        environment.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(httpx.ProxyError):
        await fetch(f"https://{HOST}/")


async def test_a_proxy_reads_what_is_not_encrypted(environment: pytest.MonkeyPatch) -> None:
    with socket_server(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) as proxy:
        environment.setenv("HTTP_PROXY", f"http://user:pass@127.0.0.1:{proxy.port}")
        assert (await fetch(f"http://{HOST}:81/a?b=%2f")).body == b"ok"
    assert proxy.heads[0].startswith(f"GET http://{HOST}:81/a?b=%2f HTTP/1.1\r\nHost: {HOST}:81\r\n".encode())
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" in proxy.heads[0]
