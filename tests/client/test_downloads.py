"""Downloads to a file: what is on the disk is whole or can be resumed, whatever the service and the disk do."""

import asyncio
import base64
import contextlib
import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_meetings import CallRecording, GraphMeetingsClient
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import (
    DownloadIncomplete,
    GraphError,
    MalformedResponse,
    NotFound,
    Progress,
)
from graph_meetings_runtime.content.content_digest import ContentDigest
from tests.client.conftest import PATIENT
from tests.client.downloading import (
    CUT,
    ETAG,
    ONCE,
    WHOLE,
    client,
    content_of,
    download,
    leave_a_part,
    names,
    part,
    slow_server,
)
from tests.support.credentials import StaticCredential
from tests.support.raw_server import RawServer, answer, raw_server

# What a service answers when a download is resumed


async def test_a_part_resumes(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / "x")
    assert names(tmp_path) == ["x.part", "x.part.json"]
    server, resumed_from = await download(tmp_path / "x", part(50, ETAG))
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (server.headers("Range"), server.headers("If-Range")) == (["bytes=50-"], ['"a"'])
    assert resumed_from == 50
    assert names(tmp_path) == ["x"]


async def test_resumed_from_counts_what_was_there_when_it_began(tmp_path: Path) -> None:
    server, resumed_from = await download(tmp_path / "x", CUT, part(50, ETAG))
    assert server.headers("Range") == [None, "bytes=50-"]
    assert resumed_from == 0


@pytest.mark.parametrize("etag", ['ETag: W/"a"', "X: no etag", "ETag: a"])
async def test_without_a_strong_etag_nothing_is_resumed(tmp_path: Path, etag: str) -> None:
    cut = answer("200 OK", WHOLE[:50], ["Content-Length: 100", etag])
    async with raw_server(cut) as server, client(server, ONCE) as graph:
        with pytest.raises(DownloadIncomplete):
            await content_of(graph).download(tmp_path / "x")
    server, resumed_from = await download(tmp_path / "x", cut, answer("200 OK", WHOLE, [etag]))
    assert server.headers("Range") == [None, None]
    assert resumed_from == 0
    assert (tmp_path / "x").read_bytes() == WHOLE


@pytest.mark.parametrize(
    "unfit",
    [
        answer("416 Range Not Satisfiable", b"", ["Content-Range: bytes */40"]),
        answer("416 Range Not Satisfiable", b"", ["Content-Range: bytes */50", 'ETag: "b"']),
        answer("416 Range Not Satisfiable"),
        part(50, ETAG, content_range="bytes 50-99/*"),  # a part of nobody knows how much
        part(50, 'ETag: "b"'),
        part(0, ETAG, content_range="bytes 0-99/100"),
        answer("200 OK", WHOLE, ['ETag: "b"']),
    ],
)
async def test_what_does_not_go_on_where_it_stopped_starts_over(tmp_path: Path, unfit: bytes) -> None:
    await leave_a_part(tmp_path / "x")
    server, resumed_from = await download(tmp_path / "x", unfit, answer("200 OK", WHOLE, [ETAG]))
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert server.headers("Range")[:2] in (["bytes=50-"], ["bytes=50-", None])
    assert resumed_from == 0


async def test_nothing_missing_is_no_reason_to_ask_twice(tmp_path: Path) -> None:
    """A process that ended between the last byte and the final name leaves a part that is whole."""
    await leave_a_part(tmp_path / "x")
    (tmp_path / "x.part").write_bytes(WHOLE)
    done = answer("416 Range Not Satisfiable", b"", ["Content-Range: bytes */100"])
    server, resumed_from = await download(tmp_path / "x", done)
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (len(server.requests), resumed_from) == (1, 100)


@pytest.mark.parametrize(
    "unfit",
    [
        part(50, ETAG, body=WHOLE[50:] + b"more"),
        part(50, ETAG, body=WHOLE[50:] + b"more", content_range="bytes 50-103/100"),
        part(50, ETAG, content_range="bytes 50-49/100"),
        part(50, ETAG, "Transfer-Encoding: chunked", body=b"36\r\n" + WHOLE[50:] + b"more\r\n0\r\n\r\n").replace(
            b"Content-Length: 65\r\n", b""
        ),
    ],
)
async def test_more_than_promised_is_refused_and_starts_over_once(tmp_path: Path, unfit: bytes) -> None:
    await leave_a_part(tmp_path / "x")
    server, resumed_from = await download(tmp_path / "x", unfit, CUT, part(50, ETAG))
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (server.headers("Range"), resumed_from) == (["bytes=50-", None, "bytes=50-"], 0)
    await leave_a_part(tmp_path / "y")
    with pytest.raises(MalformedResponse, match=r"(arrived|bytes 50 to|bytes long).*; starting over did not help"):
        await download(tmp_path / "y", unfit, CUT, unfit)
    assert names(tmp_path) == ["x"]


