"""Downloads from a server that answers with the bytes it is told."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_runtime import ContentRequestBuilder, DownloadIncomplete
from tests.client.conftest import PATIENT
from tests.support.credentials import StaticCredential
from tests.support.raw_server import RawServer, answer, raw_server

WHOLE = bytes(range(100))
ETAG = 'ETag: "a"'
CUT = answer("200 OK", WHOLE[:50], ["Content-Length: 100", ETAG])
ONCE = Retry(attempts=1)


def client(server: RawServer, retry: Retry = PATIENT) -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential("made-up"), base_url=server.base_url, retry=retry)


def content_of(graph: GraphMeetingsClient) -> ContentRequestBuilder:
    return graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content


def part(first: int, *headers: str, body: bytes | None = None, content_range: str | None = None) -> bytes:
    given = content_range or f"bytes {first}-99/100"
    return answer("206 Partial Content", WHOLE[first:] if body is None else body, [f"Content-Range: {given}", *headers])


async def leave_a_part(target: Path) -> None:
    """Leave the part of a download that broke off after 50 bytes."""
    async with raw_server(CUT) as server, client(server, ONCE) as graph:
        with pytest.raises(DownloadIncomplete):
            await content_of(graph).download(target)


async def download(
    target: Path, *answers: bytes | Callable[[str], bytes], retry: Retry = PATIENT
) -> tuple[RawServer, int]:
    """Download, and return the server and how many bytes were resumed from."""
    async with raw_server(*answers) as server, client(server, retry) as graph:
        adopt_parts(target.parent, server)
        result = await content_of(graph).download(target)
    return server, result.resumed_from


def adopt_parts(folder: Path, server: RawServer) -> None:
    """Let parts belong to this server: the sidecar names the URL, and each server has another port."""
    for sidecar in folder.glob("*.part.json"):
        note = json.loads(sidecar.read_text())
        note["source"] = f"{server.base_url}/me/{note['source'].partition('/me/')[2]}"
        sidecar.write_text(json.dumps(note))


@asynccontextmanager
async def slow_server(respond: Callable[[asyncio.StreamWriter], Awaitable[object]]) -> AsyncGenerator[str]:
    """Run a server that responds to each request as slowly as it likes; yields its base URL."""
    handlers: list[asyncio.Task[object]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.append(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await respond(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
        server.close()
        if handlers:
            await asyncio.wait(handlers, timeout=20)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
