"""A forward proxy with a password (tinyproxy) between the client and an https server with an authority of our own."""

import asyncio
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from graph_meetings import ConnectionFailed, GraphMeetingsClient, Retry
from graph_meetings_emulator import Emulator
from graph_meetings_runtime.http.connections.blocking import GraphHttpClient
from tests.counterparts.content import redirected_to
from tests.counterparts.nginx import Nginx, encrypting, nginx
from tests.support.certificates import Authority
from tests.support.processes import free_port, own_address, running
from tests.support.programs import debian_program

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("trusted")]

ONCE = Retry(attempts=1)
# All that tinyproxy takes as a password, and how a URL may write it.
PASSWORD = "p.ss_w-rd-SECRET"
QUOTED = "p%2Ess%5Fw%2Drd-SECRET"


@dataclass(frozen=True)
class Proxy:
    """A running tinyproxy."""

    port: int
    log: Path

    def url(self, password: str = QUOTED) -> str:
        return f"http://user:{password}@127.0.0.1:{self.port}"

    def tunnels(self) -> int:
        return self.log.read_text().count("): CONNECT ")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    program = debian_program("tinyproxy", "tinyproxy-bin")
    folder = tmp_path_factory.mktemp("proxy")
    port, log = free_port(), folder / "tinyproxy.log"
    log.touch()
    configuration = folder / "tinyproxy.conf"
    configuration.write_text(
        f"Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nBasicAuth user {PASSWORD}\n"
        f'LogFile "{log}"\nLogLevel Connect\nTimeout 60\nMaxClients 50\n'
    )
    with running([program, "-d", "-c", str(configuration)], ("127.0.0.1", port), folder / "output.log"):
        yield Proxy(port, log)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(page_size=5) as running_emulator:
        yield running_emulator


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority, emulator: Emulator) -> Iterator[Nginx]:
    """An https server at an address that is not loopback, because that is never reached by a proxy."""
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address besides loopback, which is never reached by a proxy; connect it")
    http = encrypting(emulator.origin, authority.issue(address))
    with nginx(tmp_path_factory.mktemp("nginx"), http, address) as running_nginx:
        running_nginx.put("x.mp4", b"moving pictures")
        yield running_nginx


def client(server: Nginx, emulator: Emulator) -> GraphMeetingsClient:
    return GraphMeetingsClient(emulator.credential, base_url=f"{server.origin}/v1.0", retry=ONCE)


async def test_pages_and_contents_go_through_the_tunnel(
    server: Nginx, emulator: Emulator, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url())
    before = proxy.tunnels()
    organizer = emulator.dataset.organizers[0]
    expected = emulator.dataset.recordings(organizer)
    async with client(server, emulator) as graph:
        meetings = graph.users.by_user_id(organizer).online_meetings
        found = [recording async for recording in meetings.get_all_recordings().list()]
        result = await graph.content_of(found[0]).download(tmp_path / "x.mp4")
    assert {recording.id for recording in found} == {str(recording["id"]) for recording in expected}
    assert result.size == (tmp_path / "x.mp4").stat().st_size > 0
    assert proxy.tunnels() > before


async def test_a_redirect_goes_through_the_tunnel_though_the_service_is_here(
    server: Nginx, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy.url())
    before = proxy.tunnels()
    async with redirected_to(f"{server.origin}/files/x.mp4") as content:
        assert await content.get() == b"moving pictures"
    assert proxy.tunnels() == before + 1


@pytest.mark.parametrize("wrong", ["http://user:WRONG-SECRET@127.0.0.1", "http://127.0.0.1"], ids=["wrong", "none"])
async def test_a_proxy_that_refuses_is_a_clear_error_without_the_password(
    server: Nginx, emulator: Emulator, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{wrong}:{proxy.port}")
    async with client(server, emulator) as graph:
        with pytest.raises(ConnectionFailed) as caught:
            await graph.me.online_meetings.get()
    text = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__cause__)
    assert "SECRET" not in text
    assert emulator.token not in text


async def test_hosts_of_no_proxy_are_reached_directly(
    server: Nginx, emulator: Emulator, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url("WRONG-SECRET"))
    monkeypatch.setenv("NO_PROXY", f"example.com,{httpx.URL(server.origin).host}")
    before = proxy.tunnels()
    async with client(server, emulator) as graph:
        organizer = emulator.dataset.organizers[0]
        assert await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()
    assert proxy.tunnels() == before


async def test_a_proxy_that_is_gone_is_a_clear_error(
    server: Nginx, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{QUOTED}@127.0.0.1:{free_port()}")
    async with client(server, emulator) as graph:
        with pytest.raises(ConnectionFailed, match="ProxyError") as caught:
            await graph.me.online_meetings.get()
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


async def test_blocking_connections_go_through_the_tunnel_and_say_who_refused(
    server: Nginx, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{server.origin}/files/x.mp4"
    monkeypatch.setenv("HTTPS_PROXY", proxy.url())
    before = proxy.tunnels()
    with GraphHttpClient() as client:
        response = await asyncio.to_thread(client.get, url)
    assert response.content == b"moving pictures"
    assert proxy.tunnels() == before + 1
    monkeypatch.setenv("HTTPS_PROXY", proxy.url("WRONG-SECRET"))
    refusal = r"the proxy answered 401 .* password in HTTPS_PROXY"
    with GraphHttpClient() as client, pytest.raises(httpx.ProxyError, match=refusal) as caught:
        await asyncio.to_thread(client.get, url)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))