async def test_content_whose_end_cannot_be_known_is_refused(tmp_path: Path) -> None:
    endless = answer("200 OK", WHOLE).replace(b"Content-Length: 100\r\n", b"")
    with pytest.raises(MalformedResponse, match="cannot tell where the content ends"):
        await download(tmp_path / "x", endless)
    assert not names(tmp_path)


async def test_a_chunked_content_is_whole_when_it_ends(tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    broken = chunked + b"32\r\n" + WHOLE[:50] + b"\r\n"
    server, _ = await download(tmp_path / "x", broken, chunked + b"64\r\n" + WHOLE + b"\r\n0\r\n\r\n")
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert len(server.requests) == 2


async def test_going_back_and_forth_has_an_end(tmp_path: Path) -> None:
    """Otherwise a service that lets every second attempt start over and fail would be asked for ever."""
    size = 2 << 20
    far = answer("200 OK", bytes(size), [f"Content-Length: {size + 1}"])
    near = answer("200 OK", b"", [f"Content-Length: {size + 1}"])
    async with raw_server(*[far, near] * 10) as server, client(server) as graph:
        with pytest.raises(DownloadIncomplete):
            await asyncio.wait_for(content_of(graph).download(tmp_path / "x"), 20)
    assert len(server.requests) <= 2 * PATIENT.attempts


# Digests


def digest_headers(content: bytes) -> list[str]:
    md5, sha256, sha512 = (
        base64.b64encode(hashlib.new(name, content, usedforsecurity=False).digest()).decode()
        for name in ("md5", "sha256", "sha512")
    )
    return [
        f"Content-MD5: {md5}",
        f"x-ms-blob-content-md5: {md5}",
        f"Repr-Digest: sha-256=:{sha256}:",
        f"Repr-Digest: unixsum=:AAA=:, sha-512=:{sha512}:",
        f"Content-Digest: sha-512=:{sha512}:, sha-256=:{sha256}:",
        f"Digest: SHA-256={sha256},MD5={md5}",
    ]


@pytest.mark.parametrize("kind", range(6))
async def test_a_wrong_digest_starts_over_once(tmp_path: Path, kind: int) -> None:
    right = digest_headers(WHOLE)[kind]
    torn = answer("200 OK", WHOLE[::-1], [ETAG, right])
    server, _ = await download(tmp_path / "x", torn, answer("200 OK", WHOLE, [ETAG, right]))
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert server.headers("Range") == [None, None]


@pytest.mark.parametrize("kind", range(6))
async def test_a_digest_wrong_twice_is_an_error_and_nothing_is_kept(tmp_path: Path, kind: int) -> None:
    right = digest_headers(WHOLE)[kind]
    with pytest.raises(MalformedResponse, match=r"the service promised the (md5|sha-256|sha-512) [0-9a-f]+"):
        await download(tmp_path / "x", answer("200 OK", WHOLE[::-1], [ETAG, right]))
    assert not names(tmp_path)


@pytest.mark.parametrize("kind", [1, 2, 3, 5])
async def test_the_digest_of_a_resumed_content_is_that_of_the_whole(tmp_path: Path, kind: int) -> None:
    right = digest_headers(WHOLE)[kind]
    await leave_a_part(tmp_path / "x")
    (tmp_path / "x.part").write_bytes(bytes(50))  # the disk lost them
    answers = part(50, ETAG, right), answer("200 OK", WHOLE, [ETAG, right])
    server, resumed_from = await download(tmp_path / "x", *answers)
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (server.headers("Range"), resumed_from) == (["bytes=50-", None], 0)


async def test_a_digest_is_remembered_from_one_process_to_the_next(tmp_path: Path) -> None:
    right = digest_headers(WHOLE)[2]
    cut = answer("200 OK", WHOLE[:50], ["Content-Length: 100", ETAG, right])
    async with raw_server(cut) as server, client(server, ONCE) as graph:
        with pytest.raises(DownloadIncomplete):
            await content_of(graph).download(tmp_path / "x")
    wrong = part(50, ETAG, body=bytes(50))
    _, resumed_from = await download(tmp_path / "x", wrong, answer("200 OK", WHOLE, [ETAG]))
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert resumed_from == 0


async def test_the_digest_of_a_part_alone_says_nothing_about_the_whole(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / "x")
    of_part = [digest_headers(WHOLE[50:])[kind] for kind in (0, 4)]
    server, resumed_from = await download(tmp_path / "x", part(50, ETAG, *of_part))
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (len(server.requests), resumed_from) == (1, 50)


HEADERS = ["repr-digest", "content-digest", "digest", "content-md5", "x-ms-blob-content-md5"]


@given(
    headers=st.dictionaries(st.sampled_from(HEADERS), st.text(st.characters(max_codepoint=255))), is_part=st.booleans()
)
@example(headers={"repr-digest": "sha-256=:!!!!:"}, is_part=False)
@example(headers={"digest": "sha-256=AAAA"}, is_part=False)
@example(headers={"content-md5": "é"}, is_part=False)
def test_a_digest_that_cannot_be_read_is_none(headers: dict[str, str], *, is_part: bool) -> None:
    found = ContentDigest.announced(httpx.Headers(headers, encoding="latin-1"), is_part=is_part)
    assert found is None or len(found.value) in {16, 32, 64}


def test_the_best_digest_is_taken() -> None:
    headers = httpx.Headers([(name, value) for name, _, value in (it.partition(": ") for it in digest_headers(WHOLE))])
    found = ContentDigest.announced(headers, is_part=False)
    assert found == ContentDigest("sha-256", hashlib.sha256(WHOLE).digest())


# What is on the disk


async def test_a_file_that_no_download_left_is_not_taken_for_a_part(tmp_path: Path) -> None:
    (tmp_path / "x.part").write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"x\.part has 8 bytes, but no x\.part\.json"):
        await download(tmp_path / "x", answer("200 OK", WHOLE))
    assert (tmp_path / "x.part").read_bytes() == b"precious"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize("suffix", [".part", ".part.json"])
