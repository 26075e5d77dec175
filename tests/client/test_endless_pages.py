"""Loops over pages end, whatever the service sends, and an iterator keeps its place."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_meetings import CallRecord, CallTranscript, GraphMeetingsClient, OnlineMeeting
from graph_meetings_runtime import (
    Changes,
    DeltaRequestBuilder,
    DeltaStore,
    EmptyPagesWarning,
    LinkRefused,
    MalformedResponse,
    Pager,
    RoundIncomplete,
    ServiceUnavailable,
    sync,
)
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.page import Page
from graph_meetings_runtime.requests.request_information import GraphRequestInformation
from tests.support.credentials import StaticCredential
from tests.support.raw_server import json_answer, raw_server

BOUND = 16
SECONDS = 30.0


class Pages:
    """Answers with pages of these sizes, the last size again and again, each with a fresh next link."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes
        self.asked: int = 0
        self.base_url = ""

    def __call__(self, head: str) -> bytes:
        del head
        size = self.sizes[min(self.asked, len(self.sizes) - 1)]
        self.asked += 1
        items = [{"id": f"{self.asked}-{number}"} for number in range(size)]
        return json_answer(json.dumps({"value": items, "@odata.nextLink": f"{self.base_url}/next?{self.asked}"}))


async def served(pages: Pages, use: Callable[[GraphMeetingsClient], Any]) -> Any:
    async with raw_server(pages) as server, asyncio.timeout(SECONDS):
        pages.base_url = server.base_url
        async with GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph:
            return await use(graph)


async def ids_of(items: AsyncIterator[Any]) -> list[str]:
    return [str(item.raw["id"]) async for item in items]


# Lists


async def test_a_list_ends_after_sixteen_empty_pages_in_a_row(caplog: pytest.LogCaptureFixture) -> None:
    pages = Pages(6, 3, 0)

    async def use(graph: GraphMeetingsClient) -> list[str]:
        transcripts = graph.users.by_user_id("u").online_meetings.get_all_transcripts()
        with pytest.warns(EmptyPagesWarning, match="16 empty pages in a row") as warned:
            found = await ids_of(aiter(transcripts.list()))
        assert len(warned) == 1
        assert "?" not in str(warned[0].message)
        return found

    with caplog.at_level(logging.WARNING, "graph_meetings"):
        assert len(await served(pages, use)) == 9
    assert pages.asked == 2 + BOUND
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the list ends here" in caplog.text


async def test_pages_and_functions_end_as_lists_do() -> None:
    pages = Pages(1, 0)

    async def use(graph: GraphMeetingsClient) -> list[int]:
        rows = graph.communications.call_records.get_pstn_calls(from_date_time="2026-01-01", to_date_time="2026-01-02")
        with pytest.warns(EmptyPagesWarning):
            return [len(page.value) async for page in rows.list().pages()]

    assert await served(pages, use) == [1] + [0] * BOUND


async def test_a_last_page_that_is_empty_is_no_reason_to_warn() -> None:
    def one_page(head: str) -> bytes:
        del head
        return json_answer('{"value": []}')

    async with (
        raw_server(one_page) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph,
    ):
        assert await ids_of(aiter(graph.me.online_meetings.list())) == []


@pytest.mark.parametrize(("bound", "empty", "found"), [(16, 15, 2), (3, 2, 2), (3, 3, 1), (20, 19, 2), (1, 1, 1)])
async def test_items_behind_fewer_empty_pages_than_the_bound_are_found(bound: int, empty: int, found: int) -> None:
    pages = Pages(1, *[0] * empty, 1, 0)

    async def use(graph: GraphMeetingsClient) -> list[str]:
        with pytest.warns(EmptyPagesWarning):
            return await ids_of(aiter(graph.me.online_meetings.list(max_empty_pages=bound)))

    assert len(await served(pages, use)) == found


