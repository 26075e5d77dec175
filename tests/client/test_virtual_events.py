"""Webinars and town halls, found and read as a user would."""

from collections.abc import Iterator

import pytest

from graph_meetings import (
    AccessDenied,
    GraphMeetingsClient,
    VirtualEventStatus,
    VirtualEventTownhall,
    VirtualEventWebinar,
)
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import Answer
from tests.client.conftest import PATIENT


@pytest.fixture(scope="module")
def served() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


async def test_the_attendance_of_a_users_webinars_can_be_reached(served: Emulator) -> None:
    (organizer, *_) = served.dataset.organizers
    async with GraphMeetingsClient(served.credential, base_url=served.base_url, retry=PATIENT) as graph:
        webinars = graph.solutions.virtual_events.webinars
        [webinar] = [
            found async for found in webinars.get_by_user_id_and_role(user_id=organizer, role="organizer").list()
        ]
        assert webinar.id is not None
        assert webinar.status is VirtualEventStatus.Published
        assert webinar.start_date_time is not None
        assert webinar.start_date_time.time_zone == "UTC"
        sessions = webinars.by_virtual_event_webinar_id(webinar.id).sessions
        [session] = [found async for found in sessions.list()]
        assert session.id is not None
        reports = sessions.by_virtual_event_session_id(session.id).attendance_reports
        assert [report.total_participant_count async for report in reports.list()] == [4]


async def test_events_are_webinars_and_town_halls(served: Emulator) -> None:
    async with GraphMeetingsClient(served.credential, base_url=served.base_url, retry=PATIENT) as graph:
        events = [event async for event in graph.solutions.virtual_events.events.list()]
    assert {type(event) for event in events} == {VirtualEventWebinar, VirtualEventTownhall}


async def test_a_refusal_names_the_permission_of_virtual_events(served: Emulator) -> None:
    async with GraphMeetingsClient(served.credential, base_url=served.base_url, retry=PATIENT) as graph:
        webinars = graph.solutions.virtual_events.webinars
        served.inject(Answer(403))
        with pytest.raises(AccessDenied, match=r"needs the application permission VirtualEvent\.Read\.All"):
            await webinars.get()
        served.inject(Answer(403))
        with pytest.raises(AccessDenied, match=r"or the delegated permission VirtualEvent\.Read[;.]"):
            await webinars.by_virtual_event_webinar_id("w").sessions.get()
