"""Faults of a server that means harm, on the wire and to the client: endless pages, bombs, lies, echoes."""

import gzip
import warnings
import zlib
from functools import partial
from pathlib import Path

import httpx
import pytest

from graph_meetings import EmptyPagesWarning, GraphError, GraphMeetingsClient, MalformedResponse, Retry
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.faults import (
    DecompressionBomb,
    EndlessPages,
    Escape,
    IdentityEncoding,
    LyingLength,
    LyingRange,
    TokenEcho,
)
from graph_meetings_runtime import RoundIncomplete
from tests.emulator.support import Json, Site, running
from tests.emulator.wire import receive
from tests.support.error_collector import everything, unescaped

NEXT = "@odata.nextLink"
MIB = 1 << 20
QUICK = Retry(attempts=3, first_delay=0.001, longest_delay=0.01)


def client(emulator: Emulator) -> GraphMeetingsClient:
    return GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=QUICK)


def test_empty_pages_go_on_without_end_and_their_links_are_fresh(site: Site) -> None:
    site.emulator.inject(EndlessPages())
    page = site.json(site.all_recordings)
    links: set[str] = set()
    for _ in range(100):
        assert page["value"] == []
        links.add(page[NEXT])
        page = site.json(page[NEXT])
    assert len(links) == 100
    assert site.emulator.faults_injected == {"endless-pages": 1}
    assert site.json(site.all_recordings)["value"], "another listing is as always"


@pytest.mark.parametrize("pages", [1, 2, 40])
def test_empty_pages_can_end_and_lose_nothing(site: Site, pages: int) -> None:
    expected = site.items(site.all_recordings)
    site.emulator.inject(EndlessPages(pages), after=1)
    found = site.pages(site.all_recordings)
    assert [item for page in found for item in page["value"]] == expected
    assert sum(not page["value"] for page in found) == pages


async def test_the_client_stops_at_endless_pages(site: Site) -> None:
    site.emulator.inject(EndlessPages(), times=2, after=1)
    async with client(site.emulator) as graph:
        recordings = graph.users.by_user_id(site.organizer).online_meetings.get_all_recordings()
        with pytest.warns(EmptyPagesWarning):
            assert len([recording async for recording in recordings.list()]) == 5
        changes = recordings.delta().changes()
        with pytest.raises(RoundIncomplete):
            _ = [change async for change in changes]
    assert len(site.emulator.requests) < 50


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_small_on_the_wire(site: Site, layers: int) -> None:
    site.emulator.inject(DecompressionBomb(layers, 20 * MIB))
    received = receive(site.emulator, site.meetings, keep_alive=False)
    assert received.header("content-encoding") == ", ".join(["gzip"] * layers)
    assert len(received.body) < 30_000
    body = received.body
    for _ in range(layers):
        body = gzip.decompress(body)
    assert body == bytes(20 * MIB)


async def test_the_client_refuses_bombs_in_pages_and_errors(site: Site) -> None:
    async with client(site.emulator) as graph:
        for user in (site.organizer, "nobody"):
            site.emulator.inject(DecompressionBomb(2, 64 * MIB))
            with pytest.raises(GraphError):
                await graph.users.by_user_id(user).online_meetings.by_online_meeting_id("x").get()


@pytest.mark.slow
async def test_the_client_stops_at_its_limit_of_a_body(site: Site) -> None:
    site.emulator.inject(DecompressionBomb(1))
    async with client(site.emulator) as graph:
        with pytest.raises(MalformedResponse, match="larger than 268435456 bytes"):
            await graph.communications.call_records.get()


@pytest.mark.parametrize("by", [-7, 9])
def test_a_length_can_lie(site: Site, by: int) -> None:
    true = receive(site.emulator, site.finding(), keep_alive=False)
    site.emulator.inject(LyingLength(by))
    received = receive(site.emulator, site.finding())
    assert received.body == true.body
    assert received.content_length == len(true.body) + by
    assert received.status == 200


def test_a_body_can_end_with_the_connection_alone(site: Site) -> None:
    recording = site.items(site.all_recordings)[0]
    site.emulator.inject(IdentityEncoding(100))
    received = receive(site.emulator, site.content_path(recording))
    assert received.header("transfer-encoding") == "identity"
    assert "content-length" not in received.head
    assert len(received.body) == 100


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (LyingRange(start=5), "bytes 15-24/{}"),
        (LyingRange(total=-3), "bytes 10-19/{}"),
        (LyingRange(start=-99), "bytes 0-9/{}"),
    ],
)
def test_a_range_can_lie(site: Site, fault: LyingRange, expected: str) -> None:
    recording = site.items(site.all_recordings)[0]
    size = content(site, recording).size
    site.emulator.inject(fault)
    response = site.get(site.content_path(recording), range="bytes=10-19")
    assert response.headers["content-range"] == expected.format(size + (fault.total or 0))
    assert response.content == content(site, recording).read(10, 20)