async def test_the_rest_of_an_expanded_collection_ends_too() -> None:
    pages = Pages(2, 0)

    async def use(graph: GraphMeetingsClient) -> list[str]:
        builder = graph.communications.call_records.by_call_record_id("c")
        link = f"{pages.base_url}/sessions?x"
        record = CallRecord.from_raw({"id": "c", "sessions": [{"id": "1"}], "sessions@odata.nextLink": link})
        with pytest.warns(EmptyPagesWarning):
            return await ids_of(builder.expanded(record, CallRecord.sessions, max_empty_pages=2))

    assert len(await served(pages, use)) == 3
    assert pages.asked == 3


@pytest.mark.parametrize("bound", [0, -1])
def test_a_bound_below_one_is_refused(bound: int) -> None:
    graph = GraphMeetingsClient(StaticCredential("t"))
    with pytest.raises(ValueError, match="max_empty_pages must be at least 1"):
        graph.me.online_meetings.list(max_empty_pages=bound)
    with pytest.raises(ValueError, match="max_empty_pages must be at least 1"):
        recordings(graph).changes(max_empty_pages=bound)
    with pytest.raises(TypeError, match="max_empty_pages must be an integer, not None"):
        graph.me.online_meetings.list(max_empty_pages=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  the mistake


# Rounds of changes


def recordings(graph: GraphMeetingsClient) -> DeltaRequestBuilder[Any]:
    return graph.users.by_user_id("u").online_meetings.get_all_recordings().delta()


async def test_a_round_of_endless_empty_pages_is_an_error_that_keeps_its_place() -> None:
    pages = Pages(3, 0)

    async def use(graph: GraphMeetingsClient) -> None:
        changes = recordings(graph).changes()
        found: list[str] = []
        with pytest.raises(RoundIncomplete, match="16 empty pages in a row") as caught:
            await ids_of_changes(changes, found)
        assert (len(found), changes.delta_link) == (3, None)
        assert changes.resume_link == caught.value.resume_link == f"{pages.base_url}/next?17"
        assert "next?17" not in f"{caught.value} {caught.value!r}"
        pages.sizes = (2,) * pages.asked + (2, 0)
        resumed = recordings(graph).changes(since=changes.resume_link, max_empty_pages=2)
        with pytest.raises(RoundIncomplete, match="2 empty pages in a row"):
            await ids_of_changes(resumed, found)
        assert len(found) == 5

    await served(pages, use)


async def ids_of_changes(changes: Changes[Any], found: list[str]) -> None:
    async for change in changes:
        found.append(str(change.item.id))  # noqa: PERF401  what came before an error counts


async def test_a_sync_of_endless_empty_pages_goes_on_where_it_was(tmp_path: Path) -> None:
    pages = Pages(3, 0)
    found: list[str] = []

    async def handle(change: Any) -> None:
        found.append(change.item.id)

    async def use(graph: GraphMeetingsClient) -> None:
        with DeltaStore(tmp_path / "s.db") as store:
            with pytest.raises(RoundIncomplete, match=r"16 empty .*sync again"):
                await sync(recordings(graph), store, handle)
            with pytest.raises(RoundIncomplete, match="4 empty"):
                await sync(recordings(graph), store, handle, max_empty_pages=4)

    await served(pages, use)
    assert len(found) == 3
    assert pages.asked == 1 + BOUND + 4


# Items that repeat under fresh links


class Circle(Pages):
    """Answers with the same items again and again, each page with a fresh next link."""

    def __init__(self, items: int, size: int, *, nothing_between: bool = False, change: str = "") -> None:
        super().__init__(size)
        self.items = items
        self.nothing_between = nothing_between
        self.change = change

    def __call__(self, head: str) -> bytes:
        del head
        start = self.asked * self.sizes[0]
        self.asked += 1
        items: list[dict[str, str]] = []
        if not self.nothing_between or self.asked % 2:
            items = [self.item(number % self.items) for number in range(start, start + self.sizes[0])]
        return json_answer(json.dumps({"value": items, "@odata.nextLink": f"{self.base_url}/next?{self.asked}"}))

    def item(self, number: int) -> dict[str, str]:
        return {"id": f"{number}"} | ({self.change: f"{self.asked}"} if self.change else {})


@pytest.mark.parametrize(
    ("circle", "requests"),
    [
        (Circle(3, 3), 1 + BOUND),
        (Circle(1, 7), 1 + BOUND),
        (Circle(100, 10), 10 + BOUND),
        (Circle(100, 7), 15 + BOUND),
        (Circle(4, 4, nothing_between=True), 1 + BOUND),
        (Circle(3, 3, change="subject"), 1 + BOUND),
    ],
)
async def test_a_list_whose_items_repeat_under_fresh_links_is_an_error(circle: Circle, requests: int) -> None:
    found: list[str] = []

    async def use(graph: GraphMeetingsClient) -> None:
        items = aiter(graph.me.online_meetings.list())
        for _ in range(2):  # it keeps its place, so nothing more is asked for
            with pytest.raises(LinkRefused, match=r"16 pages in a row with nothing new.*larger max_empty_pages"):
                found.extend([str(item.id) async for item in items])

    await served(circle, use)
    assert circle.asked == requests


async def test_a_round_whose_items_repeat_under_fresh_links_is_an_error_that_keeps_its_place(tmp_path: Path) -> None:
    circle = Circle(3, 3)
    found: list[str] = []

    async def handle(change: Any) -> None:
        found.append(change.item.id)

    async def use(graph: GraphMeetingsClient) -> None:
        changes = recordings(graph).changes()
        with pytest.raises(RoundIncomplete, match="16 pages in a row with nothing new"):
            await ids_of_changes(changes, found)
        assert changes.resume_link == f"{circle.base_url}/next?17"
        with DeltaStore(tmp_path / "s.db") as store:
            for _ in range(2):
                with pytest.raises(RoundIncomplete, match="16 pages in a row with nothing new"):
                    await sync(recordings(graph), store, handle)

    await served(circle, use)
    assert found == ["0", "1", "2"] * 2
    assert circle.asked == 3 * (1 + BOUND)


async def test_an_item_that_is_removed_after_it_was_added_is_something_new() -> None:
    """Pages of removals of items of the same round."""

    def page(head: str) -> bytes:
        number = int(head.split()[1].partition("?")[2] or 0)
        items: list[Any] = [{"id": str(item), **({"@removed": {}} if number else {})} for item in range(number, 40)]
        link = "@odata.nextLink" if number < 30 else "@odata.deltaLink"
        return json_answer(json.dumps({"value": items[:40] if not number else items[:1], link: f"{root}?{number + 1}"}))

    async with (
        raw_server(page) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph,
    ):
        root = f"{server.base_url}/next"
        assert len([change async for change in recordings(graph).changes()]) == 40 + 30


# Whatever the service sends


class Script:
    """A service that sends pages of a script, fails at times, and sends empty pages when the script is over."""

    base_url = "https://graph.example/v1.0"

    def __init__(self, pages: list[tuple[int, str]], *, chance: random.Random | None = None) -> None:
        self.pages = pages
        self.sent_by_page: dict[int, list[str]] = {}
        self.requests = 0
        self._chance = chance
        self._fresh = count()
        self._at: dict[str, int] = {}

    @property
    def sent(self) -> list[str]:
        return [id_ for _, ids in sorted(self.sent_by_page.items()) for id_ in ids]

    async def send_async(self, request: GraphRequestInformation, factory: Any, errors: Any) -> Page[OnlineMeeting]:
        del factory, errors
        self.requests += 1
        if self._chance is not None:
            for _ in range(self._chance.randrange(3)):
                await asyncio.sleep(0)
            if self._chance.random() < 0.2:
                raise ServiceUnavailable("made up", status=503)
        number = self._at.get(request.url, 0)
        size, link = self.pages[number] if number < len(self.pages) else (0, "next")
        items = [f"{number}-{item}" for item in range(size)] if size >= 0 else ["again-1", "again-2"]
        self.sent_by_page[number] = items
        return Page(OnlineMeeting, {"value": [{"id": id_} for id_ in items], **self._links(link, number, request)})

    def _links(self, link: str, number: int, request: GraphRequestInformation) -> JsonObject:
        if link == "next":
            url = f"{self.base_url}/next?{next(self._fresh)}"
            self._at[url] = number + 1
            return {"@odata.nextLink": url}
        elsewhere = "https://elsewhere.example/x"
        links: dict[str, JsonObject] = {
            "end": {},
            "delta": {"@odata.deltaLink": f"{self.base_url}/delta"},
            "repeat": {"@odata.nextLink": request.url},
            "elsewhere": {"@odata.nextLink": elsewhere, "@odata.deltaLink": elsewhere},
            "metadata": {"@odata.nextLink": f"{self.base_url}/$metadata#x"},
            "malformed": {"@odata.nextLink": 5},
        }
        return links[link]


AGAIN = -1  # the same two items each time
SCRIPTS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 2, 3, AGAIN, AGAIN]),
        st.sampled_from(["next"] * 20 + ["end", "delta", "repeat", "elsewhere", "metadata", "malformed"]),
    ),
    max_size=30,
)
FIRST = "{+baseurl}/me/onlineMeetings"


