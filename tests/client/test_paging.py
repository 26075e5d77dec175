"""Collections, page by page and whole."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from graph_meetings import CallRecording, GraphMeetingsClient, OnlineMeeting, Prefer, concurrently
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import BadRequest, LinkRefused, MalformedResponse, NotFound, Page, Pager
from graph_meetings_runtime.json_codec import JsonObject
from tests.support.credentials import StaticCredential
from tests.support.raw_server import json_answer, raw_server


async def test_list_gives_every_item_once_in_the_order_of_the_service(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str
) -> None:
    expected = {str(item["id"]) for item in emulator.dataset.recordings(organizer)}
    for top in (1, 5, 12, 100):
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        found = [recording.id async for recording in recordings.list(top=top)]
        assert len(found) == 12
        assert set(found) == expected


async def test_get_gives_one_page_and_its_links(graph: GraphMeetingsClient, organizer: str) -> None:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    page = await recordings.get(top=5)
    assert len(page.value) == 5
    assert page.odata_next_link is not None
    assert page.odata_delta_link is None
    following = await recordings.with_url(page.odata_next_link).get()
    assert not {item.id for item in page.value} & {item.id for item in following.value}
    assert "5 of CallRecording, more follow" in repr(page)


async def test_a_pager_begins_anew_each_time(graph: GraphMeetingsClient, organizer: str) -> None:
    pager = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list(top=5)
    first = [recording.id async for recording in pager]
    assert first == [recording.id async for recording in pager]
    assert [len(page.value) async for page in pager.pages()] == [5, 5, 2]


async def test_prefer_and_headers_are_sent_again_on_every_page(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str
) -> None:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    prefer = Prefer(max_page_size=4, include_unknown_enum_members=True, omit_values="nulls")
    async for _ in recordings.list(prefer=prefer, headers={"Accept-Language": "fr"}):
        pass
    assert len(emulator.requests) == 3
    for request in emulator.requests:
        assert request.headers["prefer"] == "odata.maxpagesize=4, include-unknown-enum-members, omit-values=nulls"
        assert request.headers["accept-language"] == "fr"
        assert request.headers["authorization"] == f"Bearer {emulator.token}"


async def test_select_filter_and_count_reach_the_service(graph: GraphMeetingsClient, organizer: str) -> None:
    meetings = graph.users.by_user_id(organizer).online_meetings
    recording = (await meetings.get_all_recordings().get()).value[0]
    assert recording.meeting_id is not None
    first = await meetings.by_online_meeting_id(recording.meeting_id).get()
    page = await meetings.get(filter=f"JoinWebUrl eq '{first.join_web_url}'", select=["id", "subject"], count=True)
    assert [item.id for item in page.value] == [first.id]
    assert page.odata_count == 1
    assert page.value[0].subject == first.subject
    assert page.value[0].join_web_url is None
    assert first.id is not None
    assert (await meetings.by_online_meeting_id(first.id).get(select="subject")).subject == first.subject


async def test_me_is_the_first_organizer(graph: GraphMeetingsClient, organizer: str) -> None:
    recording = (await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()).value[0]
    assert recording.meeting_id is not None
    mine = graph.me.online_meetings.by_online_meeting_id(recording.meeting_id).recordings
    assert recording.id in [own.id async for own in mine.list()]


async def test_dates_bound_the_recordings(emulator: Emulator, graph: GraphMeetingsClient, organizer: str) -> None:
    meetings = graph.users.by_user_id(organizer).online_meetings
    moments = sorted(str(item["createdDateTime"]) for item in emulator.dataset.recordings(organizer))
    start, end = moments[3], moments[8]
    for start_date_time, end_date_time, count in ((None, None, 12), (start, None, 9), (None, end, 9), (start, end, 6)):
        call = meetings.get_all_recordings(start_date_time=start_date_time, end_date_time=end_date_time)
        found = [item.raw["createdDateTime"] async for item in call.list(top=4)]
        assert abs(len(found) - count) <= 2  # whether a bound is inclusive is not documented
        assert all((start_date_time or "") <= str(moment) <= (end_date_time or "9") for moment in found)


async def collect(meetings: Pager[OnlineMeeting], found: list[str | None]) -> None:
    async for meeting in meetings:
        found.append(meeting.id)  # noqa: PERF401  what came before an error counts


def _page(emulator: Emulator, next_link: str | None, *items: JsonObject) -> JsonObject:
    link: JsonObject = {} if next_link is None else {"@odata.nextLink": next_link.replace("BASE", emulator.base_url)}
    return {"value": list(items), **link}


async def test_empty_pages_are_passed_over(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    pages: list[tuple[str | None, list[JsonObject]]] = [
        ("BASE/a", []),
        ("BASE/b", [{"id": "1"}]),
        ("BASE/c", []),
        (None, [{"id": "2"}]),
    ]
    for next_link, items in pages:
        emulator.fail_next(200, body=_page(emulator, next_link, *items))
    assert [meeting.id async for meeting in graph.me.online_meetings.list()] == ["1", "2"]


@pytest.mark.parametrize("repeat", ["BASE/me/onlineMeetings", "BASE/a"])
async def test_a_repeated_link_is_an_error(emulator: Emulator, graph: GraphMeetingsClient, repeat: str) -> None:
    for next_link in ("BASE/a", "BASE/b", repeat):
        emulator.fail_next(200, body=_page(emulator, next_link, {"id": next_link}))
    found: list[str | None] = []
    with pytest.raises(LinkRefused, match="would never end"):
        await collect(graph.me.online_meetings.list(), found)
    assert found == ["BASE/a", "BASE/b", repeat]
    assert len(emulator.requests) == 3


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/me/onlineMeetings?skipToken=1",
        "http://127.0.0.1.evil.example/v1.0/me",
        "http://127.0.0.1@evil.example/v1.0/me",
        "http://127.0.0.1:1/v1.0/me",
        "BASE/$metadata#me/onlineMeetings",
    ],
)
async def test_a_link_elsewhere_is_an_error_and_is_not_asked(
    emulator: Emulator, graph: GraphMeetingsClient, link: str
) -> None:
    emulator.fail_next(200, body=_page(emulator, link, {"id": "1"}))
    found: list[str | None] = []
    with pytest.raises(LinkRefused):
        await collect(graph.me.online_meetings.list(), found)
    assert found == ["1"]
    assert len(emulator.requests) == 1


async def test_a_stored_url_of_another_host_is_refused_before_the_token_is_made(
    emulator: Emulator, graph: GraphMeetingsClient
) -> None:
    with pytest.raises(LinkRefused, match=r"only sends requests to http://127\.0\.0\.1"):
        graph.me.online_meetings.with_url("https://evil.example/v1.0/me/onlineMeetings")
    assert not emulator.requests


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"value": {}}', b"<html>", b'{"value": [', b'"\xff"'])
async def test_a_response_that_is_no_page_is_a_clear_error(
    emulator: Emulator, graph: GraphMeetingsClient, body: bytes
) -> None:
    emulator.fail_next(200, body=body, headers={"Content-Type": "application/json"})
    with pytest.raises(MalformedResponse):
        _ = (await graph.me.online_meetings.get()).value


async def test_errors_of_the_service_have_their_class_and_say_what_happened(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str
) -> None:
    meetings = graph.users.by_user_id(organizer).online_meetings
    with pytest.raises(NotFound) as not_found:
        await meetings.by_online_meeting_id("MSo4Zjg0/MSo=").get()
    assert not_found.value.status == 404
    assert not_found.value.request_id
    assert not_found.value.client_request_id == emulator.requests[-1].headers["client-request-id"]
    with pytest.raises(BadRequest, match="Unexpected id format"):
        await meetings.by_online_meeting_id("unknown/with=signs").get()
    with pytest.raises(BadRequest):
        await meetings.get(filter="joinWebUrl eq")
    with pytest.raises(BadRequest, match=r"(?i)organizer"):
        await meetings.get_all_recordings(meeting_organizer_user_id=None).get()
    by_filter = meetings.get_all_recordings(meeting_organizer_user_id=None)
    page = await by_filter.get(filter=f"MeetingOrganizer/User/Id eq '{organizer}'")
    assert isinstance(page, Page)
    assert page.value


async def test_the_next_page_is_fetched_while_this_one_is_handled(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str
) -> None:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    asked: list[int] = []
    async for _ in recordings.list(top=5):
        await asyncio.sleep(0.02)  # a request of the emulator takes a few milliseconds
        asked.append(len(emulator.requests))
    assert asked[0] == 1, "the first item alone costs one request"
    assert asked[3] == 2, "one ahead"
    assert max(asked[:5]) == 2, "and not two"
    assert len(emulator.requests) == 3


async def test_fetching_ahead_can_be_turned_off(emulator: Emulator, graph: GraphMeetingsClient, organizer: str) -> None:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    asked: list[int] = []
    async for _ in recordings.list(top=5, prefetch=False):
        await asyncio.sleep(0.005)
        asked.append(len(emulator.requests))
    assert asked == [1] * 5 + [2] * 5 + [3] * 2


async def collect_slowly(items: AsyncIterator[CallRecording], emulator: Emulator, found: list[str | None]) -> None:
    async for recording in items:
        if not found:
            emulator.fail_next(404)
        await asyncio.sleep(0.005)
        found.append(recording.id)


async def test_a_page_fetched_ahead_that_fails_fails_after_the_items_before_it(
    emulator: Emulator, graph: GraphMeetingsClient, organizer: str
) -> None:
    found: list[str | None] = []
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list(top=5)
    with pytest.raises(NotFound):
        await collect_slowly(aiter(recordings), emulator, found)
    assert len(found) == 5


async def test_an_iteration_that_ends_early_leaves_nothing_under_way(
    graph: GraphMeetingsClient, organizer: str
) -> None:
    before = asyncio.all_tasks()
    items = aiter(graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list(top=5))
    for _ in range(3):
        await anext(items)
    await asyncio.sleep(0)  # the request of the next page begins
    await items.aclose()
    assert asyncio.all_tasks() == before


async def test_work_that_fails_leaves_no_page_under_way(graph: GraphMeetingsClient, organizer: str) -> None:
    items = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list(top=5)
    before = asyncio.all_tasks()
    worked: list[str | None] = []

    async def work(recording: CallRecording) -> None:
        worked.append(recording.id)
        if len(worked) == 2:  # the next page is on its way
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await concurrently(work, items, concurrency=1)
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("link", ["5", "{}", "[]", "true"])
async def test_a_link_that_is_no_text_is_not_taken_for_the_end(link: str) -> None:
    page = json_answer(f'{{"value": [{{"id": "1"}}], "@odata.nextLink": {link}}}')
    async with (
        raw_server(page) as server,
        GraphMeetingsClient(StaticCredential("t"), base_url=server.base_url) as graph,
    ):
        with pytest.raises(MalformedResponse, match=r"has an? .* as its @odata\.nextLink"):
            _ = [meeting async for meeting in graph.me.online_meetings.list()]
        assert "more follow" in repr(await graph.me.online_meetings.get()) or link in {"{}", "[]"}
