"""Where the token goes: to the configured origin, whatever links and redirects say."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from graph_meetings import CallRecord, CallRecording, DeltaStore, GraphMeetingsClient, Retry, sync
from graph_meetings.request_builders import CallRecordingsRequestBuilder
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import ForeignLink, Link, MetadataLink, RepeatedLink, Spoof
from graph_meetings_runtime import ConnectionFailed, DeltaTokenExpired, GraphError, LinkRefused
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.origin import safe_link
from tests.support.listener import Listener, assert_no_secrets, listener

ONCE = Retry(attempts=1)
KEY = "CALLER-SECRET"
SECONDS = 20.0


@dataclass
class Scene:
    """A client of a service whose links lead to a listener.

    Attributes:
        organizer: whose recordings are asked for.
        folder: for files.
    """

    graph: GraphMeetingsClient
    organizer: str
    folder: Path

    @property
    def recordings(self) -> CallRecordingsRequestBuilder:
        return self.graph.users.by_user_id(self.organizer).online_meetings.get_all_recordings()


Request: TypeAlias = Callable[[Scene], Awaitable[object]]


async def ignore(_: object) -> None:
    """Take a change."""


async def list_pages(scene: Scene) -> object:
    return [item async for item in scene.recordings.list(headers={"X-Api-Key": KEY})]


async def changes(scene: Scene) -> object:
    return [change async for change in scene.recordings.delta().changes()]


async def changes_with_resync(scene: Scene) -> object:
    return [change async for change in scene.recordings.delta().changes(resync=True)]


async def synchronize(scene: Scene) -> object:
    with DeltaStore(scene.folder / "store.db") as store:
        return await sync(scene.recordings.delta(), store, ignore)


async def first_recording(scene: Scene) -> CallRecording:
    return (await scene.recordings.get(top=1)).value[0]


async def get(scene: Scene) -> object:
    return await scene.graph.content_of(await first_recording(scene)).get(headers={"X-Api-Key": KEY})


async def stream(scene: Scene) -> object:
    async with scene.graph.content_of(await first_recording(scene)).stream() as chunks:
        return [chunk async for chunk in chunks]


async def download(scene: Scene) -> object:
    return await scene.graph.content_of(await first_recording(scene)).download(scene.folder / "x.mp4")


async def download_many(scene: Scene) -> object:
    summary = await scene.graph.download_many([await first_recording(scene)], scene.folder)
    for outcome in summary.failed:
        raise outcome.error or AssertionError
    return None


CONTENT_REQUESTS: list[Request] = [get, stream, download, download_many]
REQUESTS: dict[Link, list[Request]] = {
    Link.NEXT: [list_pages, changes, changes_with_resync, synchronize],
    Link.DELTA: [changes, changes_with_resync, synchronize],
    Link.CONTENT: [list_pages, changes, synchronize, *CONTENT_REQUESTS],
    Link.REDIRECT: CONTENT_REQUESTS,
}
FOLLOWED_WITHOUT_TOKEN = {Spoof.ANOTHER_HOST, Spoof.ANOTHER_PORT, Spoof.WITHOUT_SCHEME}


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    with Emulator() as running:
        running.page_sizes.default = 3
        yield running


@pytest.fixture
async def elsewhere() -> AsyncIterator[Listener]:
    async with listener() as state:
        yield state


@pytest.fixture
async def scene(shared: Emulator, elsewhere: Listener, tmp_path: Path) -> AsyncIterator[Scene]:
    shared.foreign_origin = elsewhere.origin
    async with GraphMeetingsClient(shared.credential, base_url=shared.base_url, retry=ONCE) as graph:
        yield Scene(graph, shared.dataset.organizers[0], tmp_path)


async def outcome_of(request: Callable[[], Awaitable[object]]) -> type[BaseException] | None:
    try:
        await asyncio.wait_for(request(), SECONDS)
    except GraphError as error:
        return type(error)
    return None


@pytest.mark.parametrize("disguise", Spoof, ids=lambda disguise: disguise.name)
@pytest.mark.parametrize(
    ("link", "request_"),
    [
        pytest.param(link, request, id=f"{link.name}-{request.__name__}")
        for link, requests in REQUESTS.items()
        for request in requests
    ],
)
async def test_a_link_elsewhere_is_refused_or_followed_without_any_secret(
    shared: Emulator, elsewhere: Listener, scene: Scene, link: Link, request_: Request, disguise: Spoof
) -> None:
    before = shared.faults_injected["foreign-link"]
    shared.inject(ForeignLink(disguise, link))
    outcome = await outcome_of(partial(request_, scene))
    assert shared.faults_injected["foreign-link"] == before + 1
    if link is Link.CONTENT:
        assert outcome is None  # the address is made of the ids
    elif link is not Link.REDIRECT:
        assert outcome is LinkRefused
    elif disguise in FOLLOWED_WITHOUT_TOKEN:
        assert outcome is None
    else:
        assert outcome is (ConnectionFailed if disguise is Spoof.ANOTHER_SCHEME else LinkRefused)
    is_followed = link is Link.REDIRECT and disguise in FOLLOWED_WITHOUT_TOKEN
    assert len(elsewhere.received) == is_followed
    assert_no_secrets(elsewhere, shared.token, KEY)


@pytest.mark.parametrize("request_", [list_pages, changes, synchronize], ids=lambda request: request.__name__)
@pytest.mark.parametrize("fault", [MetadataLink(Link.NEXT), RepeatedLink()], ids=lambda fault: fault.kind)
async def test_a_link_that_leads_nowhere_is_refused(
    shared: Emulator, scene: Scene, request_: Request, fault: MetadataLink | RepeatedLink
) -> None:
    before, asked = shared.faults_injected[fault.kind], len(shared.requests)
    shared.inject(fault)
    assert (await outcome_of(partial(request_, scene))) in {LinkRefused, LinkRefused.__subclasses__()[0]}
    assert shared.faults_injected[fault.kind] == before + 1
    assert len(shared.requests) - asked <= 2


@pytest.mark.parametrize("seed", range(3))
async def test_hostile_links_at_random_get_no_secret(
    shared: Emulator, elsewhere: Listener, scene: Scene, seed: int
) -> None:
    before = shared.faults_injected.total()
    shared.start_chaos("hostile-links", seed=seed)
    try:
        for request in {request for requests in REQUESTS.values() for request in requests}:
            with suppress(GraphError, FileExistsError):
                await asyncio.wait_for(request(scene), SECONDS)
    finally:
        shared.stop_chaos()
    assert shared.faults_injected.total() > before
    assert_no_secrets(elsewhere, shared.token, KEY)


@pytest.mark.parametrize("disguise", Spoof, ids=lambda disguise: disguise.name)
async def test_a_link_within_an_object_is_refused(
    shared: Emulator, elsewhere: Listener, scene: Scene, disguise: Spoof
) -> None:
    link = disguise.of(f"{shared.base_url}/communications/callRecords/1/sessions?$skiptoken=S", elsewhere.origin)
    body: JsonObject = {"id": "1", "sessions": [], "sessions@odata.nextLink": link}
    shared.fail_next(200, body=body)
    builder = scene.graph.communications.call_records.by_call_record_id("1")
    record = await builder.get()
    with pytest.raises(LinkRefused):
        _ = [session async for session in builder.expanded(record, CallRecord.sessions)]
    assert not elsewhere.received


async def test_a_stored_link_elsewhere_is_refused(shared: Emulator, elsewhere: Listener, scene: Scene) -> None:
    asked = len(shared.requests)
    link = f"{elsewhere.origin}/v1.0/x?$deltatoken=S"
    with pytest.raises(LinkRefused):
        scene.recordings.delta().changes(since=link)
    with pytest.raises(LinkRefused):
        scene.graph.me.online_meetings.with_url(link)
    assert len(shared.requests) == asked
    assert not elsewhere.received


@pytest.mark.parametrize("resync", [False, True])
async def test_an_expired_delta_does_not_begin_again_elsewhere(
    shared: Emulator, elsewhere: Listener, scene: Scene, *, resync: bool
) -> None:
    shared.fail_next(410, headers={"Location": f"{elsewhere.origin}/v1.0/again"})
    with pytest.raises(LinkRefused if resync else DeltaTokenExpired):
        _ = [change async for change in scene.recordings.delta().changes(resync=resync)]
    assert not elsewhere.received


@pytest.mark.parametrize("status", [200, 201, 300, 302, 304, 307, 308, 400, 401, 403, 429, 503])
async def test_no_other_location_is_asked(shared: Emulator, elsewhere: Listener, scene: Scene, status: int) -> None:
    page: JsonObject = {"value": [], "@odata.context": f"{elsewhere.origin}/v1.0/$metadata#x"}
    names = ("Location", "Content-Location", "Link", "Refresh")
    shared.fail_next(status, headers=dict.fromkeys(names, elsewhere.origin), body=b"" if status == 304 else page)
    outcome = await outcome_of(scene.graph.me.online_meetings.get)
    assert (outcome is None) == (status < 300)
    assert not elsewhere.received


ROOT = "https://graph.microsoft.com"
PIECES = st.sampled_from(
    [
        *("https:", "http:", "//", "/", "\\", "@", ":", ":443", ":0", "graph.microsoft.com", ".", "evil.example"),
        *("v1.0", "%2e", "%40", "%2f", "%25eth0", "[", "]", "::1", "?", "#", ";", "&"),
        *"\t\n\r \x00\x7f\xad\u200b\u2044\uff0f\u3002\u212a",
    ]
)


@settings(max_examples=10 * settings().max_examples)
@given(st.sampled_from(["", "https://", ROOT, f"{ROOT}:443", f"{ROOT}/"]), st.lists(PIECES, max_size=8))
def test_a_link_that_passes_is_the_services_to_every_library_beneath(start: str, pieces: list[str]) -> None:
    try:
        link = safe_link(start + "".join(pieces), f"{ROOT}/v1.0")
    except LinkRefused:
        return
    with suppress(httpx.InvalidURL):  # it is not asked then
        url = httpx.URL(link)
        assert (url.scheme, url.host, url.port, url.userinfo) == ("https", "graph.microsoft.com", None, b"")
        sent = URL(f"{url.scheme}://{url.netloc.decode()}{url.raw_path.decode()}", encoded=True)
        assert (sent.scheme, sent.host, sent.port, sent.user) == ("https", "graph.microsoft.com", 443, None)
        assert str(sent).isprintable()
        assert " " not in str(sent)
