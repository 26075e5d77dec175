import hashlib
import struct
import tracemalloc
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_emulator import Mp4
from graph_meetings_emulator.data.media import Media
from tests.emulator.support import Json, Site

MIB = 1 << 20
SIZE = 3 * MIB + 12_345
WHOLE = Mp4("recording", SIZE)
BYTES = WHOLE.read()


@given(st.integers(0, SIZE + 10), st.integers(0, SIZE + 10))
def test_any_slice_equals_that_of_the_whole(start: int, stop: int) -> None:
    assert WHOLE.read(start, stop) == BYTES[start:stop]


@pytest.mark.parametrize("size", [0, 1, 23, 24, 39, 72, 73, MIB - 1, MIB, MIB + 1])
def test_the_size_is_exact(size: int) -> None:
    assert len(Mp4("x", size).read()) == size


def test_it_begins_with_the_boxes_of_an_mp4() -> None:
    length, kind, brand = struct.unpack(">I4s4s", BYTES[:12])
    assert (length, kind, brand) == (24, b"ftyp", b"isom")
    marker, kind, length = struct.unpack(">I4sQ", BYTES[24:40])
    assert (marker, kind, 24 + length) == (1, b"mdat", SIZE)


def test_blocks_differ_so_that_a_misplaced_one_shows() -> None:
    assert len({BYTES[start : start + MIB] for start in range(0, 3 * MIB, MIB)}) == 3


def test_recordings_and_sizes_differ() -> None:
    assert len({Mp4(seed, size).sha256() for seed in "ab" for size in (1000, 1001)}) == 4


def test_the_hash_is_that_of_the_bytes() -> None:
    assert WHOLE.sha256() == hashlib.sha256(BYTES).hexdigest()


def test_the_end_of_many_gigabytes_is_made_in_no_memory() -> None:
    huge = Mp4("huge", 64 << 30)
    tracemalloc.start()
    tail = huge.read((64 << 30) - 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(tail) == 100
    assert peak < MIB


@pytest.fixture
def recording(site: Site) -> Json:
    return dict(site.emulator.dataset.add_recording(site.organizer, content_size=SIZE))


def media(site: Site, recording: Json) -> Media:
    return site.emulator.dataset.content(site.organizer, recording["meetingId"], recording["id"])


def test_content_is_served_whole(site: Site, recording: Json) -> None:
    response = site.get(site.content_path(recording))
    expected = media(site, recording)
    assert response.status_code == 200
    assert hashlib.sha256(response.content).hexdigest() == expected.sha256()
    assert response.headers["content-length"] == str(SIZE)
    assert response.headers["content-type"] == "video/mp4"
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["etag"] == expected.etag


@pytest.mark.parametrize(
    ("range_", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-", 100, SIZE),
        (f"bytes={MIB - 5}-{MIB + 5}", MIB - 5, MIB + 6),
        ("bytes=-7", SIZE - 7, SIZE),
        (f"bytes=5-{SIZE * 9}", 5, SIZE),
        (f"bytes=-{SIZE * 9}", 0, SIZE),
    ],
)
def test_a_range_is_served(site: Site, recording: Json, range_: str, start: int, stop: int) -> None:
    response = site.get(site.content_path(recording), range=range_)
    assert response.status_code == 206
    assert response.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response.content == media(site, recording).read(start, stop)


@pytest.mark.parametrize("range_", ["bytes=5-4", "bytes=0-1,5-6", "lines=1-2", "bytes=x", "bytes=-"])
def test_what_is_no_single_range_gets_the_whole(site: Site, recording: Json, range_: str) -> None:
    response = site.get(site.content_path(recording), range=range_)
    assert (response.status_code, len(response.content)) == (200, SIZE)


@pytest.mark.parametrize("range_", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_a_range_beyond_the_end_is_416(site: Site, recording: Json, range_: str) -> None:
    response = site.get(site.content_path(recording), range=range_)
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{SIZE}"
    assert response.json()["error"]["code"] == "invalidRange"


def test_if_range_decides_between_part_and_whole(site: Site, recording: Json) -> None:
    path, etag = site.content_path(recording), media(site, recording).etag
    assert site.get(path, range="bytes=9-", if_range=etag).status_code == 206
    assert site.get(path, range="bytes=9-", if_range='"other"').status_code == 200


def test_replaced_content_has_another_etag(site: Site, recording: Json) -> None:
    before = site.get(site.content_path(recording), range="bytes=0-0").headers["etag"]
    path = ("users", site.organizer, "onlineMeetings", recording["meetingId"], "recordings", recording["id"])
    site.emulator.dataset.replace(path, recording, streams={"content": Mp4("new", 50)})
    response = site.get(site.content_path(recording), range="bytes=9-", if_range=before)
    assert (response.status_code, len(response.content)) == (200, 50)


def test_a_server_may_not_know_ranges(site: Site, recording: Json) -> None:
    site.emulator.downloads.supports_ranges = False
    response = site.get(site.content_path(recording), range="bytes=5-9")
    assert (response.status_code, len(response.content)) == (200, SIZE)
    assert "accept-ranges" not in response.headers


def test_a_download_can_be_cut(site: Site, recording: Json) -> None:
    site.emulator.cut_content_after(MIB + 1, times=2)
    path = site.content_path(recording)
    for start in (0, 1000):
        received: list[bytes] = []
        with (
            site.http.stream("GET", path, headers={"Range": f"bytes={start}-"}) as response,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            received.extend(response.iter_raw())
        assert b"".join(received) == media(site, recording).read(start, start + MIB + 1)
    assert len(site.get(path).content) == SIZE


def test_content_can_be_at_another_origin(site: Site, recording: Json) -> None:
    site.emulator.downloads.redirects = True
    response = site.get(site.content_path(recording))
    assert response.status_code == 302
    location = response.headers["location"]
    assert location.startswith(site.emulator.download_origin)
    with httpx.Client() as stranger:
        part = stranger.get(location, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, media(site, recording).read(5, 10))
    assert "authorization" not in site.emulator.download_requests[-1].headers


def test_the_other_origin_refuses_and_records_a_bearer_token(site: Site, recording: Json) -> None:
    site.emulator.downloads.redirects = True
    location = site.get(site.content_path(recording)).headers["location"]
    assert site.get(location).status_code == 403
    assert site.emulator.download_requests[-1].headers["authorization"] == f"Bearer {site.emulator.token}"


@pytest.mark.parametrize("path", ["/download/unknown", "/", "/v1.0/communications/callRecords"])
def test_the_other_origin_has_nothing_else(site: Site, path: str) -> None:
    assert httpx.get(site.emulator.download_origin + path).status_code == 404


def test_a_client_that_goes_away_does_not_keep_the_server_busy(site: Site) -> None:
    huge: Any = site.emulator.dataset.add_recording(site.organizer, content_size=1 << 40)
    with site.http.stream("GET", site.content_path(huge)) as response:
        next(response.iter_raw())
    assert site.json(site.recordings)["value"]