@pytest.mark.parametrize("fault", [LyingLength(5), LyingLength(), IdentityEncoding(), IdentityEncoding(0)])
async def test_no_half_file_gets_the_final_name(
    site: Site, fault: LyingLength | IdentityEncoding, tmp_path: Path
) -> None:
    recording = site.items(site.all_recordings)[0]
    site.emulator.inject(fault, path="/content", times=99)
    async with client(site.emulator) as graph:
        meeting = graph.users.by_user_id(site.organizer).online_meetings.by_online_meeting_id(recording["meetingId"])
        builder = meeting.recordings.by_call_recording_id(recording["id"]).content
        with pytest.raises(GraphError):
            await builder.download(tmp_path / "a.mp4")
        assert not (tmp_path / "a.mp4").exists()


@pytest.mark.parametrize("fault", [LyingRange(start=5), LyingRange(total=5), LyingRange(total=-5), LyingRange()])
async def test_a_lying_range_spoils_no_file(site: Site, fault: LyingRange, tmp_path: Path) -> None:
    recording = site.items(site.all_recordings)[0]
    site.emulator.cut_content_after(1_000)
    site.emulator.inject(fault, times=99)
    async with client(site.emulator) as graph:
        meeting = graph.users.by_user_id(site.organizer).online_meetings.by_online_meeting_id(recording["meetingId"])
        builder = meeting.recordings.by_call_recording_id(recording["id"]).content
        try:
            await builder.download(tmp_path / "a.mp4")
        except GraphError:
            assert not (tmp_path / "a.mp4").exists()
        else:
            assert (tmp_path / "a.mp4").read_bytes() == content(site, recording).read()
    assert site.emulator.faults_injected["lying-range"] >= 1


@pytest.mark.parametrize("status", [200, 400, 403, 404, 500])
@pytest.mark.parametrize("escape", list(Escape))
async def test_an_echo_of_the_token_is_in_no_error(escape: Escape, status: int) -> None:
    with running(token="eyJ0.made-up_token~") as site:
        site.emulator.inject(TokenEcho(escape, status), times=9)
        response = site.get(site.meetings)
        assert response.status_code == status
        assert escape.of(site.emulator.token) in response.text
        assert site.emulator.token in unescaped(response.text)
        async with client(site.emulator) as graph:
            with pytest.raises(GraphError) as caught:
                await graph.me.online_meetings.get()
        assert site.emulator.token not in unescaped(everything(caught.value))


async def test_a_page_for_a_browser_is_no_content(site: Site, tmp_path: Path) -> None:
    recording = site.items(site.all_recordings)[0]
    async with client(site.emulator) as graph:
        meeting = graph.users.by_user_id(site.organizer).online_meetings.by_online_meeting_id(recording["meetingId"])
        builder = meeting.recordings.by_call_recording_id(recording["id"]).content
        for content_type in ("text/html", "Text/HTML ; charset=utf-8", "application/xhtml+xml"):
            for read in (builder.get, partial(builder.download, tmp_path / "a.mp4")):
                site.emulator.fail_next(200, body="<html>Sign in", headers={"Content-Type": content_type})
                with pytest.raises(MalformedResponse, match="a page for a browser"):
                    await read()
                assert not list(tmp_path.iterdir())
        site.emulator.inject(TokenEcho(Escape.NONE, 200), path="/content")
        with pytest.raises(MalformedResponse):
            await builder.download(tmp_path / "a.mp4")
        await builder.download(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == content(site, recording).read()


def test_a_bomb_is_no_stream() -> None:
    with warnings.catch_warnings(), running() as site:
        recording = site.items(site.all_recordings)[0]
        site.emulator.inject(DecompressionBomb(1, MIB))
        assert site.get(site.content_path(recording)).headers["content-type"] == "video/mp4"
        with pytest.raises((zlib.error, httpx.DecodingError, ValueError)):
            site.get(site.meetings).json()


@pytest.mark.parametrize(
    "make",
    [
        lambda: EndlessPages(0),
        lambda: DecompressionBomb(3),
        lambda: DecompressionBomb(1, 0),
        lambda: LyingLength(0),
        lambda: LyingRange(start=0),
        lambda: LyingRange(0, 0),
    ],
)
def test_faults_that_are_none_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=r"must"):
        make()


def content(site: Site, recording: Json) -> Media:
    return site.emulator.dataset.content(site.organizer, recording["meetingId"], recording["id"])