async def test_a_link_in_the_place_of_a_part_is_not_followed(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    await leave_a_part(tmp_path / "x")
    (tmp_path / f"x{suffix}").unlink()
    (tmp_path / f"x{suffix}").symlink_to(tmp_path / "precious")
    async with raw_server(answer("200 OK", WHOLE)) as server, client(server) as graph:
        with pytest.raises(OSError, match="symbolic link"):
            await content_of(graph).download(tmp_path / "x")
    assert (tmp_path / "precious").read_bytes() == b"precious"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in its folders")
@pytest.mark.parametrize("suffix", [".part", ".part.json"])
async def test_a_pipe_in_the_place_of_a_part_is_not_waited_for(tmp_path: Path, suffix: str) -> None:
    await leave_a_part(tmp_path / "x")
    (tmp_path / f"x{suffix}").unlink()
    os.mkfifo(tmp_path / f"x{suffix}")
    async with raw_server(answer("200 OK", WHOLE)) as server, client(server) as graph:
        async with asyncio.timeout(10):
            if suffix == ".part":
                with pytest.raises(OSError, match="other than a regular file"):
                    await content_of(graph).download(tmp_path / "x")
            else:
                await content_of(graph).download(tmp_path / "x")
                assert (tmp_path / "x").read_bytes() == WHOLE


async def test_a_process_that_ended_between_the_two_names_spoils_nothing(tmp_path: Path) -> None:
    """The part and the file are the same then: starting over in the part would truncate the file."""
    await leave_a_part(tmp_path / "x")
    (tmp_path / "x").hardlink_to(tmp_path / "x.part")
    sizes: list[int] = []

    def watch(_: Progress) -> None:
        sizes.append((tmp_path / "x").stat().st_size)

    async with raw_server(answer("200 OK", WHOLE)) as server, client(server) as graph:
        await content_of(graph).download(tmp_path / "x", overwrite=True, progress=watch)
    assert sizes == [50]
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert names(tmp_path) == ["x"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no lock")
async def test_a_part_that_another_process_finished_before_the_lock_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl  # noqa: PLC0415  not everywhere

    flock = fcntl.flock

    def finished_meanwhile(file: int, operation: int) -> None:
        if not (tmp_path / "x").exists():
            (tmp_path / "x.part").write_bytes(b"whole")
            (tmp_path / "x.part").rename(tmp_path / "x")
            (tmp_path / "x.part").touch()  # and a third one begins
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", finished_meanwhile)
    with pytest.raises(FileExistsError, match="in the meantime"):
        await download(tmp_path / "x", answer("200 OK", WHOLE))
    assert (tmp_path / "x").read_bytes() == b"whole"


@pytest.mark.parametrize("is_linked", [True, False])
async def test_what_such_a_process_left_is_taken_away(tmp_path: Path, *, is_linked: bool) -> None:
    await leave_a_part(tmp_path / "x")
    if is_linked:
        (tmp_path / "x").hardlink_to(tmp_path / "x.part")
    else:
        (tmp_path / "x.part").rename(tmp_path / "x")
    with pytest.raises(FileExistsError):
        await download(tmp_path / "x", answer("200 OK", WHOLE))
    assert names(tmp_path) == ["x"]


async def test_a_huge_sidecar_is_not_read(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / "x")
    note = (tmp_path / "x.part.json").read_bytes()
    (tmp_path / "x.part.json").write_bytes(note[:-1] + b" " * (1 << 20) + b"}")
    async with raw_server(answer("200 OK", WHOLE)) as server, client(server) as graph:
        await content_of(graph).download(tmp_path / "x")
    assert server.headers("Range") == [None]


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 127, "x" * 246, "x" * 245])
async def test_a_name_as_long_as_the_file_system_takes_resumes_too(tmp_path: Path, name: str) -> None:
    await leave_a_part(tmp_path / name)
    assert all(len(os.fsencode(left)) <= 255 for left in names(tmp_path))
    _, resumed_from = await download(tmp_path / name, part(50, ETAG))
    assert resumed_from == 50
    assert names(tmp_path) == [name]


