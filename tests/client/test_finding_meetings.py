"""Meetings found by join URL and by call record, over a socket."""

import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from graph_meetings import (
    AccessDenied,
    CallRecord,
    CallRecording,
    EmptyPagesWarning,
    GraphMeetingsClient,
    MalformedResponse,
    NotFound,
    OnlineMeeting,
    organizer_of,
)
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import EndlessPages
from tests.client.conftest import PATIENT

LONG = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_Zz%40thread.v2/0?context=%7b%22Tid%22%3a%22t%22%7d"
SHORT = "https://teams.microsoft.com/meet/234567890123?p=It's"


@pytest.fixture
async def graph(emulator: Emulator) -> AsyncIterator[GraphMeetingsClient]:
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=PATIENT) as client:
        yield client


def add_meeting(emulator: Emulator, join_url: str, number: int = 0) -> str:
    organizer = emulator.dataset.organizers[number]
    path = ("users", organizer, "onlineMeetings")
    meeting = emulator.dataset.add_meeting(organizer)
    properties = emulator.dataset.find((*path, meeting)).properties
    emulator.dataset.replace((*path, meeting), {**properties, "joinWebUrl": join_url})
    return meeting


@pytest.mark.parametrize(
    "join_url", [LONG, SHORT, f" {LONG}\n", "https://gov.teams.microsoft.us/meet/1?p=a%2fb+c&d=%25"]
)
async def test_a_meeting_is_found_by_its_join_url(
    emulator: Emulator, graph: GraphMeetingsClient, join_url: str
) -> None:
    meeting = add_meeting(emulator, join_url.strip())
    organizer = emulator.dataset.organizers[0]
    for meetings in (graph.users.by_user_id(organizer).online_meetings, graph.me.online_meetings):
        found = await meetings.find(join_url)
        assert isinstance(found, OnlineMeeting)
        assert found.id == meeting
    sent = emulator.requests[-1].target.partition("?")[2]
    condition = "JoinWebUrl eq '" + join_url.strip().replace("'", "''") + "'"
    assert sent == f"%24filter={quote(condition, safe='')}"


