"""The service behind nginx: compressed pages, throttling, https with an authority of our own, gateways that fail."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_meetings import ConnectionFailed, GraphMeetingsClient, Retry, ServiceUnavailable
from graph_meetings_emulator import Emulator
from tests.counterparts.nginx import Nginx, encrypting, nginx
from tests.support.certificates import Authority
from tests.support.credentials import StaticCredential

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("trusted")]

# Without a burst, two requests within 1 / rate are one too many.
LIMIT = "limit_req_zone $server_addr zone=twenty:1m rate=20r/s; limit_req_status 429; limit_req_log_level info;"
LOCATIONS = """
  location /asked/ { rewrite ^ /meeting.json break; limit_req zone=twenty; error_page 429 = @later; }
  location /unasked/ { rewrite ^ /meeting.json break; limit_req zone=twenty; }
  location @later { add_header Retry-After 1 always; return 429; }
  location /gone/ { proxy_pass http://127.0.0.1:1; }
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(page_size=5) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority, emulator: Emulator) -> Iterator[Nginx]:
    encrypted = encrypting(emulator.origin, authority.issue("127.0.0.1"), LOCATIONS)
    with nginx(tmp_path_factory.mktemp("nginx"), LIMIT + encrypted) as running:
        running.put("meeting.json", b'{"id": "m"}')
        yield running


async def test_pages_and_changes_come_through_https_and_gzip(server: Nginx, emulator: Emulator) -> None:
    organizer = emulator.dataset.organizers[0]
    expected = {str(recording["id"]) for recording in emulator.dataset.recordings(organizer)}
    async with GraphMeetingsClient(emulator.credential, base_url=f"{server.origin}/v1.0") as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        assert {recording.id async for recording in recordings.list()} == expected
        assert {change.item.id async for change in recordings.delta().changes()} == expected
    pages = [path for path, _ in server.requests() if "/getAllRecordings" in path]
    assert len(pages) > 4
    assert server.compressed() >= set(pages)


async def test_contents_come_through_https(server: Nginx, emulator: Emulator, tmp_path: Path) -> None:
    organizer = emulator.dataset.organizers[0]
    async with GraphMeetingsClient(emulator.credential, base_url=f"{server.origin}/v1.0") as graph:
        page = await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()
        content = graph.content_of(page.value[0])
        result = await content.download(tmp_path / "x.mp4")
        assert (tmp_path / "x.mp4").read_bytes() == await content.get()
    assert result.size > 0


async def test_killed_workers_and_reloads_cost_no_item_of_a_list(server: Nginx, emulator: Emulator) -> None:
    organizer = emulator.dataset.organizers[0]
    expected = sorted(str(recording["id"]) for recording in emulator.dataset.recordings(organizer))
    emulator.page_sizes.default = 1
    retry = Retry(first_delay=0.01)

    def disturb() -> None:
        for _ in range(3):
            server.kill_workers()
            server.reload()

    async with GraphMeetingsClient(emulator.credential, base_url=f"{server.origin}/v1.0", retry=retry) as graph:
        disturbance = asyncio.create_task(asyncio.to_thread(disturb))
        while not disturbance.done():
            recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list()
            assert sorted([str(recording.id) async for recording in recordings]) == expected
        await disturbance


async def test_an_authority_that_nobody_trusts_gets_no_token(
    server: Nginx, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    asked = len(server.requests())
    async with GraphMeetingsClient(
        emulator.credential, base_url=f"{server.origin}/v1.0", retry=Retry(attempts=1)
    ) as graph:
        with pytest.raises(ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"):
            await graph.me.online_meetings.get()
    assert len(server.requests()) == asked


@pytest.mark.parametrize("folder", ["asked", "unasked"], ids=["Retry-After", "without Retry-After"])
async def test_a_burst_is_spread_to_what_limit_req_lets_through(server: Nginx, folder: str) -> None:
    count, rate = 64, 20
    async with GraphMeetingsClient(StaticCredential("made-up"), base_url=f"{server.origin}/{folder}") as graph:
        meetings = graph.me.online_meetings
        began = time.monotonic()
        requests = [meetings.by_online_meeting_id(str(number)).get() for number in range(count)]
        found = await asyncio.wait_for(asyncio.gather(*requests), 60)
        took = time.monotonic() - began
    assert [meeting.id for meeting in found] == ["m"] * count
    statuses = [status for path, status in server.requests() if path.startswith(f"/{folder}/")]
    assert statuses.count(200) == count
    assert statuses.count(429) > 0
    assert len(statuses) <= 3 * count
    # Twice what tests/runtime/test_pace.py asserts on a simulated clock: other tests keep this machine busy.
    assert took <= 2 * (1.5 * count / rate + 3)


async def test_a_gateway_that_fails_is_asked_again_and_its_page_is_no_message(server: Nginx) -> None:
    waits: list[float] = []
    retry = Retry(attempts=3, first_delay=0.01, on_retry=lambda event: waits.append(event.delay))
    async with GraphMeetingsClient(StaticCredential("made-up"), base_url=f"{server.origin}/gone", retry=retry) as graph:
        with pytest.raises(ServiceUnavailable, match="502") as caught:
            await graph.me.online_meetings.get()
    assert len(waits) == 2
    assert "<html" not in str(caught.value)
