"""The blocking client with nginx, Azurite and azure-identity; tinyproxy tries its connections with the others'."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import azure.identity
import pytest
from azure.core.credentials import AccessToken

from graph_meetings import Progress, Retry
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_emulator import Emulator
from tests.counterparts.azurite import azurite
from tests.counterparts.content import PATIENT, TOKEN, redirecting
from tests.counterparts.nginx import Nginx, encrypting, nginx
from tests.counterparts.token_endpoint import CHALLENGE, CLIENT, TENANT, token_endpoint
from tests.support.certificates import Authority
from tests.support.raw_server import json_answer, raw_server

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("trusted")]

EMPTY = json_answer('{"value": []}')
MIB = 1 << 20
WHOLE = hashlib.shake_256(b"whole").digest(6 * MIB)
SLOWLY = "location /slow/ { alias files/; limit_rate_after 1m; limit_rate 4m; }"


class StoppedError(Exception):
    """The reader has had enough."""


class Token:
    """A credential with one token."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(self.token, int(time.time()) + 3600)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(page_size=5) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority, emulator: Emulator) -> Iterator[Nginx]:
    http = encrypting(emulator.origin, authority.issue("127.0.0.1"), SLOWLY)
    with nginx(tmp_path_factory.mktemp("nginx"), http) as running:
        running.put("x.mp4", WHOLE)
        yield running


def download(base_url: str, target: Path, progress: Callable[[Progress], object] | None = None) -> int:
    """Download with a new client, and return how many bytes were there before."""
    with GraphMeetingsClient(Token(), base_url=base_url, retry=PATIENT) as graph:
        content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
        return content.download(target, progress=progress).resumed_from


def test_pages_and_changes_come_through_https_and_gzip(server: Nginx, emulator: Emulator) -> None:
    organizer = emulator.dataset.organizers[0]
    expected = {str(recording["id"]) for recording in emulator.dataset.recordings(organizer)}
    with GraphMeetingsClient(Token(emulator.token), base_url=f"{server.origin}/v1.0") as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        assert {recording.id for recording in recordings.list()} == expected
        assert {change.item.id for change in recordings.delta().changes()} == expected
    pages = {path for path, _ in server.requests() if "/getAllRecordings" in path}
    assert server.compressed() >= pages


async def test_a_killed_worker_costs_no_byte(server: Nginx, tmp_path: Path) -> None:
    killed_at: list[int] = []

    def kill(progress: Progress) -> None:
        if progress.received >= MIB and not killed_at:
            killed_at.append(progress.received)
            server.kill_workers()

    async with redirecting(f"{server.origin}/slow/x.mp4") as service:
        await asyncio.to_thread(download, service.base_url, tmp_path / "x.mp4", kill)
    assert killed_at[0] < len(WHOLE)
    assert (tmp_path / "x.mp4").read_bytes() == WHOLE


async def test_an_expired_url_is_asked_for_again_and_a_stopped_download_resumes(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, tmp_path: Path
) -> None:
    def stop(progress: Progress) -> None:
        if progress.received >= MIB:
            raise StoppedError

    with azurite(tmp_path_factory.mktemp("azurite"), authority) as storage:
        storage.put("x", WHOLE)
        async with redirecting(storage.url("x", timedelta(minutes=-1)), storage.url("x")) as service:
            with pytest.raises(StoppedError):
                await asyncio.to_thread(download, service.base_url, tmp_path / "x.mp4", stop)
            assert await asyncio.to_thread(download, service.base_url, tmp_path / "x.mp4") >= MIB
    assert (tmp_path / "x.mp4").read_bytes() == WHOLE


async def test_many_threads_that_are_challenged_at_once_cost_one_sign_in(authority: Authority) -> None:
    with token_endpoint(authority.issue("127.0.0.1")) as login:
        credential = azure.identity.ClientSecretCredential(
            TENANT,
            CLIENT,
            "CLIENT-SECRET",
            authority=login.authority,
            disable_instance_discovery=True,
            connection_verify=str(authority.path),
        )

        def refuse_the_first(head: str) -> bytes:
            return CHALLENGE if f"{login.token(0)}\r\n" in head else EMPTY

        def ask_often(base_url: str) -> None:
            with (
                GraphMeetingsClient(credential, base_url=base_url, retry=Retry(attempts=1)) as graph,
                ThreadPoolExecutor(20) as threads,
            ):
                for answered in [threads.submit(graph.me.online_meetings.get) for _ in range(20)]:
                    answered.result(timeout=30)

        async with raw_server(refuse_the_first) as server:
            await asyncio.to_thread(ask_often, server.base_url)
        credential.close()
    assert len(login.requests) == 2
