"""Every error names the request that it is about, wherever it is raised, and loses nothing when it is copied."""

import copy
import dataclasses
import json
import pickle
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from graph_meetings import CallRecord, Cloud, GraphMeetingsClient, Retry, Timeout, sync
from graph_meetings_runtime import (
    AccessDenied,
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    ContentRequestBuilder,
    DeltaRequestBuilder,
    DeltaStore,
    DeltaTokenExpired,
    DownloadIncomplete,
    GraphError,
    LinkRefused,
    MalformedResponse,
    NotAvailableInCloud,
    NotFound,
    PaymentRequired,
    RoundIncomplete,
    ServiceUnavailable,
    SpeakerAttributionNotAllowed,
    Throttled,
    TranscriptsDisabled,
)
from graph_meetings_runtime.errors import MetadataLinkRefused
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, json_answer, raw_server

ONCE = Retry(attempts=1)
LIST = "GET /users/u/onlineMeetings?…"
FIRST = "GET /users/u/onlineMeetings/getAllRecordings(meetingOrganizerUserId='u')/delta"
LINK = "GET /next?…"
CONTENT = "GET /me/onlineMeetings/m/recordings/r/content"
SESSIONS = "GET /communications/callRecords/c/sessions"
ELSEWHERE = "https://elsewhere.example/x"

Trigger = Callable[[GraphMeetingsClient, Path], Awaitable[object]]


def page(*items: Any, link: Any = None, delta: Any = None) -> bytes:
    """A page; `ROOT` stands for the base URL."""
    links = {"@odata.nextLink": link, "@odata.deltaLink": delta}
    return json_answer(json.dumps({"value": [*items], **{name: url for name, url in links.items() if url}}))


def refused(status: str, code: str = "") -> bytes:
    return answer(status, json.dumps({"error": {"code": code, "message": "no"}}).encode())


async def one(graph: GraphMeetingsClient, _: Path) -> object:
    return await graph.users.by_user_id("u").online_meetings.get(filter="joinWebUrl eq 'S3CRET'")


async def value(graph: GraphMeetingsClient, _: Path) -> object:
    return (await graph.users.by_user_id("u").online_meetings.get(filter="joinWebUrl eq 'S3CRET'")).value


async def link(graph: GraphMeetingsClient, _: Path) -> object:
    return (await graph.users.by_user_id("u").online_meetings.get(filter="joinWebUrl eq 'S3CRET'")).odata_next_link


async def listed(graph: GraphMeetingsClient, _: Path) -> object:
    return [item async for item in graph.users.by_user_id("u").online_meetings.list(filter="joinWebUrl eq 'S3CRET'")]


async def expanded(graph: GraphMeetingsClient, _: Path) -> object:
    record = CallRecord.from_raw({"id": "c", "sessions": [{"id": "s"}], "sessions@odata.nextLink": ELSEWHERE})
    builder = graph.communications.call_records.by_call_record_id("c")
    return [item async for item in builder.expanded(record, CallRecord.sessions)]


def delta(graph: GraphMeetingsClient) -> DeltaRequestBuilder[Any]:
    return graph.users.by_user_id("u").online_meetings.get_all_recordings().delta()


async def changes(graph: GraphMeetingsClient, _: Path) -> object:
    return [change async for change in delta(graph).changes(max_empty_pages=2)]


async def resynced(graph: GraphMeetingsClient, _: Path) -> object:
    root = graph.request_adapter.base_url
    return [change async for change in delta(graph).changes(f"{root}/next?token=S3CRET", resync=True)]


async def stored_elsewhere(graph: GraphMeetingsClient, _: Path) -> object:
    return delta(graph).changes(ELSEWHERE)


async def with_url(graph: GraphMeetingsClient, _: Path) -> object:
    return delta(graph).with_url(ELSEWHERE)


async def synced(graph: GraphMeetingsClient, folder: Path) -> object:
    async def handle(change: object) -> None:
        del change

    with DeltaStore(folder / "s.db") as store:
        return await sync(delta(graph), store, handle, max_empty_pages=2)


def content(graph: GraphMeetingsClient) -> ContentRequestBuilder:
    return graph.me.online_meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content


async def read(graph: GraphMeetingsClient, _: Path) -> object:
    return await content(graph).get()


