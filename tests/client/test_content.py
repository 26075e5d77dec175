"""Content: streamed, downloaded, resumed, redirected."""

import asyncio
import contextlib
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_http.httpx_request_adapter import HttpxRequestAdapter

from graph_meetings import CallRecording, GraphMeetingsClient, Progress
from graph_meetings_emulator import Emulator, Mp4
from graph_meetings_runtime import (
    AccessDenied,
    ContentRequestBuilder,
    DownloadIncomplete,
    GraphParseNodeFactory,
    LinkRefused,
)
from tests.client.conftest import PATIENT
from tests.support.credentials import StaticCredential

SIZE = 12_000_000


@pytest.fixture
def recording(emulator: Emulator, organizer: str) -> CallRecording:
    return CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=SIZE))


@pytest.fixture
def expected(emulator: Emulator, recording: CallRecording, organizer: str) -> bytes:
    return emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id)).read()


@pytest.fixture
def content(graph: GraphMeetingsClient, recording: CallRecording) -> ContentRequestBuilder:
    return graph.content_of(recording)


async def test_get_gives_the_bytes(content: ContentRequestBuilder, expected: bytes) -> None:
    assert await content.get() == expected


async def test_stream_gives_the_bytes_and_says_what_they_are(content: ContentRequestBuilder, expected: bytes) -> None:
    async with content.stream() as stream:
        assert stream.content_type == "video/mp4"
        assert stream.size == SIZE
        assert stream.etag
        assert b"".join([chunk async for chunk in stream]) == expected


async def test_a_stream_left_early_closes_its_connection(content: ContentRequestBuilder, expected: bytes) -> None:
    for _ in range(5):
        async with content.stream() as stream:
            async for chunk in stream:
                assert expected.startswith(chunk)
                break
    assert await content.get() == expected


@pytest.mark.parametrize("size", [540_000, 650_000, 760_000])
async def test_a_body_that_was_left_after_it_had_come_does_not_stop_its_connection(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, size: int
) -> None:
    recording = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=size))
    content = graph.content_of(recording)
    for _ in range(10):
        async with content.stream() as stream:
            assert stream.size == size
            await asyncio.sleep(0.02)  # the rest comes, more than is buffered: aiohttp stops reading
        async with asyncio.timeout(10):
            assert len(await content.get()) == size


