"""Connections: certificates, proxies, how many there are, and event loops that end."""

import asyncio
import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from azure.core.credentials import AccessToken

from graph_meetings import ConnectionFailed, GraphMeetingsClient, Retry, Timeout
from graph_meetings_emulator import Emulator
from graph_meetings_runtime.http.authentication import CachedCredential
from graph_meetings_runtime.http.connections.proxies import EnvironmentProxies
from tests.client.tls import forward_proxy, tls_server
from tests.support.certificates import HOST, Certificate
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, json_answer, raw_server

ONCE = Retry(attempts=1)
EMPTY = json_answer('{"value": []}')
NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


def client(base_url: str, **options: object) -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential("TOKEN-SECRET"), base_url=base_url, retry=ONCE, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # one of several options


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies and certificates."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.make(tmp_path_factory.mktemp("tls"))


# Certificates


async def test_certificates_of_the_environment_count_on_this_machine_too(
    certificate: Certificate, environment: pytest.MonkeyPatch
) -> None:
    async with tls_server(certificate, EMPTY) as server:
        async with client(server.base_url) as graph:
            with pytest.raises(ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"):
                await graph.communications.call_records.get()
        environment.setenv("SSL_CERT_FILE", str(certificate.path))
        async with client(server.base_url) as graph:
            assert (await graph.communications.call_records.get()).value == []
    assert server.headers("Authorization") == ["Bearer TOKEN-SECRET"]


def hash_of(certificate: Certificate) -> str:
    """Return the name by which OpenSSL finds a certificate in a folder."""
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate.path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


async def test_a_folder_of_certificates_counts_too(
    certificate: Certificate, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / f"{hash_of(certificate)}.0").write_bytes(certificate.path.read_bytes())
    environment.setenv("SSL_CERT_DIR", str(tmp_path))
    async with tls_server(certificate, EMPTY) as server, client(server.base_url) as graph:
        assert (await graph.communications.call_records.get()).value == []


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_file_without_certificates_is_named_by_its_variable(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "certificates.pem"
    if content is not None:
        path.write_text(content)
    environment.setenv("SSL_CERT_FILE", str(path))
    async with client("https://127.0.0.1:9/v1.0") as graph:
        with pytest.raises(ValueError, match="SSL_CERT_FILE"):
            await graph.communications.call_records.get()


# Proxies


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_with_a_password_gets_its_password_and_nothing_else(
    certificate: Certificate, environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.setenv("SSL_CERT_FILE", str(certificate.path))
    async with (
        tls_server(certificate, EMPTY) as server,
        forward_proxy(int(server.base_url.split(":")[2].partition("/")[0]), "user:p@ss wörd") as proxy,
    ):
        environment.setenv(name, f"http://user:p%40ss%20w%C3%B6rd@{proxy.url}")
        async with client(f"https://{HOST}/v1.0") as graph:
            assert (await graph.communications.call_records.get()).value == []
    assert proxy.heads[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n")
    assert "TOKEN-SECRET" not in "".join(proxy.heads)
    assert server.headers("Authorization") == ["Bearer TOKEN-SECRET"]
    assert server.headers("Proxy-Authorization") == [None]


@pytest.mark.parametrize("refusal", ["407 Proxy Authentication Required", "401 WRONG-SECRET"])
async def test_a_proxy_that_refuses_is_an_error_without_the_password(
    certificate: Certificate, environment: pytest.MonkeyPatch, refusal: str
) -> None:
    """Some proxies, such as tinyproxy, answer a wrong password with 401, which must not look like Graph's."""
    async with tls_server(certificate, EMPTY) as server, forward_proxy(9, "user:right", refusal) as proxy:
        environment.setenv("HTTPS_PROXY", f"http://user:WRONG-SECRET@{proxy.url}")
        async with client(f"https://{HOST}/v1.0") as graph:
            with pytest.raises(ConnectionFailed, match=f"the proxy answered {refusal[:3]} .* in HTTPS_PROXY") as caught:
                await graph.communications.call_records.get()
    assert "SECRET" not in f"{caught.value}{caught.value.__cause__!r}"
    assert not server.requests


@pytest.mark.parametrize(
    ("proxy", "message"),
    [
        ("socks5://user:pw-SECRET@127.0.0.1:1080", "names a socks5 proxy; only http and https"),
        ("http://user:pw-SECRET@127.0.0.1:x", "malformed"),
        ("http://user:pw-SECRET@[::1:80", "malformed"),
        ("http://", "without a host"),
    ],
)
async def test_what_is_not_an_http_proxy_is_refused(environment: pytest.MonkeyPatch, proxy: str, message: str) -> None:
    environment.setenv("ALL_PROXY", proxy)
    async with client(f"https://{HOST}/v1.0") as graph:
        with pytest.raises(ConnectionFailed, match=message) as caught:
            await graph.communications.call_records.get()
    assert "SECRET" not in str(caught.value)


def proxy_url(url: str) -> str | None:
    parts = httpx.URL(url)
    found = EnvironmentProxies().find(parts.scheme, parts.host, parts.port)
    return found.url if found else None


def test_a_proxy_is_chosen_for_each_url(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTPS_PROXY", "proxy.example:8080")
    environment.setenv("HTTP_PROXY", "https://[::2]:8443")
    environment.setenv("NO_PROXY", "sharepoint.example, graph.example:8443,::7")
    assert proxy_url("https://graph.example/") == "http://proxy.example:8080"
    assert proxy_url("http://graph.example/") == "https://[::2]:8443"
    assert proxy_url("https://graph.example:8443/") is None
    assert proxy_url("https://x.sharepoint.example/") is None
    assert proxy_url("https://[::7]/") is None
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert proxy_url(f"https://{host}:5000/") is None
    environment.setenv("NO_PROXY", "*")
    assert proxy_url("https://graph.example/") is None


@pytest.mark.parametrize(
    ("entry", "direct", "by_proxy"),
    [
        ("https://graph.example", "https://graph.example/", "http://graph.example/"),
        ("http://graph.example", "http://graph.example/", "https://graph.example/"),
        ("x, HTTPS://Graph.Example/ ,y", "https://graph.example/", "https://mygraph.example/"),
        ("https://example", "https://graph.example/", "http://graph.example/"),
        ("https://.example", "https://graph.example/", "https://example.com/"),
        ("https://graph.example:8443", "https://graph.example:8443/", "https://graph.example/"),
        ("https://graph.example:443", "https://graph.example/", "https://graph.example:8443/"),
        ("https://[::7]", "https://[::7]:1/", "https://[::17]/"),
        ("https://[::7]:8443", "https://[::7]:8443/", "https://[::7]/"),
        ("https://", "http://127.0.0.1/", "https://graph.example/"),
    ],
)
def test_no_proxy_can_name_a_scheme(environment: pytest.MonkeyPatch, entry: str, direct: str, by_proxy: str) -> None:
    environment.setenv("ALL_PROXY", "proxy.example:8080")
    environment.setenv("NO_PROXY", entry)
    assert proxy_url(direct) is None
    assert proxy_url(by_proxy) == "http://proxy.example:8080"


async def test_no_proxy_and_a_proxy_for_redirects_are_told_apart(
    certificate: Certificate, environment: pytest.MonkeyPatch
) -> None:
    """The service is on this machine, the content elsewhere, behind the proxy."""
    environment.setenv("SSL_CERT_FILE", str(certificate.path))
    async with (
        tls_server(certificate, answer("200 OK", b"abc")) as storage,
        forward_proxy(int(storage.base_url.split(":")[2].partition("/")[0])) as proxy,
        raw_server(answer("302 Found", headers=[f"Location: https://{HOST}/x"])) as server,
    ):
        environment.setenv("ALL_PROXY", f"http://{proxy.url}")
        async with client(server.base_url) as graph:
            content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
            assert await content.get() == b"abc"
    assert len(proxy.heads) == 1


# How many there are


async def test_no_content_waits_for_another_and_no_request_for_contents() -> None:
    streams = 150
    all_are_open, may_end = asyncio.Event(), asyncio.Event()
    under_way = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way
        head = await reader.readuntil(b"\r\n\r\n")
        if b"/content" in head:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
            under_way += 1
            if under_way == streams:
                all_are_open.set()
            await asyncio.wait_for(may_end.wait(), 60)
            writer.write(b"b")
        else:
            writer.write(EMPTY)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with server, client(base_url, concurrency=4) as graph, asyncio.timeout(60):
        recordings = graph.me.online_meetings.by_online_meeting_id("m").recordings
        contents = [recordings.by_call_recording_id(str(number)).content.get() for number in range(streams)]
        reading = asyncio.gather(*contents)
        await all_are_open.wait()
        assert (await graph.communications.call_records.get()).value == []
        may_end.set()
        assert await reading == [b"ab"] * streams


async def test_a_connection_that_rested_longer_than_a_response_may_take_is_used_again(
    emulator: Emulator, organizer: str
) -> None:
    limits = Timeout(read=0.3)
    async with GraphMeetingsClient(
        emulator.credential, base_url=emulator.base_url, retry=ONCE, timeout=limits
    ) as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        before = [recording.id async for recording in recordings.list()]
        await asyncio.sleep(0.4)
        assert [recording.id async for recording in recordings.list()] == before


# Event loops


class Contended:
    """A credential whose lock has to be waited for."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.asked = 0

    async def get_token(self, *_: str, **__: object) -> AccessToken:
        self.asked += 1
        await asyncio.sleep(0.01)
        return AccessToken(self.token, 0)  # has expired, so that each request waits for the lock


@pytest.fixture
def served(emulator: Emulator) -> Iterator[Emulator]:
    yield emulator
    gc.collect()  # a connection that nobody closed would warn here, and a warning is an error


@pytest.mark.parametrize("is_runner", [False, True], ids=["run", "Runner"])
def test_a_client_works_in_one_event_loop_after_the_other(served: Emulator, *, is_runner: bool) -> None:
    graph = GraphMeetingsClient(Contended(served.token), base_url=served.base_url, retry=ONCE, concurrency=2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used

    async def many() -> int:
        pages = await asyncio.wait_for(asyncio.gather(*[graph.communications.call_records.get() for _ in range(9)]), 60)
        return len(pages)

    for _ in range(3):
        if is_runner:
            with asyncio.Runner() as runner:
                assert runner.run(many()) == 9
                assert runner.run(many()) == 9
        else:
            assert asyncio.run(many()) == 9
    asyncio.run(graph.close())


def test_a_client_goes_on_after_an_event_loop_that_was_cut_off(served: Emulator) -> None:
    graph = GraphMeetingsClient(served.credential, base_url=served.base_url, retry=ONCE)

    async def cut_off() -> None:
        task = asyncio.create_task(graph.communications.call_records.get())
        await asyncio.sleep(0.01)
        del task

    asyncio.run(cut_off())
    assert asyncio.run(graph.communications.call_records.get()).value
    asyncio.run(graph.close())


def test_two_event_loops_at_once_are_refused(served: Emulator) -> None:
    graph = GraphMeetingsClient(served.credential, base_url=served.base_url, retry=ONCE)
    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert first.run(graph.communications.call_records.get()).value
        with pytest.raises(RuntimeError, match="another event loop; create a client in each"):
            second.run(graph.communications.call_records.get())
        assert first.run(graph.communications.call_records.get()).value
        first.run(graph.close())


def test_the_lock_of_a_credential_goes_with_the_event_loop() -> None:
    credential = CachedCredential(Contended("t"), ("scope",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used

    async def many() -> None:
        await asyncio.gather(*[credential.get_token() for _ in range(3)])

    asyncio.run(many())
    asyncio.run(many())


def test_a_client_that_nobody_closed_leaves_no_warning(served: Emulator) -> None:
    async def once() -> None:
        graph = GraphMeetingsClient(served.credential, base_url=served.base_url, retry=ONCE)
        await graph.communications.call_records.get()

    asyncio.run(once())