async def streamed(graph: GraphMeetingsClient, _: Path) -> object:
    async with content(graph).stream() as stream:
        return [chunk async for chunk in stream]


async def downloaded(graph: GraphMeetingsClient, folder: Path) -> object:
    return await content(graph).download(folder / "x")


def at_once(graph: GraphMeetingsClient, **replaced: Any) -> GraphMeetingsClient:
    options: dict[str, Any] = {"base_url": graph.request_adapter.base_url, "retry": ONCE, **replaced}
    return GraphMeetingsClient(options.pop("credential", StaticCredential("t")), **options)


async def hurried(graph: GraphMeetingsClient, folder: Path) -> object:
    async with at_once(graph, timeout=Timeout(total=1e-9)) as impatient:
        return await one(impatient, folder)


async def without_a_token(graph: GraphMeetingsClient, folder: Path) -> object:
    async with at_once(graph, credential=StaticCredential("x", error=RuntimeError("no browser"))) as unknown:
        return await one(unknown, folder)


async def in_china(graph: GraphMeetingsClient, folder: Path) -> object:
    async with at_once(graph, cloud=Cloud.CHINA) as there:
        return await changes(there, folder)


IS_CONTENT = ['ETag: "e"', "Content-Length: 100"]
CUT = answer("200 OK", b"x" * 50, IS_CONTENT)
OTHER_SIZE = answer("206 Partial Content", b"x" * 10, ['ETag: "e"', "Content-Range: bytes 50-59/60"])
NEXT = "ROOT/next?S3CRET"

