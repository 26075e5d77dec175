"""Which requests there are in which cloud."""

import warnings
from typing import Any

import pytest

import graph_meetings.beta
from graph_meetings import Cloud, CloudAvailabilityWarning, GraphMeetingsClient, NotAvailableInCloud, Permissions
from graph_meetings_emulator import Emulator


def client(emulator: Emulator, cloud: Cloud) -> GraphMeetingsClient:
    return GraphMeetingsClient(emulator.credential, cloud=cloud, base_url=emulator.base_url)


async def test_what_the_metadata_of_a_cloud_lacks_is_not_sent(emulator: Emulator) -> None:
    async with client(emulator, Cloud.CHINA) as graph:
        with pytest.raises(NotAvailableInCloud, match="CHINA"):
            await graph.me.online_meetings.get()
        with pytest.raises(NotAvailableInCloud, match="callRecords"):
            _ = [record async for record in graph.communications.call_records.list()]
    async with client(emulator, Cloud.US_GOV_L5) as graph:
        webinars = graph.solutions.virtual_events.webinars.by_virtual_event_webinar_id("w").sessions
        with pytest.raises(NotAvailableInCloud, match="webinars"):
            await webinars.by_virtual_event_session_id("s").attendance_reports.get()
    assert not emulator.requests


@pytest.mark.parametrize("cloud", [Cloud.US_GOV_L4, Cloud.US_GOV_L5])
async def test_what_only_the_metadata_promises_warns_and_is_sent(
    emulator: Emulator, organizer: str, cloud: Cloud
) -> None:
    async with client(emulator, cloud) as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        with pytest.warns(CloudAvailabilityWarning, match="not documented"):
            assert (await recordings.get()).value
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert (await graph.communications.call_records.get()).value


async def test_beta_is_its_own_client(emulator: Emulator, organizer: str) -> None:
    async with graph_meetings.beta.GraphMeetingsClient(emulator.credential, base_url=emulator.beta_url) as graph:
        page = await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()
        assert type(page.value[0]) is graph_meetings.beta.CallRecording
    default = graph_meetings.beta.GraphMeetingsClient(emulator.credential)
    url = default.me.online_meetings.to_get_request_information().url
    assert url == "https://graph.microsoft.com/beta/me/onlineMeetings"


async def test_a_builder_knows_its_permissions(emulator: Emulator) -> None:
    async with client(emulator, Cloud.GLOBAL) as graph:
        meetings = graph.users.by_user_id("u").online_meetings
        assert meetings.get_all_recordings().permissions == Permissions(
            application=("OnlineMeetingRecording.Read.All",), needs_access_policy=True
        )
        assert meetings.get_all_recordings().delta().permissions == meetings.get_all_recordings().permissions
        assert graph.communications.call_records.permissions == Permissions(application=("CallRecords.Read.All",))
        assert graph.solutions.permissions is None


async def test_content_of_another_version_or_kind_is_refused(emulator: Emulator, organizer: str) -> None:
    recording: Any = graph_meetings.CallRecording.from_raw(emulator.dataset.recordings(organizer)[0])
    async with graph_meetings.beta.GraphMeetingsClient(emulator.credential, base_url=emulator.beta_url) as graph:
        with pytest.raises(TypeError, match=r"graph_meetings\.models\.CallRecording has no content"):
            graph.content_of(recording)
