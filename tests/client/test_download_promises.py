"""What the first response of a download promises holds: no later one may change it, whatever the service sends."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_meetings import GraphMeetingsClient
from graph_meetings_runtime import DownloadIncomplete, GraphError, MalformedResponse
from graph_meetings_runtime.bounds import MAX_RESUMED_RANGES
from tests.client.downloading import CUT, ETAG, ONCE, WHOLE, client, content_of, download, leave_a_part, names, part
from tests.support.certificates import TRUSTED
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, raw_server

SHORT = WHOLE[:60]
WHOLE_ANSWER = answer("200 OK", WHOLE, [ETAG])
SHORT_ANSWER = answer("200 OK", SHORT, [ETAG])


def chunked(body: bytes, *headers: str, is_complete: bool = True) -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers])
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n" if body else b""
    return head.encode() + b"\r\n\r\n" + chunk + (b"0\r\n\r\n" if is_complete else b"")


# Size


async def test_another_size_under_the_same_etag_starts_over(tmp_path: Path) -> None:
    changed = part(50, ETAG, body=WHOLE[50:60], content_range="bytes 50-59/60")
    server, resumed_from = await download(tmp_path / "x", CUT, changed, WHOLE_ANSWER)
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (server.headers("Range"), resumed_from) == ([None, "bytes=50-", None], 0)


@pytest.mark.parametrize(
    "again",
    [
        SHORT_ANSWER,  # the first promise holds as long as the ETag stays the same
        chunked(SHORT, ETAG),
        chunked(WHOLE + b"more", ETAG),
        answer("206 Partial Content", SHORT, [ETAG, "Content-Range: bytes 0-59/60"]),
    ],
)
async def test_another_size_again_is_an_error_and_nothing_is_kept(tmp_path: Path, again: bytes) -> None:
    changed = part(50, ETAG, body=WHOLE[50:60], content_range="bytes 50-59/60")
    with pytest.raises(MalformedResponse):
        await download(tmp_path / "x", CUT, changed, again)
    assert not names(tmp_path)


async def test_the_size_is_remembered_from_one_process_to_the_next(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / "x")
    changed = part(50, ETAG, body=WHOLE[50:60], content_range="bytes 50-59/60")
    server, resumed_from = await download(tmp_path / "x", changed, WHOLE_ANSWER)
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (server.headers("Range"), resumed_from) == (["bytes=50-", None], 0)


async def test_a_size_that_only_a_later_range_says_is_remembered_too(tmp_path: Path) -> None:
    """The first response is chunked, and so says no size."""
    for cut in (
        chunked(WHOLE[:50], ETAG, is_complete=False),
        part(50, ETAG, "Content-Length: 50", body=WHOLE[50:60]),
    ):
        with pytest.raises(DownloadIncomplete):
            await download(tmp_path / "x", cut, retry=ONCE)
    assert (tmp_path / "x.part").read_bytes() == WHOLE[:60]
    shrunk = part(60, ETAG, body=WHOLE[60:70], content_range="bytes 60-69/70")
    server, resumed_from = await download(tmp_path / "x", shrunk, WHOLE_ANSWER)
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (server.headers("Range"), resumed_from) == (["bytes=60-", None], 0)


async def test_a_content_without_an_etag_that_changes_its_size_is_asked_for_anew(tmp_path: Path) -> None:
    cut = answer("200 OK", WHOLE[:50], ["Content-Length: 100"])
    short = answer("200 OK", SHORT)
    server, _ = await download(tmp_path / "x", cut, short, short)
    assert (tmp_path / "x").read_bytes() == SHORT
    assert len(server.requests) == 3
    with pytest.raises(MalformedResponse, match=r"first promised 100 bytes, then 60 bytes.*starting over did not help"):
        await download(tmp_path / "y", cut, short, cut, short)
    assert names(tmp_path) == ["x"]


async def test_a_content_that_changes_with_its_etag_makes_a_new_promise(tmp_path: Path) -> None:
    await download(tmp_path / "x", CUT, answer("200 OK", SHORT, ['ETag: "b"']))
    assert (tmp_path / "x").read_bytes() == SHORT


async def test_progress_keeps_the_promised_total(tmp_path: Path) -> None:
    totals: set[int | None] = set()
    async with raw_server(CUT, part(50, ETAG)) as server, client(server) as graph:
        await content_of(graph).download(tmp_path / "x", progress=lambda state: totals.add(state.total))
    assert totals == {100}


# Digest


async def test_another_digest_under_the_same_etag_starts_over(tmp_path: Path) -> None:
    digest = f"Repr-Digest: sha-256=:{base64.b64encode(hashlib.sha256(WHOLE).digest()).decode()}:"
    other = f"Repr-Digest: sha-256=:{base64.b64encode(hashlib.sha256(SHORT).digest()).decode()}:"
    cut = answer("200 OK", WHOLE[:50], ["Content-Length: 100", ETAG, digest])
    server, _ = await download(tmp_path / "x", cut, part(50, ETAG, other), answer("200 OK", WHOLE, [ETAG]))
    assert server.headers("Range") == [None, "bytes=50-", None]
    assert (tmp_path / "x").read_bytes() == WHOLE


# Ranges


MULTIPART = answer(
    "206 Partial Content",
    b"--x\r\nContent-Range: bytes 50-99/100\r\n\r\n" + WHOLE[50:] + b"\r\n--x--\r\n",
    ["Content-Type: multipart/byteranges; boundary=x", ETAG],
)


@pytest.mark.parametrize("unfit", [part(51, ETAG), part(49, ETAG), MULTIPART, part(50, ETAG, content_range="bytes 50")])
async def test_a_range_that_was_not_asked_for_starts_over_once(tmp_path: Path, unfit: bytes) -> None:
    await leave_a_part(tmp_path / "x")
    server, resumed_from = await download(tmp_path / "x", unfit, WHOLE_ANSWER)
    assert (tmp_path / "x").read_bytes() == WHOLE
    assert (server.headers("Range"), resumed_from) == (["bytes=50-", None], 0)


async def test_such_a_range_again_is_an_error_and_the_next_call_begins_anew(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / "x")
    with pytest.raises(MalformedResponse, match="bytes from 50 on were requested, but bytes from 51 on arrived"):
        await download(tmp_path / "x", part(51, ETAG), CUT, part(51, ETAG))
    assert not names(tmp_path)
    server, _ = await download(tmp_path / "x", WHOLE_ANSWER)
    assert server.headers("Range") == [None]


async def test_starting_over_needs_no_retries(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / "x")
    await download(tmp_path / "x", part(51, ETAG), WHOLE_ANSWER, retry=ONCE)
    assert (tmp_path / "x").read_bytes() == WHOLE


async def test_an_answer_that_is_no_content_keeps_the_part(tmp_path: Path) -> None:
    await leave_a_part(tmp_path / "x")
    with pytest.raises(MalformedResponse, match="expected content, got a response with status 204"):
        await download(tmp_path / "x", answer("204 No Content"))
    assert (tmp_path / "x.part").read_bytes() == WHOLE[:50]


async def test_resumed_ranges_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that sends a little of an endless content each time makes progress each time."""
    monkeypatch.setattr("graph_meetings_runtime.content.download._ENOUGH_PROGRESS", 1)
    monkeypatch.setattr("graph_meetings_runtime.content.download.MAX_RESUMED_RANGES", 20)
    size = 10**17

    def some(head: str) -> bytes:
        first = int(head.lower().partition("range: bytes=")[2].partition("-")[0] or 0)
        headers = [f"Content-Length: {size - first}", ETAG]
        if not first:
            return answer("200 OK", b"x", headers)
        return answer("206 Partial Content", b"x", [f"Content-Range: bytes {first}-{size - 1}/{size}", *headers])

    async with raw_server(some) as server, client(server) as graph:
        with pytest.raises(DownloadIncomplete, match="download again to resume"):
            await asyncio.wait_for(content_of(graph).download(tmp_path / "x"), 20)
    assert len(server.requests) == 21
    assert (tmp_path / "x.part").read_bytes() == b"x" * 21
    assert MAX_RESUMED_RANGES >= 100


