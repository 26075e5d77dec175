"""What administrators decide: transcripts, access policies, retention; the errors are the documented ones."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.emulator.support import Json, Site

ERRORS = Path(__file__).parent.parent / "data/payloads/errors"
UNATTRIBUTED = "application/vnd.microsoft.graph.transcript+text"


def documented(name: str) -> tuple[int, str, object]:
    """Return the status, code and inner code of a documented error."""
    error = json.loads((ERRORS / name).read_text())["error"]
    return int(name[:3]), error["code"], error["innerError"].get("code")


def refusal(site: Site, path: str, **headers: str) -> tuple[int, str, object]:
    """Return the status, code and inner code of a response."""
    response = site.get(path, **headers)
    error = cast("Json", response.json())["error"]
    return response.status_code, error["code"], error["innerError"].get("code")


@pytest.fixture
def transcript(site: Site) -> str:
    """The path of a transcript."""
    first = site.emulator.dataset.transcripts(site.organizer)[0]
    return f"{site.meetings}/{first['meetingId']}/transcripts/{first['id']}"


def test_transcripts_can_be_disabled(site: Site, transcript: str) -> None:
    site.emulator.tenant.transcripts_disabled = True
    meetings, finding = site.meetings, site.finding()
    for path in (
        transcript,
        f"{transcript}/content",
        f"{transcript}/metadataContent",
        transcript.rpartition("/")[0],
        f"{meetings}/getAllTranscripts(meetingOrganizerUserId='{site.organizer}')/delta",
        f"{finding}&$expand=transcripts",
    ):
        assert refusal(site, path) == documented("403_transcripts_disabled.json")
    assert site.json(f"{finding}&$expand=recordings")


def test_speaker_attribution_can_be_disallowed(site: Site, transcript: str) -> None:
    site.emulator.tenant.speaker_attribution_allowed = False
    for path in (f"{transcript}/content", f"{transcript}/content?$format=text/vtt", f"{transcript}/metadataContent"):
        assert refusal(site, path, accept="text/vtt") == documented("403_speaker_attribution.json")
    assert site.get(f"{transcript}/content", accept=UNATTRIBUTED).status_code == 200
    assert site.json(transcript)


def test_an_access_policy_can_be_missing_for_a_user(site: Site) -> None:
    first, second = site.emulator.dataset.organizers
    site.emulator.tenant.access_policy_missing_for.add(first)
    for path in (site.finding(), site.recordings, site.all_recordings, f"{site.all_recordings}/delta"):
        assert refusal(site, path) == documented("403_no_application_access_policy.json")
        assert refusal(site, site.beta(path)) == documented("403_no_application_access_policy.json")
    assert site.json(f"/users/{second}/onlineMeetings/{site.emulator.dataset.meetings(second)[0]}")
    assert site.json(site.finding().replace(f"/users/{first}", "/me"))
    assert site.json(site.record)


def test_the_policy_of_a_virtual_event_is_its_organizers(site: Site) -> None:
    dataset = site.emulator.dataset
    first, second = dataset.organizers
    site.emulator.tenant.access_policy_missing_for.add(first)
    for organizer, status in ((first, 403), (second, 200)):
        webinar = dataset.add_virtual_event(organizer_id=organizer)
        (session,) = dataset.find(("solutions", "virtualEvents", "webinars", webinar)).collections["sessions"]
        path = f"/solutions/virtualEvents/webinars/{webinar}/sessions/{session}/attendanceReports"
        assert site.get(path).status_code == status


def test_call_records_can_be_kept_for_30_days(site: Site) -> None:
    dataset, tenant = site.emulator.dataset, site.emulator.tenant
    now = datetime(2026, 9, 1, tzinfo=UTC)
    old, new = (dataset.add_call_record(start=now - timedelta(days=days))["id"] for days in (31, 29))
    tenant.clock = lambda: now
    tenant.call_record_retention = timedelta(days=30)
    assert [record["id"] for record in site.items("/communications/callRecords")] == [new]
    assert site.json(f"/communications/callRecords/{new}/sessions")["value"]
    for path in ("", "/sessions", "/organizer_v2", "/participants_v2"):
        answer = refusal(site, f"/communications/callRecords/{old}{path}")
        assert answer == documented("404_callrecord_older_than_30_days.json")
    tenant.call_record_retention = None
    assert site.json(f"/communications/callRecords/{old}")


def test_a_range_that_is_too_long_is_refused_as_documented(shared: Site) -> None:
    path = "/communications/callRecords/getPstnCalls(fromDateTime=2026-01-01,toDateTime=2026-12-31)"
    assert refusal(shared, path) == documented("406_range_over_90_days.json")


def test_artifacts_of_a_meeting_in_no_calendar_are_refused(site: Site) -> None:
    meeting = site.recordings.removesuffix("/recordings")
    site.emulator.tenant.meetings_without_calendar.add(meeting.rpartition("/")[2])
    for path in ("recordings", "transcripts", "recordings/x/content"):
        assert "only supported for calendar backed OnlineMeeting" in site.refused(f"{meeting}/{path}")
    assert site.json(meeting)
    assert site.json(f"{meeting}/attendanceReports")["value"]
    assert site.json(site.all_recordings)["value"]


def test_artifacts_of_a_meeting_of_others_are_refused(site: Site) -> None:
    meeting = site.recordings.removesuffix("/recordings")
    site.emulator.tenant.meetings_of_others.add(meeting.rpartition("/")[2])
    for path in ("recordings", "transcripts", "transcripts/x/metadataContent"):
        message = site.refused(f"{meeting}/{path}", 403, "Forbidden")
        assert message.startswith("3003: User does not have access to lookup meeting")
    assert site.json(f"{site.meetings}/{site.emulator.dataset.meetings(site.organizer)[1]}/recordings")