TABLE: list[tuple[type[GraphError], str, Trigger, list[bytes]]] = [
    # What the service refuses
    (GraphError, LIST, one, [refused("418 No")]),
    (BadRequest, LIST, one, [refused("400 No")]),
    (AuthenticationFailed, LIST, one, [refused("401 No")]),
    (AuthenticationFailed, LIST, one, [answer("401 No", headers=['WWW-Authenticate: Bearer claims="/////w=="'])]),
    (PaymentRequired, LIST, one, [refused("402 No")]),
    (AccessDenied, LIST, one, [refused("403 No")]),
    (TranscriptsDisabled, LIST, one, [refused("403 No", "GraphAccessToTranscriptsDisabled")]),
    (SpeakerAttributionNotAllowed, LIST, one, [refused("403 No", "SpeakerAttributionNotAllowed")]),
    (NotFound, LIST, one, [refused("404 No")]),
    (Throttled, LIST, one, [refused("429 No")]),
    (ServiceUnavailable, LIST, one, [refused("503 No")]),
    # What never gets there
    (ConnectionFailed, LIST, one, [b""]),
    (ConnectionFailed, LIST, hurried, [b""]),
    (AuthenticationFailed, LIST, without_a_token, [b""]),
    (NotAvailableInCloud, FIRST, in_china, [b""]),
    (LinkRefused, FIRST, stored_elsewhere, [b""]),
    (LinkRefused, FIRST, with_url, [b""]),
    # What is no page, at once or once it is used
    (MalformedResponse, LIST, one, [answer("200 OK", b"<p>")]),
    (MalformedResponse, LIST, one, [json_answer("[]")]),
    (MalformedResponse, LIST, value, [json_answer("{}")]),
    (MalformedResponse, LIST, value, [json_answer('{"value": [1]}')]),
    (MalformedResponse, LIST, link, [json_answer('{"value": [], "@odata.nextLink": 1}')]),
    (MalformedResponse, LIST, listed, [json_answer('{"value": 1}')]),
    (MalformedResponse, LINK, listed, [page({"id": "1"}, link=NEXT), json_answer('{"value": [1]}')]),
    # Links
    (LinkRefused, LIST, listed, [page({"id": "1"}, link=ELSEWHERE)]),
    (LinkRefused, LINK, listed, [page({"id": "1"}, link=NEXT)]),
    (LinkRefused, LINK, listed, [page({"id": "1"}, link=NEXT), page(link=ELSEWHERE)]),
    (MetadataLinkRefused, LIST, listed, [page({"id": "1"}, link="ROOT/$metadata#x")]),
    (MalformedResponse, LIST, listed, [json_answer('{"value": [{"id": "1"}], "@odata.nextLink": 1}')]),
    (LinkRefused, SESSIONS, expanded, [b""]),
    # Rounds
    (RoundIncomplete, LINK, changes, [page(link=f"{NEXT}{number}") for number in range(3)]),
    (MalformedResponse, FIRST, changes, [page()]),
    (LinkRefused, FIRST, changes, [page(delta=ELSEWHERE)]),
    (MalformedResponse, LINK, changes, [page(link=NEXT), page()]),
    (DeltaTokenExpired, LINK, changes, [page(link=NEXT), refused("410 Gone")]),
    (LinkRefused, LINK, resynced, [answer("410 Gone", headers=[f"Location: {ELSEWHERE}"])]),
    (LinkRefused, LINK, resynced, [answer("410 Gone", headers=["Location: http://["])]),
    (RoundIncomplete, LINK, synced, [page(link=f"{NEXT}{number}") for number in range(3)]),
    (MalformedResponse, FIRST, synced, [page()]),
    (MalformedResponse, FIRST, synced, [page({"callId": "without an id"}, delta=NEXT)]),
    (MalformedResponse, FIRST, synced, [json_answer('{"value": 1}')]),
    (LinkRefused, FIRST, synced, [page(delta=ELSEWHERE)]),
    # Contents
    (NotFound, CONTENT, downloaded, [refused("404 No")]),
    (LinkRefused, CONTENT, read, [answer("302 Found", headers=["Location: http://elsewhere.example/"])]),
    (LinkRefused, CONTENT, read, [answer("302 Found", headers=["Location: http://["])]),
    (LinkRefused, CONTENT, read, [answer("302 Found", headers=["Location: ROOT/x"])]),
    (MalformedResponse, CONTENT, streamed, [answer("302 Found")]),
    (MalformedResponse, CONTENT, read, [answer("204 No Content")]),
    (MalformedResponse, CONTENT, streamed, [answer("200 OK", b"x", ["Content-Encoding: gzip"])]),
    (MalformedResponse, CONTENT, downloaded, [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nx"]),
    (DownloadIncomplete, CONTENT, read, [CUT]),
    (DownloadIncomplete, CONTENT, streamed, [CUT]),
    (DownloadIncomplete, CONTENT, downloaded, [CUT]),
    (MalformedResponse, CONTENT, downloaded, [CUT, OTHER_SIZE]),
]


async def failure(trigger: Trigger, answers: list[bytes], folder: Path) -> GraphError:
    def sent(raw: bytes) -> Callable[[str], bytes]:
        def send(_: str) -> bytes:
            head, gap, body = raw.partition(b"\r\n\r\n")
            root = server.base_url.encode()
            named = body.replace(b"ROOT", root)
            head = head.replace(b"Length: %d" % len(body), b"Length: %d" % len(named)).replace(b"ROOT", root)
            return head + gap + named

        return send

    async with raw_server(*map(sent, answers)) as server:
        retry = Retry(attempts=1 if answers[-1] is not OTHER_SIZE else 3, first_delay=0.01)
        async with GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url, retry=retry) as graph:
            with pytest.raises(GraphError) as caught:
                await trigger(graph, folder)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "request_", "trigger", "answers"),
    TABLE,
    ids=[f"{number}-{kind.__name__}-{trigger.__name__}" for number, (kind, _, trigger, _) in enumerate(TABLE)],
)
async def test_every_error_names_its_request_and_is_copied_whole(
    tmp_path: Path, kind: type[GraphError], request_: str, trigger: Trigger, answers: list[bytes]
) -> None:
    error = await failure(trigger, answers, tmp_path)
    assert type(error) is kind
    assert error.request == request_
    assert f"({request_}" in str(error)
    assert "S3CRET" not in str(error)
    for copied in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(copied) is kind
        assert vars(copied) == vars(error)
        assert str(copied) == str(error)
    assert dataclasses.asdict(error) == vars(error)


def test_every_kind_of_error_is_in_the_table() -> None:
    kinds, pending = set[type[GraphError]](), [GraphError]
    while pending:
        kind = pending.pop()
        kinds.add(kind)
        pending += kind.__subclasses__()
    assert {kind for kind, _, _, _ in TABLE} == kinds