# Where a body ends


HALF = bytes(51_200)
CODINGS = ["identity", "gzip", "gzip, chunked", "chunked, gzip", "xchunked", "chunked, chunked", "chunked;q=1", ""]


@pytest.mark.parametrize("is_mine", [False, True])
@pytest.mark.parametrize("coding", CODINGS)
async def test_a_transfer_coding_other_than_chunked_is_refused(tmp_path: Path, coding: str, *, is_mine: bool) -> None:
    half = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n".encode() + HALF
    await assert_refused(tmp_path, half, is_mine=is_mine)


@pytest.mark.parametrize("is_mine", [False, True])
@pytest.mark.parametrize("version", ["HTTP/0.9", "HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/2", "HTTP/2.0", "HTTP/3.0"])
async def test_a_body_that_ends_with_its_connection_is_refused(tmp_path: Path, version: str, *, is_mine: bool) -> None:
    await assert_refused(tmp_path, f"{version} 200 OK\r\nETag: x\r\n\r\n".encode() + HALF, is_mine=is_mine)


async def assert_refused(tmp_path: Path, raw: bytes, *, is_mine: bool) -> None:
    async with raw_server(raw) as server, httpx.AsyncClient(verify=TRUSTED) as http_client:
        graph = GraphMeetingsClient(
            StaticCredential("made-up"),
            base_url=server.base_url,
            retry=ONCE,
            http_client=http_client if is_mine else None,
        )
        async with graph:
            for call in (partial(content_of(graph).download, tmp_path / "x"), content_of(graph).get):
                with pytest.raises(GraphError):
                    await call()
    assert not names(tmp_path)


