"""The made-up data is as varied as the service's."""

from decimal import Decimal
from typing import Any

import pytest

from graph_meetings_emulator import Dataset
from graph_meetings_emulator.data.fake_values import FakeValues
from tests.emulator.support import LOGS, Json, Site, ids, running


def records(site: Site, where: str) -> list[Json]:
    (report,) = site.items(f"{where}/attendanceReports")
    return site.items(f"{where}/attendanceReports/{report['id']}/attendanceRecords")


def test_participants_are_of_all_kinds(shared: Site) -> None:
    participants = shared.items(f"{shared.record}/participants_v2")
    kinds = [[name for name, value in person["identity"].items() if value] for person in participants]
    assert kinds == [["user"], ["phone"], ["acsUser"], ["guest"]]
    assert participants[0]["id"] == shared.organizer


def test_endpoints_are_of_all_kinds(shared: Site) -> None:
    sessions = shared.items(f"{shared.record}/sessions")
    ends = [session[end] for session in sessions for end in ("caller", "callee")]
    assert len({end["@odata.type"] for end in ends}) == 2
    assert len({end["userAgent"]["@odata.type"] for end in ends}) == 2
    assert "SomethingAddedLater" in sessions[1]["callee"]["feedback"]["tokens"]


def test_attendance_records_are_of_all_kinds(shared: Site) -> None:
    found = records(shared, shared.recordings.removesuffix("/recordings"))
    assert ["id" in record for record in found] == [False, True, True, False]
    assert [record["emailAddress"] in {"", None} for record in found] == [False, False, True, True]
    assert "azureCommunicationServicesResourceId" in found[2]["identity"]


@pytest.mark.parametrize("kind", ["webinars", "townhalls"])
def test_virtual_events_have_registrations(shared: Site, kind: str) -> None:
    (event,) = shared.emulator.dataset.find(("solutions", "virtualEvents")).collections[kind].values()
    (session,) = event.collections["sessions"]
    found = records(shared, f"/solutions/virtualEvents/{kind}/{event.id}/sessions/{session}")
    assert found[0]["externalRegistrationInformation"]["referrer"] == "Campaign mail"
    assert event.id.count("@") == 1


def test_a_record_without_an_id_in_its_json_still_has_a_path(shared: Site) -> None:
    meeting = shared.emulator.dataset.meetings(shared.organizer)[0]
    reports = ("users", shared.organizer, "onlineMeetings", meeting, "attendanceReports")
    (report,) = shared.emulator.dataset.find(reports[:-1]).collections["attendanceReports"].values()
    first = next(iter(report.collections["attendanceRecords"]))
    record = shared.json(f"{'/'.join(('', *reports))}/{report.id}/attendanceRecords/{first}")
    assert "id" not in record


def test_only_the_50_newest_attendance_reports_are_listed(site: Site) -> None:
    meeting = ("users", site.organizer, "onlineMeetings", site.emulator.dataset.add_meeting(site.organizer))
    made = [site.emulator.dataset.add_attendance_report(meeting, attendees=0)["id"] for _ in range(53)]
    path = "/" + "/".join(meeting)
    assert ids(site.items(f"{path}/attendanceReports")) == made[3:]
    assert site.json(f"{path}/attendanceReports/{made[0]}")


def test_all_users_meetings_are_under_communications(shared: Site) -> None:
    dataset = shared.emulator.dataset
    expected = {meeting for user in dataset.organizers for meeting in dataset.meetings(user)}
    for meeting in expected:
        one = shared.json(f"/communications/onlineMeetings/{meeting}")
        path = f"/communications/onlineMeetings?$filter=VideoTeleconferenceId eq '{one['videoTeleconferenceId']}'"
        assert ids(shared.items(path)) == [meeting]
        assert shared.json(path)["@odata.context"].endswith("$metadata#communications/onlineMeetings")
    assert shared.refused("/communications/onlineMeetings/none") == "Unexpected id format"


@pytest.mark.parametrize("log", LOGS)
def test_more_rows_of_one_log_leave_everything_else_as_it_was(log: str) -> None:
    one, other = Dataset(seed=3), Dataset(seed=3)
    other.add_log_rows(log, 5)
    for dataset in (one, other):
        dataset.add_organizer()
        dataset.add_call_record()
    assert one.call_records == other.call_records
    assert one.organizers == other.organizers


def test_counts_are_counts() -> None:
    dataset = Dataset.generate(
        organizers=1, meetings=1, recordings=1, transcripts=2, adhoc_calls=3, call_records=4, log_rows=5,
        attendance_reports=6, webinars=7, townhalls=8,
    )  # fmt: skip
    (organizer,) = dataset.organizers
    communications = dataset.find(("communications",)).collections
    events = dataset.find(("solutions", "virtualEvents")).collections
    assert len(dataset.transcripts(organizer)) == 2
    assert len(dataset.ids(("users", organizer, "adhocCalls"))) == 3
    assert len(dataset.call_records) == 4
    assert {len(communications[log]) for log in LOGS} == {5}
    assert len(dataset.descendants(("users", organizer), "onlineMeetings", "attendanceReports")) == 6
    assert (len(events["webinars"]), len(events["townhalls"])) == (7, 8)


def test_a_single_valued_property_can_be_removed(site: Site) -> None:
    record = site.emulator.dataset.call_records[0]["id"]
    site.emulator.dataset.remove(("communications", "callRecords", str(record), "organizer_v2"))
    site.refused(f"{site.record}/organizer_v2", 404, "itemNotFound")
    assert site.json(site.record)["organizer_v2"] is None
    assert "organizer_v2" not in site.get(site.record, prefer="omit-values=nulls").text


def test_a_dataset_can_be_empty() -> None:
    with running(Dataset.generate(organizers=0)) as site:
        assert site.json("/communications/callRecords")["value"] == []


def test_names_have_letters_of_many_scripts_and_addresses_have_not() -> None:
    users: list[Any] = [FakeValues(seed).user() for seed in range(200)]
    assert any(not user["displayName"].isascii() for user in users)
    assert all(user["userPrincipalName"].isascii() for user in users)


def test_times_are_written_unevenly() -> None:
    draw = FakeValues(1)
    texts = {draw.varied_timestamp(draw.start("2026-01-15T10:00:00.123456Z")) for _ in range(50)}
    assert texts == {"2026-01-15T10:00:00Z", "2026-01-15T10:00:00.12345+00:00", "2026-01-15T10:00:00.1234560Z"}


def test_decimals_have_the_scale_asked_for() -> None:
    assert {Decimal(FakeValues(seed).decimal(4).text).as_tuple().exponent for seed in range(20)} == {-4}