async def test_long_names_that_begin_alike_have_parts_of_their_own(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / ("x" * 254 + "1"))
    await leave_a_part(tmp_path / ("x" * 254 + "2"))
    assert len(names(tmp_path)) == 4


async def test_a_dangling_link_is_a_taken_name(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to(tmp_path / "missing")
    async with raw_server(answer("200 OK", WHOLE)) as server, client(server) as graph:
        with pytest.raises(FileExistsError, match="overwrite=True"):
            await content_of(graph).download(tmp_path / "x")
    assert not server.requests


async def test_the_bytes_are_on_the_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, list[str]]] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        kind = "folder" if os.fstat(descriptor).st_mode & 0o040000 else "file"
        seen.append((kind, names(tmp_path)))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    await download(tmp_path / "x", answer("200 OK", WHOLE))
    assert seen == [("file", ["x.part", "x.part.json"]), ("folder", ["x"])]


# What is named at the end is what was written


def replace_part(target: Path, how: str) -> None:
    """Do to a part what a stranger may do."""
    path = target.with_name(f"{target.name}.part")
    if how == "moved":
        path.rename(target.with_name("elsewhere"))
    else:
        path.unlink()
    if how == "replaced":
        path.write_bytes(b"foreign")
    elif how == "linked":
        target.with_name("foreign").write_bytes(b"foreign")
        path.symlink_to(target.with_name("foreign"))


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("how", ["removed", "replaced", "linked", "moved"])
async def test_a_part_that_is_not_the_one_written_does_not_get_the_name(
    tmp_path: Path, how: str, *, overwrite: bool
) -> None:
    target = tmp_path / "x"
    if overwrite:
        target.write_bytes(b"old")

    def interfere(_: Progress) -> None:
        replace_part(target, how)

    async with raw_server(answer("200 OK", WHOLE, [ETAG])) as server, client(server) as graph:
        with pytest.raises(OSError, match=r"was moved, removed or replaced.*x\.part") as caught:
            await content_of(graph).download(target, overwrite=overwrite, progress=interfere)
    assert caught.value.errno == errno.ESTALE
    assert ("in the file that was moved away" if how == "moved" else "are gone") in str(caught.value)
    assert target.exists() == overwrite
    assert not overwrite or target.read_bytes() == b"old"
    if how in {"replaced", "linked"}:
        assert (tmp_path / "x.part").read_bytes() == b"foreign"
    if how == "moved":
        assert (tmp_path / "elsewhere").read_bytes() == WHOLE


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
async def test_a_download_whose_part_was_removed_leaves_the_next_one_to_itself(tmp_path: Path) -> None:
    """The second download begins while the first one runs, and each has half of its bytes when the first one ends."""
    target, size = tmp_path / "x", 1 << 20
    both_run, first_ended = asyncio.Event(), asyncio.Event()
    whole = bytes(size)

    async def respond(writer: asyncio.StreamWriter) -> None:
        go_on = events.pop(0)
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n{ETAG}\r\n\r\n".encode())
        writer.write(whole[: size // 2])
        await writer.drain()
        await asyncio.wait_for(go_on.wait(), 20)
        writer.write(whole[size // 2 :])
        await writer.drain()

    events = [both_run, first_ended]
    async with (
        slow_server(respond) as base_url,
        GraphMeetingsClient(StaticCredential("made-up"), base_url=base_url, retry=ONCE) as graph,
    ):
        first = asyncio.create_task(content_of(graph).download(target))
        await bytes_in(tmp_path / "x.part")
        (tmp_path / "x.part").unlink()
        second = asyncio.create_task(content_of(graph).download(target))
        await bytes_in(tmp_path / "x.part")
        both_run.set()
        with pytest.raises(OSError, match="was moved, removed or replaced"):
            await asyncio.wait_for(first, 20)
        assert names(tmp_path) == ["x.part", "x.part.json"]
        first_ended.set()
        assert (await asyncio.wait_for(second, 20)).size == size
    assert target.read_bytes() == whole
    assert names(tmp_path) == ["x"]


async def bytes_in(path: Path) -> None:
    """Wait until a file has some."""
    async with asyncio.timeout(20):
        while not (path.exists() and path.stat().st_size):  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("overwrite", [False, True])
async def test_a_file_put_in_the_place_of_the_part_at_the_last_moment_does_not_keep_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, overwrite: bool
) -> None:
    """Between the last look at the part and its final name; only a double can be that fast."""
    target = tmp_path / "x"
    link, replace = Path.hardlink_to, Path.replace

    def link_another(path: Path, source: Path) -> None:
        replace_part(target, "replaced")
        link(path, source)

    def rename_another(path: Path, name: Path) -> Path:
        if name == target:
            replace_part(target, "replaced")
        return replace(path, name)

    monkeypatch.setattr(Path, "hardlink_to", link_another)
    monkeypatch.setattr(Path, "replace", rename_another)
    async with raw_server(answer("200 OK", WHOLE, [ETAG])) as server, client(server) as graph:
        with pytest.raises(OSError, match="was moved, removed or replaced"):
            await content_of(graph).download(target, overwrite=overwrite)
    assert not target.exists()
    assert (tmp_path / "x.part").read_bytes() == b"foreign"


async def test_a_relative_path_counts_from_where_the_download_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    async with raw_server(answer("200 OK", WHOLE)) as server, client(server) as graph:
        result = await content_of(graph).download("x", progress=lambda _: os.chdir("elsewhere"))
    assert result.path == Path("x")
    assert names(tmp_path) == ["elsewhere", "x"]


# Disks that fail to flush


def fail_once(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the next flush of a file fail."""
    fsync, failures = os.fsync, [OSError(number, "made up")]

    def failing(descriptor: int) -> None:
        if failures:
            raise failures.pop()
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)


async def test_bytes_whose_flush_failed_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_once(monkeypatch, errno.EIO)
    async with raw_server(answer("200 OK", WHOLE, [ETAG])) as server, client(server) as graph:
        with pytest.raises(OSError, match=r"made up.*x\.part"):
            await content_of(graph).download(tmp_path / "x")
        assert not names(tmp_path)
        assert (await content_of(graph).download(tmp_path / "x")).resumed_from == 0
    assert server.headers("Range") == [None, None]
    assert (tmp_path / "x").read_bytes() == WHOLE


async def test_what_an_earlier_process_wrote_is_not_trusted_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave_a_part(tmp_path / "x")
    fail_once(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="made up"):
        await download(tmp_path / "x", part(50, ETAG))
    assert not names(tmp_path)


async def test_a_flush_that_fails_while_the_download_is_cancelled_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_meetings_runtime.asynchronous.part_writer._BYTES_PER_FLUSH", 1)
    flush_began = asyncio.Event()
    loop = asyncio.get_running_loop()

    def failing(_: int) -> None:
        loop.call_soon_threadsafe(flush_began.set)
        raise OSError(errno.EIO, "made up")

    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n{ETAG}\r\n\r\n".encode())
        for _ in range(900):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    monkeypatch.setattr(os, "fsync", failing)
    async with (
        slow_server(trickle) as base_url,
        GraphMeetingsClient(StaticCredential("made-up"), base_url=base_url, retry=ONCE) as graph,
    ):
        task = asyncio.create_task(content_of(graph).download(tmp_path / "x"))
        await asyncio.wait_for(flush_began.wait(), 20)
        task.cancel()
        with pytest.raises((asyncio.CancelledError, OSError)):
            await task
    assert not names(tmp_path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_disk_that_is_only_full_keeps_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fail_once(monkeypatch, number)
    nothing_missing = answer("416 Range Not Satisfiable", b"", ["Content-Range: bytes */100"])
    answers = answer("200 OK", WHOLE, [ETAG]), nothing_missing
    async with raw_server(*answers) as server, client(server) as graph:
        with pytest.raises(OSError, match="made up"):
            await content_of(graph).download(tmp_path / "x")
        assert (await content_of(graph).download(tmp_path / "x")).resumed_from == 100
    assert (tmp_path / "x").read_bytes() == WHOLE


async def test_what_came_is_kept_where_the_name_was_taken_meanwhile(tmp_path: Path) -> None:
    target = tmp_path / "x"
    nothing_missing = answer("416 Range Not Satisfiable", b"", ["Content-Range: bytes */100"])
    answers = answer("200 OK", WHOLE, [ETAG]), nothing_missing
    async with raw_server(*answers) as server, client(server) as graph:
        with pytest.raises(FileExistsError, match="in the meantime"):
            await content_of(graph).download(target, progress=lambda _: target.write_bytes(b"mine"))
        assert target.read_bytes() == b"mine"
        result = await content_of(graph).download(target, overwrite=True)
    assert result.resumed_from == 100
    assert target.read_bytes() == WHOLE


# Full disks. In a process of their own, which keeps the limit that is set.
FULL_DISK = """
import asyncio, resource, sys
from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator.credential import EmulatorCredential

async def main(base_url: str, token: str, address: str, target: str, limit: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    async with GraphMeetingsClient(EmulatorCredential(token), base_url=base_url) as graph:
        content = graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
        try:
            await content.with_url(address).download(target)
        except OSError as error:
            print(type(error).__name__, error.errno, error.filename)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes have no limits there")
@pytest.mark.parametrize("limit", [0, 10, 1_234_567])
async def test_a_full_disk_keeps_what_fits_and_names_the_file(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str, tmp_path: Path, limit: int
) -> None:
    recording = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=3_000_000))
    content = graph.content_of(recording)
    address = content.to_get_request_information().url
    target = tmp_path / "x"
    command = [sys.executable, "-c", FULL_DISK, emulator.base_url, emulator.token, address, str(target), str(limit)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=True)
    kept = limit if limit > 1000 else 0  # with less there is no room for the sidecar, so nothing was written down
    assert done.stdout.split()[0] == "OSError", done.stderr
    assert done.stdout.split()[2].endswith("x.part" if kept else "x.part.json")
    assert names(tmp_path) == (["x.part", "x.part.json"] if kept else [])
    assert (await content.download(target)).resumed_from == kept
    media = emulator.dataset.content(organizer, str(recording.meeting_id), str(recording.id))
    assert hashlib.sha256(target.read_bytes()).hexdigest() == media.sha256()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is forbidden to root")
async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        async with raw_server(answer("200 OK", WHOLE)) as server, client(server) as graph:
            with pytest.raises(PermissionError, match=r"x\.part"):
                await content_of(graph).download(tmp_path / "x")
    finally:
        tmp_path.chmod(0o700)
    assert not server.requests


# Tokens and addresses that expire during a download


async def test_a_token_that_expires_between_attempts_is_fetched_again(
    emulator: Emulator, organizer: str, tmp_path: Path
) -> None:
    recording = CallRecording.from_raw(emulator.dataset.add_recording(organizer, content_size=3_000_000))
    credential = StaticCredential(emulator.token)

    def expire(_: Progress) -> None:
        emulator.token = credential.token = "the-next-token"

    emulator.cut_content_after(1_000_000)
    async with GraphMeetingsClient(credential, base_url=emulator.base_url, retry=PATIENT) as graph:
        result = await graph.content_of(recording).download(tmp_path / "x", progress=expire)
    assert result.size == 3_000_000
    assert len(emulator.requests) == 3  # the whole, the rest with the old token, the rest with the new one
    assert str(emulator.requests[-1].headers["range"]).startswith("bytes=")


def expiring(status: str, refusals: int, storage: RawServer) -> Callable[[str], bytes]:
    """Respond like a storage that refuses the first addresses."""

    def reply(head: str) -> bytes:
        if len(storage.requests) <= refusals:
            return answer(status, b"<Error>AuthenticationFailed</Error>")
        first = int(head.lower().partition("range: bytes=")[2].partition("-")[0] or 0)
        return part(first, ETAG) if first else answer("200 OK", WHOLE, [ETAG])

    return reply


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone"])
@pytest.mark.parametrize("has_part", [True, False])
async def test_an_address_that_has_expired_is_asked_for_again(tmp_path: Path, status: str, *, has_part: bool) -> None:
    if has_part:
        await leave_a_part(tmp_path / "x")
    async with raw_server(b"") as storage:
        storage.answers[:] = [expiring(status, 1, storage)]
        away = answer("302 Found", headers=[f"Location: {storage.base_url}/x?sig=made-up"])
        server, resumed_from = await download(tmp_path / "x", away)
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (len(server.requests), len(storage.requests)) == (2, 2)
    assert resumed_from == (50 if has_part else 0)
    assert storage.headers("Authorization") == [None, None]


async def test_an_address_that_is_refused_again_is_an_error(tmp_path: Path) -> None:
    async with raw_server(answer("404 Not Found")) as storage:
        away = answer("302 Found", headers=[f"Location: {storage.base_url}/x?sig=made-up"])
        async with raw_server(away) as server, client(server) as graph:
            with pytest.raises(NotFound) as caught:
                await content_of(graph).download(tmp_path / "x")
    assert (len(server.requests), len(storage.requests)) == (2, 2)
    assert "made-up" not in str(caught.value)
    assert not names(tmp_path)


async def test_the_services_own_refusal_is_not_asked_again(tmp_path: Path) -> None:
    async with raw_server(answer("404 Not Found")) as server, client(server) as graph:
        with pytest.raises(NotFound):
            await content_of(graph).download(tmp_path / "x")
    assert len(server.requests) == 1


# Anything at all


STATUSES = st.sampled_from(["200 OK", "206 Partial Content", "416 Range Not Satisfiable", "404 Not Found", "302 Found"])
LINES = st.sampled_from(
    [
        ETAG,
        'ETag: "b"',
        'ETag: W/"a"',
        "Content-Length: 100",
        "Content-Length: 7",
        "Content-Range: bytes 50-99/100",
        "Content-Range: bytes 0-99/100",
        "Content-Range: bytes 50-59/100",
        "Content-Range: bytes */50",
        "Content-Range: bytes */100",
        "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==",
        "Location: /v1.0/x",
    ]
)
ANSWERS = st.builds(
    answer, STATUSES, st.sampled_from([WHOLE, WHOLE[:50], WHOLE[50:], WHOLE[50:60], b""]), st.lists(LINES)
)


@given(answers=st.lists(ANSWERS, min_size=1, max_size=5), has_part=st.booleans())
def test_whatever_comes_the_target_is_whole_or_is_not_there(
    tmp_path_factory: pytest.TempPathFactory, answers: list[bytes], *, has_part: bool
) -> None:
    """The last answer is repeated for ever, so this also shows that every download ends."""
    folder = tmp_path_factory.mktemp("any")

    async def check() -> None:
        if has_part:
            await leave_a_part(folder / "x")
        with contextlib.suppress(GraphError):
            await asyncio.wait_for(download(folder / "x", *answers), 20)

    asyncio.run(check())
    if (folder / "x").exists():
        # A whole: of 100 bytes, or of what an answer gave for one.
        assert (folder / "x").read_bytes() in {
            WHOLE,
            WHOLE[:50],
            WHOLE[50:],
            WHOLE[50:60],
            WHOLE[:7],
            WHOLE[50:57],
            b"",
        }
        assert names(folder) == ["x"]