@pytest.mark.parametrize("coding", ["chunked", "Chunked", "CHUNKED "])
async def test_chunked_is_known_in_any_case(tmp_path: Path, coding: str) -> None:
    await download(tmp_path / "x", chunked(WHOLE).replace(b"chunked", coding.encode()))
    assert (tmp_path / "x").read_bytes() == WHOLE


class WithoutLength(httpx.AsyncBaseTransport):
    """A transport whose responses have no length, as those of HTTP/2 may."""

    def __init__(self, version: bytes) -> None:
        self._version = version

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async def body() -> AsyncIterator[bytes]:
            yield WHOLE

        response = httpx.Response(200, content=body(), request=request, extensions={"http_version": self._version})
        del response.headers["Transfer-Encoding"]
        return response


async def test_http_2_knows_where_a_body_ends_and_its_look_alikes_do_not() -> None:
    for version in (b"HTTP/2", b"HTTP/2.0", b"HTTP/1.1", b"HTTP/1.2", b""):
        async with httpx.AsyncClient(transport=WithoutLength(version)) as http_client:
            graph = GraphMeetingsClient(StaticCredential("made-up"), http_client=http_client, retry=ONCE)
            if version == b"HTTP/2":
                assert await content_of(graph).get() == WHOLE
            else:
                with pytest.raises(MalformedResponse, match="cannot tell where the content ends"):
                    await content_of(graph).get()


# Anything at all


CONTENTS = {"a": bytes(range(140)), "b": bytes(range(140))[::-1], None: bytes(range(100, 240))}
FOREIGN = b"someone else's"


@dataclass(frozen=True)
class Reply:
    """A response that may lie about everything but the bytes themselves, and what happens to the part meanwhile.

    Args:
        kind: `whole`, `range`, or the status line of something else.
        version: of the content, which is its ETag; `None` for one without.
        claimed: how long the service says that the content is.
        sent: how many bytes come before the connection is closed.
        shift: by how much a range begins elsewhere than asked for.
        framing: how the end of the body is marked.
        encoding: of the body, as the headers say.
        disk: what someone does to the part just before this response.
    """

    kind: str
    version: str | None
    claimed: int
    sent: int
    shift: int
    framing: str
    encoding: str | None
    disk: str | None

    def raw(self, head: str) -> bytes:
        asked = int(head.lower().partition("range: bytes=")[2].partition("-")[0] or 0)
        if self.kind not in {"whole", "range"}:
            return answer(self.kind, headers=[f"Content-Range: bytes */{self.claimed}"])
        first = max(asked + self.shift, 0) if self.kind == "range" else 0
        body = CONTENTS[self.version][first : self.claimed]
        lines = [f'ETag: "{self.version}"'] if self.version else []
        lines += [f"Content-Encoding: {self.encoding}"] if self.encoding else []
        if self.kind == "range":
            lines.append(f"Content-Range: bytes {first}-{self.claimed - 1}/{self.claimed}")
        status = "206 Partial Content" if self.kind == "range" else "200 OK"
        if self.framing == "length":
            return answer(status, body[: self.sent], [f"Content-Length: {len(body)}", *lines])
        if "chunks" in self.framing:
            chunks = chunked(body[: self.sent], *lines, is_complete=self.framing == "chunks")
            return chunks.replace(b"200 OK", status.encode())
        coding = [] if self.framing == "none" else [f"Transfer-Encoding: {self.framing}"]
        return "\r\n".join([f"HTTP/1.1 {status}", *coding, *lines]).encode() + b"\r\n\r\n" + body[: self.sent]

    @property
    def is_content(self) -> bool:
        """Whether it is a whole content that a client may begin with."""
        is_plain = self.encoding in {None, "identity"}
        return self.kind == "whole" and is_plain and (self.framing == "length" or "chunks" in self.framing)