def first_request() -> GraphRequestInformation:
    return GraphRequestInformation(FIRST, {"baseurl": Script.base_url})


async def drain(items: AsyncIterator[Any], found: list[str], chance: random.Random | None) -> None:
    """Take all items, again after each error and each cancellation that is made up."""
    while True:
        taking = asyncio.ensure_future(anext(items, None))
        if chance is not None:
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            if chance.random() < 0.5:
                taking.cancel()
        try:
            item = await taking
        except asyncio.CancelledError:
            continue
        except ServiceUnavailable:
            continue
        if item is None:
            return
        found.append(str(getattr(item, "item", item).id))


@given(script=SCRIPTS, bound=st.integers(1, 20), prefetch=st.booleans(), chance=st.none() | st.randoms())
@settings(deadline=None)
@pytest.mark.filterwarnings("ignore::graph_meetings_runtime.EmptyPagesWarning")
def test_a_list_of_any_pages_ends_and_loses_nothing_that_was_sent(
    script: list[tuple[int, str]], bound: int, *, prefetch: bool, chance: random.Random | None
) -> None:
    service = Script(script, chance=chance)
    pager: Pager[OnlineMeeting] = Pager(
        service,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  all that it needs
        OnlineMeeting,
        first_request(),
        prefetch=prefetch,
        max_empty_pages=bound,
    )
    found: list[str] = []

    async def run() -> None:
        async with asyncio.timeout(SECONDS):
            with suppress(LinkRefused, MalformedResponse):
                await drain(aiter(pager), found, chance)

    asyncio.run(run())
    assert found == service.sent
    if chance is None:
        assert service.requests <= len(script) + bound + 1


