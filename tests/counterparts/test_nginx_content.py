"""Contents served by nginx: ranges, changed files, reloads and killed workers."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph_meetings import DownloadIncomplete, Progress, Retry
from tests.counterparts.content import TOKEN, redirected_to
from tests.counterparts.nginx import Nginx, nginx

pytestmark = pytest.mark.long

MIB = 1 << 20
SIZE = 6 * MIB
WHOLE = hashlib.shake_256(b"whole").digest(SIZE)
ONCE = Retry(attempts=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """An nginx that compresses what it may, and is slow enough for something to happen below /slow."""
    http = """
      gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;
      server {
        listen LISTEN;
        location /slow/ { alias files/; limit_rate_after 1m; limit_rate 4m; }
      }
    """
    with nginx(tmp_path_factory.mktemp("nginx"), http) as running:
        yield running


class Interruption:
    """Does something once a megabyte has arrived."""

    def __init__(self, interrupt: Callable[[], object]) -> None:
        self.interrupt = interrupt
        self.at = 0

    def __call__(self, progress: Progress) -> None:
        if progress.received >= MIB and not self.at:
            self.at = progress.received
            self.interrupt()


def statuses(server: Nginx, name: str) -> list[int]:
    return [status for path, status in server.requests() if path.endswith(name)]


async def test_a_file_arrives_as_it_is(server: Nginx, tmp_path: Path) -> None:
    server.put("plain.mp4", WHOLE)
    async with redirected_to(f"{server.origin}/plain.mp4") as content:
        result = await content.download(tmp_path / "x.mp4")
    assert (result.size, result.content_type) == (SIZE, "video/mp4")
    assert (tmp_path / "x.mp4").read_bytes() == WHOLE
    assert statuses(server, "plain.mp4") == [200]


async def test_a_text_is_not_compressed_where_it_would_lose_its_validator(server: Nginx) -> None:
    server.put("spoken.vtt", b"WEBVTT\n" * 1000)
    async with redirected_to(f"{server.origin}/spoken.vtt") as content:
        async with content.stream() as stream:
            assert stream.etag is not None
            assert stream.size == 7000
        assert await content.get() == b"WEBVTT\n" * 1000


async def test_a_killed_worker_costs_no_byte(server: Nginx, tmp_path: Path) -> None:
    server.put("killed.mp4", WHOLE)
    killing = Interruption(server.kill_workers)
    async with redirected_to(f"{server.origin}/slow/killed.mp4") as content:
        await content.download(tmp_path / "x.mp4", progress=killing)
    assert MIB <= killing.at < SIZE
    assert (tmp_path / "x.mp4").read_bytes() == WHOLE
    assert statuses(server, "killed.mp4") == [206]  # the killed worker wrote no log


async def test_a_reload_that_closes_old_connections_costs_no_byte(server: Nginx, tmp_path: Path) -> None:
    server.put("reloaded.mp4", WHOLE)
    reloading = Interruption(server.reload)
    async with redirected_to(f"{server.origin}/slow/reloaded.mp4") as content:
        await content.download(tmp_path / "x.mp4", progress=reloading)
    assert MIB <= reloading.at < SIZE
    assert (tmp_path / "x.mp4").read_bytes() == WHOLE
    assert statuses(server, "reloaded.mp4") == [200, 206]


@pytest.mark.parametrize("is_changed", [False, True], ids=["same", "changed"])
async def test_a_later_download_resumes_the_same_file_only(server: Nginx, tmp_path: Path, *, is_changed: bool) -> None:
    name = f"{is_changed}.mp4"
    server.put(name, WHOLE)
    killing = Interruption(server.kill_workers)
    async with redirected_to(f"{server.origin}/slow/{name}", retry=ONCE) as content:
        with pytest.raises(DownloadIncomplete):
            await content.download(tmp_path / "x.mp4", progress=killing)
        expected = WHOLE[::-1] if is_changed else WHOLE
        if is_changed:
            server.put(name, expected)
            # nginx makes the validator of the second and the size.
            os.utime(server.folder / "files" / name, (0, 0))
        result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == expected
    assert (result.resumed_from >= MIB) is not is_changed
    assert statuses(server, name) == [200 if is_changed else 206]


async def test_an_empty_file_is_a_file(server: Nginx, tmp_path: Path) -> None:
    server.put("empty.mp4", b"")
    async with redirected_to(f"{server.origin}/empty.mp4") as content:
        assert (await content.download(tmp_path / "x.mp4")).size == 0
    assert not (tmp_path / "x.mp4").read_bytes()


async def test_the_token_never_gets_there(server: Nginx) -> None:
    server.put("token.vtt", b"WEBVTT")
    async with redirected_to(f"{server.origin}/token.vtt") as content:
        await content.get()
    (line,) = (line for line in (server.folder / "access.log").read_text().splitlines() if "/token.vtt " in line)
    assert line.endswith('authorization "-" cookie "-"')
    assert TOKEN not in line