REPLIES = st.builds(
    Reply,
    kind=st.sampled_from(["whole"] * 4 + ["range"] * 4 + ["416 Range Not Satisfiable", "503 Busy", "204 No Content"]),
    version=st.sampled_from(["a", "a", "a", "b", None]),
    claimed=st.sampled_from([100, 100, 100, 60, 140]),
    sent=st.sampled_from([0, 10, 50, 140, 140]),
    shift=st.sampled_from([0, 0, 0, -1, 1]),
    framing=st.sampled_from(["length"] * 4 + ["chunks", "cut chunks", "identity", "gzip, chunked", "none"]),
    encoding=st.sampled_from([None, None, None, "identity", "gzip"]),
    disk=st.sampled_from([None] * 6 + ["removed", "replaced", "linked"]),
)


def allowed(replies: Sequence[Reply]) -> set[bytes]:
    """The contents that these responses, in this order, allow: for each version those of the first size promised."""
    found: set[bytes] = set()
    # Of responses without an ETag each is new: nothing says that they are of the same content.
    version, is_sized = "", False
    for reply in replies:
        is_new = reply.version != version or not is_sized
        if (reply.is_content or (reply.kind == "range" and reply.version == version)) and is_new:
            is_sized = reply.framing == "length" or reply.kind == "range"
            version = reply.version or ""
            size = reply.claimed if is_sized else min(reply.claimed, reply.sent)
            found.add(CONTENTS[reply.version][:size])
    return found


def honest(head: str) -> bytes:
    """Answer as a service should."""
    first = int(head.lower().partition("range: bytes=")[2].partition("-")[0] or 0)
    if first and 'if-range: "a"' in head.lower():
        return Reply("range", "a", 100, 140, 0, "length", None, None).raw(head)
    return Reply("whole", "a", 100, 140, 0, "length", None, None).raw(head)


@settings(deadline=None)
@given(replies=st.lists(REPLIES, min_size=1, max_size=6))
def test_whatever_comes_it_ends_in_the_whole_right_file_or_in_none_and_an_error(
    tmp_path_factory: pytest.TempPathFactory, replies: list[Reply]
) -> None:
    """The last response is repeated for ever, so this also shows that every download ends."""
    folder = tmp_path_factory.mktemp("any")
    served: list[Reply] = []
    error = asyncio.run(failure_of(folder / "x", *(partial(serve, folder, served, reply) for reply in replies)))
    is_foreign = "x.part" in names(folder) and (folder / "x.part").read_bytes() == FOREIGN
    if error is None:
        assert (folder / "x").read_bytes() in allowed(served)
        assert set(names(folder)) <= {"x", "precious"}
    else:
        assert not (folder / "x").exists()
    if "linked" in {reply.disk for reply in served}:
        assert (folder / "precious").read_bytes() == FOREIGN
    if error is not None and not is_foreign:
        # What is left does no lasting harm: one more error at most, if the lies were about the same ETag.
        again = asyncio.run(failure_of(folder / "x", honest))
        assert again is None or asyncio.run(failure_of(folder / "x", honest)) is None
        assert (folder / "x").read_bytes() == CONTENTS["a"][:100]


async def failure_of(target: Path, *answers: Callable[[str], bytes]) -> GraphError | OSError | None:
    """Download; return the error, if there is one."""
    try:
        await asyncio.wait_for(download(target, *answers), 20)
    except (GraphError, OSError) as error:
        return error
    return None


def serve(folder: Path, served: list[Reply], reply: Reply, head: str) -> bytes:
    """Send a reply, after what happens to the part."""
    served.append(reply)
    path = folder / "x.part"
    if reply.disk is not None:
        path.unlink(missing_ok=True)
    if reply.disk == "replaced":
        path.write_bytes(FOREIGN)
    elif reply.disk == "linked":
        (folder / "precious").write_bytes(FOREIGN)
        path.symlink_to(folder / "precious")
    return reply.raw(head)