@given(script=SCRIPTS, bound=st.integers(1, 20), chance=st.none() | st.randoms())
@settings(deadline=None)
def test_a_round_of_any_pages_ends_and_loses_nothing_that_was_sent(
    script: list[tuple[int, str]], bound: int, chance: random.Random | None
) -> None:
    service = Script(script, chance=chance)
    changes: Changes[OnlineMeeting] = Changes(
        service,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  all that it needs
        OnlineMeeting,
        first_request(),
        None,
        resync=False,
        max_empty_pages=bound,
    )
    found: list[str] = []

    async def run() -> None:
        async with asyncio.timeout(SECONDS):
            try:
                await drain(aiter(changes), found, chance)
            except (RoundIncomplete, LinkRefused, MalformedResponse) as error:
                errors.append(error)

    errors: list[Exception] = []
    asyncio.run(run())
    assert (changes.delta_link is None) == bool(errors)
    for error in errors:
        assert not isinstance(error, RoundIncomplete) or error.resume_link == changes.resume_link is not None
    assert found == list(dict.fromkeys(service.sent))
    if chance is None:
        assert service.requests <= len(script) + bound + 1


# An iterator that keeps its place


class SlowServer:
    """Three pages of one or two recordings, each answered after a wait."""

    def __init__(self, wait: Callable[[], Awaitable[object]], size: int) -> None:
        self.wait = wait
        self.size = size
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head.split()[1])
            number = int(head.split()[1].partition("page=")[2] or 0)
            await self.wait()
            host = head.lower().partition("host: ")[2].split()[0]
            link = {2: "@odata.deltaLink"}.get(number, "@odata.nextLink")
            body: dict[str, Any] = {"value": [{"id": f"{number}-{item}"} for item in range(self.size)]}
            if number < 2 or "delta" in self.asked[0]:
                body[link] = f"http://{host}/v1.0/x?page={number + 1}"
            writer.write(json_answer(json.dumps(body)))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def impatiently(items: AsyncIterator[Any], timed_out: Callable[[], object]) -> list[str]:
    """Take all items with a short timeout for each `anext`, again and again."""
    found: list[str] = []
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                item = await asyncio.wait_for(anext(items), 0.02)
            except TimeoutError:
                timed_out()
            except StopAsyncIteration:
                return found
            else:
                page = getattr(item, "value", None)
                found += [found.id for found in page] if page is not None else [getattr(item, "item", item).id]