async def test_download_writes_the_file_and_reports_progress(
    content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    result = await content.download(tmp_path / "x.mp4", progress=seen.append)
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert (result.size, result.resumed_from, result.content_type) == (SIZE, 0, "video/mp4")
    assert result.path == tmp_path / "x.mp4"
    assert [progress.received for progress in seen] == sorted({progress.received for progress in seen})
    assert seen[-1] == Progress(SIZE, SIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["x.mp4"]


async def test_an_existing_file_is_kept_unless_told_otherwise(
    emulator: Emulator, content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    target = tmp_path / "x.mp4"
    target.write_bytes(b"precious")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        await content.download(target)
    assert target.read_bytes() == b"precious"
    assert not emulator.requests
    await content.download(str(target), overwrite=True)
    assert target.read_bytes() == expected


async def test_a_missing_folder_is_an_error_and_nothing_is_left(content: ContentRequestBuilder, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await content.download(tmp_path / "missing" / "x.mp4")
    assert not list(tmp_path.iterdir())


async def test_a_broken_connection_is_resumed_within_the_download(
    emulator: Emulator, content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    for size in (1, 700_000, 0, 1_500_000):
        emulator.cut_content_after(size)
    result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert result.size == SIZE
    asked = [request.headers.get("range") for request in emulator.requests]
    assert asked[0] is None
    assert len(asked) == 5
    assert sum(text is not None for text in asked) >= 3


class Crash(Exception):
    """Stops a download from within."""


def crash_at(offset: int) -> Callable[[Progress], None]:
    def progress(state: Progress) -> None:
        if state.received >= offset:
            raise Crash

    return progress


@pytest.mark.parametrize("seed", range(8))
async def test_interrupted_at_random_it_resumes_and_the_bytes_are_right(
    content: ContentRequestBuilder, expected: bytes, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  offsets, no secrets
    target, part = tmp_path / "x.mp4", tmp_path / "x.mp4.part"
    target.write_bytes(b"old")
    for _ in range(3):
        with contextlib.suppress(Crash):
            await content.download(target, overwrite=True, progress=crash_at(chance.randrange(SIZE)))
        assert target.read_bytes() in {b"old", expected}
    kept = part.stat().st_size if part.exists() else 0
    result = await content.download(target, overwrite=True)
    assert target.read_bytes() == expected
    assert result.resumed_from == kept
    assert [path.name for path in tmp_path.iterdir()] == ["x.mp4"]


async def test_a_cancelled_download_can_be_resumed(
    content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    reached = asyncio.Event()
    task = asyncio.create_task(content.download(tmp_path / "x.mp4", progress=lambda _: reached.set()))
    await asyncio.wait_for(reached.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (tmp_path / "x.mp4").exists()
    assert (await content.download(tmp_path / "x.mp4")).resumed_from > 0
    assert (tmp_path / "x.mp4").read_bytes() == expected


async def test_a_service_without_ranges_starts_over(
    emulator: Emulator, content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    with pytest.raises(Crash):
        await content.download(tmp_path / "x.mp4", progress=crash_at(1_000_000))
    emulator.downloads.supports_ranges = False
    emulator.cut_content_after(500_000)
    result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert result.resumed_from == 0


async def test_a_content_that_changed_meanwhile_starts_over(
    emulator: Emulator, content: ContentRequestBuilder, recording: CallRecording, organizer: str, tmp_path: Path
) -> None:
    with pytest.raises(Crash):
        await content.download(tmp_path / "x.mp4", progress=crash_at(1_000_000))
    path = ("users", organizer, "onlineMeetings", str(recording.meeting_id), "recordings", str(recording.id))
    changed = Mp4("another", 2_000_000)
    emulator.dataset.replace(path, recording.raw, streams={"content": changed})
    result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == changed.read()
    assert result.resumed_from == 0


async def test_the_part_of_another_content_is_not_used(
    graph: GraphMeetingsClient,
    content: ContentRequestBuilder,
    emulator: Emulator,
    expected: bytes,
    organizer: str,
    tmp_path: Path,
) -> None:
    other = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=SIZE))
    with pytest.raises(Crash):
        await graph.content_of(other).download(tmp_path / "x.mp4", progress=crash_at(1_000_000))
    result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert result.resumed_from == 0


@pytest.mark.parametrize("sidecar", [b"", b"{", b"[]", b"{}", b'{"source": 1, "etag": 2}'])
async def test_a_damaged_sidecar_starts_over(
    content: ContentRequestBuilder, expected: bytes, tmp_path: Path, sidecar: bytes
) -> None:
    (tmp_path / "x.mp4.part").write_bytes(b"something else")
    (tmp_path / "x.mp4.part.json").write_bytes(sidecar)
    await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected


async def test_a_part_that_is_longer_than_the_content_starts_over(
    content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    with pytest.raises(Crash):
        await content.download(tmp_path / "x.mp4", progress=crash_at(1_000_000))
    (tmp_path / "x.mp4.part").write_bytes(b"x" * (SIZE + 5))
    result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert result.resumed_from == 0


async def test_when_the_retries_are_used_up_what_came_is_kept(
    emulator: Emulator, content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    emulator.cut_content_after(100_000, times=50)
    with pytest.raises(DownloadIncomplete, match="download again to resume"):
        await content.download(tmp_path / "x.mp4")
    assert len(emulator.requests) == PATIENT.attempts
    assert not (tmp_path / "x.mp4").exists()
    emulator.downloads.cuts.clear()
    result = await content.download(tmp_path / "x.mp4")
    assert result.resumed_from > 0
    assert (tmp_path / "x.mp4").read_bytes() == expected


async def test_get_does_not_return_half_of_it(emulator: Emulator, content: ContentRequestBuilder) -> None:
    emulator.cut_content_after(1_000_000, times=PATIENT.attempts)
    with pytest.raises(DownloadIncomplete, match=r"broke|came where"):
        await content.get()
    emulator.cut_content_after(1_000_000)
    assert len(await content.get()) == SIZE


async def test_a_redirect_is_followed_without_the_token(
    emulator: Emulator, content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    emulator.downloads.redirects = True
    assert await content.get() == expected
    emulator.cut_content_after(1_000_000)
    await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert len(emulator.download_requests) == 3
    for request in emulator.download_requests:
        assert "authorization" not in request.headers
        assert "cookie" not in request.headers
        assert emulator.token not in str(request)
    assert emulator.download_requests[-1].headers["range"].startswith("bytes=")
    assert all("authorization" in request.headers for request in emulator.requests)


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.example/x",
        "ftp://evil.example/x",
        "https://user:pw@evil.example/x",
        "javascript:alert(1)",
        "https://",
    ],
)
async def test_a_redirect_to_an_unsafe_place_is_refused(
    emulator: Emulator, content: ContentRequestBuilder, location: str
) -> None:
    emulator.fail_next(302, headers={"Location": location}, body=b"")
    with pytest.raises(LinkRefused):
        await content.get()


async def test_redirects_without_an_end_are_refused(emulator: Emulator, content: ContentRequestBuilder) -> None:
    emulator.fail_next(302, times=20, headers={"Location": f"{emulator.base_url}/again"}, body=b"")
    with pytest.raises(LinkRefused, match="redirected more than 5 times"):
        await content.get()
    assert len(emulator.requests) == 6


@pytest.mark.parametrize(
    "content_range", ["", "bytes", "bytes 5-4/9/1", "items 0-1/2", f"bytes 1000001-{SIZE - 1}/{SIZE}"]
)
async def test_a_part_that_was_not_asked_for_is_refused_and_the_download_starts_over(
    emulator: Emulator, content: ContentRequestBuilder, expected: bytes, tmp_path: Path, content_range: str
) -> None:
    with pytest.raises(Crash):
        await content.download(tmp_path / "x.mp4", progress=crash_at(1_000_000))
    emulator.requests.clear()
    emulator.fail_next(206, headers={"Content-Range": content_range}, body=b"x" * (SIZE - 1_000_001))
    result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert result.resumed_from == 0
    assert [request.headers.get("range") is None for request in emulator.requests] == [False, True]


async def test_a_part_that_ends_early_is_not_taken_for_the_whole(
    emulator: Emulator, content: ContentRequestBuilder, expected: bytes, tmp_path: Path
) -> None:
    with pytest.raises(Crash):
        await content.download(tmp_path / "x.mp4", progress=crash_at(1_000_000))
    kept = (tmp_path / "x.mp4.part").stat().st_size
    etag = json.loads((tmp_path / "x.mp4.part.json").read_text())["etag"]
    short = expected[kept : kept + 100_000]
    content_range = f"bytes {kept}-{kept + 99_999}/{SIZE}"
    emulator.fail_next(206, headers={"Content-Range": content_range, "ETag": etag}, body=short)
    await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert len(emulator.requests) == 3


async def test_errors_are_the_services(emulator: Emulator, content: ContentRequestBuilder, tmp_path: Path) -> None:
    emulator.fail_next(403, body={"error": {"code": "Forbidden", "message": "No application access policy found"}})
    with pytest.raises(AccessDenied, match="application access policy"):
        await content.download(tmp_path / "x.mp4")
    assert not list(tmp_path.iterdir())


async def test_a_recording_without_the_ids_says_which_is_missing(graph: GraphMeetingsClient) -> None:
    with pytest.raises(ValueError, match=r"the CallRecording has no meeting_organizer\.user\.id"):
        graph.content_of(CallRecording(id="1", meeting_id="2"))


async def test_a_transport_for_tests_serves_content_too(tmp_path: Path) -> None:
    seen: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, content=b"abc")

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http_client:
        graph = GraphMeetingsClient(StaticCredential("t"), http_client=http_client)
        content = graph.me.online_meetings.by_online_meeting_id("m").transcripts.by_call_transcript_id("t").content
        assert await content.get(format="x/y") == b"abc"
        assert (await content.download(tmp_path / "x")).size == 3
    assert seen[0].endswith("/content?%24format=x%2Fy")


async def test_the_stock_adapter_says_that_it_cannot_stream(emulator: Emulator) -> None:
    adapter = HttpxRequestAdapter(AnonymousAuthenticationProvider(), GraphParseNodeFactory())
    builder = ContentRequestBuilder(adapter, "{+baseurl}/x", {"baseurl": emulator.base_url})
    with pytest.raises(TypeError, match="streaming needs the request adapter"):
        await builder.get()


@pytest.mark.slow
@pytest.mark.parametrize("size", [1 << 28, pytest.param(1 << 30, marks=pytest.mark.long)])
async def test_memory_stays_flat_over_a_big_download(
    emulator: Emulator, organizer: str, tmp_path: Path, size: int
) -> None:
    recording = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=size))
    media = emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id))
    address = graph_address(emulator, recording)
    command = [sys.executable, "-c", DOWNLOAD, emulator.base_url, emulator.token, address, str(tmp_path / "x.mp4")]
    done = await asyncio.to_thread(subprocess.run, command, stdout=subprocess.PIPE, timeout=300, check=True)
    growth = int(done.stdout)
    with (tmp_path / "x.mp4").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == media.sha256()
    assert growth < 16 << 20, f"resident memory grew by {growth / (1 << 20):.1f} MiB"


def graph_address(emulator: Emulator, recording: CallRecording) -> str:
    graph = GraphMeetingsClient(emulator.credential, base_url=emulator.base_url)
    return graph.content_of(recording).to_get_request_information().url


# In a process of its own, so that nothing else moves the figure. What a small download needs is there before.
DOWNLOAD = """
import asyncio, sys
from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator.credential import EmulatorCredential

def resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096

async def main(base_url: str, token: str, address: str, target: str) -> None:
    peak = 0
    before = None

    def measure(progress: object) -> None:
        nonlocal peak, before
        now = resident()
        before = now if before is None else before
        peak = max(peak, now)

    async with GraphMeetingsClient(EmulatorCredential(token), base_url=base_url) as graph:
        content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
        await content.with_url(address).download(target, progress=measure)
    print(peak - (before or 0))

asyncio.run(main(*sys.argv[1:]))
"""