async def test_an_unknown_url_finds_nothing(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    add_meeting(emulator, LONG)
    for other in (LONG.replace("%3a", "%3A"), f"{LONG}&anon=true", LONG.partition("?")[0], SHORT):
        assert await graph.me.online_meetings.find(other) is None


async def test_a_search_that_ended_early_does_not_say_that_there_is_no_meeting(
    emulator: Emulator, graph: GraphMeetingsClient
) -> None:
    add_meeting(emulator, LONG)
    emulator.inject(EndlessPages())
    with pytest.raises(MalformedResponse, match="not found; try again"), pytest.warns(EmptyPagesWarning):
        await graph.me.online_meetings.find(LONG)


async def test_the_meeting_of_another_organizer_is_refused(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    add_meeting(emulator, LONG, 1)
    with pytest.raises(AccessDenied, match="3003") as caught:
        await graph.me.online_meetings.find(LONG)
    assert caught.value.hint is not None


async def test_an_unknown_user_is_not_found(graph: GraphMeetingsClient) -> None:
    with pytest.raises(NotFound):
        await graph.users.by_user_id("nobody").online_meetings.find(LONG)


async def test_the_permission_is_named_where_it_is_missing(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    emulator.fail_next(403, path="/onlineMeetings")
    with pytest.raises(AccessDenied) as caught:
        await graph.users.by_user_id(emulator.dataset.organizers[0]).online_meetings.find(LONG)
    assert "OnlineMeetings.Read.All" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("join_url", "error", "reason"),
    [
        (None, TypeError, "must be a string, such as join_web_url of a call record, not None"),
        (b"https", TypeError, "must be a string"),
        ("", ValueError, "'' is not a join URL like https://teams.microsoft.com/l/meetup-join/… or https://teams"),
        ("teams.microsoft.com/meet/1", ValueError, "is not a join URL"),
        ("http://teams.microsoft.com/meet/1", ValueError, "is not a join URL"),
        ("https://teams.microsoft.com/v2/?meetingjoin=true", ValueError, "'https://teams.microsoft.com/v2/?…' is not"),
        ("https://zoom.example/meet/1", ValueError, "is not a join URL"),
        ("https://[teams/meet/1", ValueError, "is not a join URL"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fteams", ValueError, "is not a join URL"),
        (quote(LONG, safe=""), ValueError, "percent-encoded as a whole; decode it once"),
        ('https://teams.microsoft.com/l/meetup-join/19:a@thread.v2/0?context={"Tid":"t"}', ValueError, "contains '{'"),
        (f"Join: {LONG}", ValueError, "contains ' '"),
        ("https://teams.microsoft.com/meet/é", ValueError, "contains 'é'"),
    ],
)
async def test_what_is_no_join_url_is_refused_before_anything_is_sent(
    emulator: Emulator, graph: GraphMeetingsClient, join_url: Any, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error) as caught:
        await graph.me.online_meetings.find(join_url)
    assert reason in str(caught.value)
    assert not emulator.requests


async def test_meetings_of_devices_cannot_be_found_by_join_url(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    with pytest.raises(ValueError, match=r"/communications/onlineMeetings cannot be searched by join URL; use"):
        await graph.communications.online_meetings.find(LONG)
    assert not emulator.requests


async def test_a_call_record_leads_to_its_meeting(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    organizer = emulator.dataset.organizers[1]
    made = [emulator.dataset.add_call_record(organizer_id=organizer) for _ in range(3)]
    urls = {str(record["id"]): record["joinWebUrl"] for record in made}
    found = 0
    async for record in graph.communications.call_records.list():
        if record.id in urls:
            assert organizer_of(record) == organizer
            meeting = await graph.meeting_of(record)
            assert meeting is not None
            assert meeting.join_web_url == urls[record.id]
            found += 1
    assert found == 3


async def test_a_call_between_two_has_no_meeting(
    emulator: Emulator, graph: GraphMeetingsClient, caplog: pytest.LogCaptureFixture
) -> None:
    made = emulator.dataset.add_call_record(participants=2)
    record = await graph.communications.call_records.by_call_record_id(str(made["id"])).get()
    sent = len(emulator.requests)
    with caplog.at_level(logging.INFO, "graph_meetings"):
        assert await graph.meeting_of(record) is None
    assert len(emulator.requests) == sent
    assert f"no meeting for call record {record.id}: it was a call, not a meeting" in caplog.messages


@pytest.mark.parametrize(
    "identity",
    [
        {"user": None, "phone": {"id": "+49155501"}},
        {"guest": {"id": "g"}},
        {"application": {"id": "a"}, "user": {"id": None}},
        {"user": {"id": ""}},
        {"user": "odd"},
        None,
    ],
)
async def test_an_organizer_who_is_no_user_has_no_meeting(
    emulator: Emulator, graph: GraphMeetingsClient, caplog: pytest.LogCaptureFixture, identity: Any
) -> None:
    record = CallRecord.from_raw({"id": "c", "joinWebUrl": LONG, "organizer_v2": {"id": "x", "identity": identity}})
    assert organizer_of(record) is None
    with caplog.at_level(logging.INFO, "graph_meetings"):
        assert await graph.meeting_of(record) is None
    assert not emulator.requests
    assert "no meeting for call record c: its organizer is not a user" in caplog.messages


async def test_what_is_no_call_record_has_no_organizer(graph: GraphMeetingsClient) -> None:
    recording: Any = CallRecording(id="r")
    with pytest.raises(TypeError, match="expected a CallRecord, got CallRecording"):
        organizer_of(recording)
    with pytest.raises(TypeError, match="expected a CallRecord, got CallRecording"):
        await graph.meeting_of(recording)