KINDS: dict[str, Callable[[GraphMeetingsClient], AsyncIterator[Any]]] = {
    "list": lambda graph: aiter(graph.me.online_meetings.list()),
    "list without prefetch": lambda graph: aiter(graph.me.online_meetings.list(prefetch=False)),
    "pages": lambda graph: graph.me.online_meetings.list().pages(),
    "changes": lambda graph: aiter(recordings(graph).changes()),
    "pages of changes": lambda graph: recordings(graph).changes().pages(),
    "expanded": lambda graph: graph.communications.call_records.by_call_record_id("c").expanded(
        CallRecord(id="c"), CallRecord.sessions
    ),
}


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
async def test_an_iterator_goes_on_after_a_cancelled_anext(kind: str, size: int) -> None:
    timeouts = asyncio.Semaphore(0)
    slow = SlowServer(timeouts.acquire, size)  # no page comes before a timeout
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with server, GraphMeetingsClient(StaticCredential("t"), base_url=base_url) as graph:
        found = await impatiently(KINDS[kind](graph), timeouts.release)
    assert found == [f"{page}-{item}" for page in range(3) for item in range(size)]
    assert len(slow.asked) == len(set(slow.asked)) == 3  # the request of a cancelled anext went on


async def test_an_iterator_that_is_dropped_leaves_nothing_under_way() -> None:
    slow = SlowServer(partial(asyncio.sleep, SECONDS), 1)
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with GraphMeetingsClient(StaticCredential("t"), base_url=base_url) as graph:
        items = aiter(graph.me.online_meetings.list())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(items), 0.1)
        requests = [task for task in asyncio.all_tasks() if "send_async" in str(task.get_coro())]
        assert len(requests) == 1
        del items
        await asyncio.wait(requests, timeout=5)
        assert requests[0].cancelled()
    server.close()


async def test_an_iterator_that_is_closed_gives_nothing_more() -> None:
    slow = SlowServer(partial(asyncio.sleep, 0), 2)
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with server, GraphMeetingsClient(StaticCredential("t"), base_url=base_url) as graph:
        for kind in KINDS.values():
            items: Any = kind(graph)
            assert await anext(items)
            await items.aclose()
            assert [item async for item in items] == []


async def test_two_tasks_cannot_wait_for_one_iterator() -> None:
    slow = SlowServer(partial(asyncio.sleep, 0.05), 2)
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with server, GraphMeetingsClient(StaticCredential("t"), base_url=base_url) as graph:
        items = aiter(graph.me.online_meetings.list())
        first = asyncio.create_task(anext(items))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="give each task its own"):
            await anext(items)
        assert (await first).id == "0-0"
        assert len([item async for item in items]) == 5


async def test_an_error_is_not_taken_for_the_end() -> None:
    answers = [json_answer("{"), json_answer('{"value": [{"id": "1"}]}')]
    async with (
        raw_server(*answers) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph,
    ):
        items = aiter(graph.users.by_user_id("u").online_meetings.get_all_transcripts().list())
        with pytest.raises(MalformedResponse):
            await anext(items)
        found: list[CallTranscript] = [item async for item in items]
        assert [item.id for item in found] == ["1"]
