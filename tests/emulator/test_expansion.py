"""`$expand` on the tree of entities, with paging."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.emulator.support import Json, Site, ids

NEXT = "@odata.nextLink"
SESSION, PARTICIPANT = "microsoft.graph.callRecords.session", "microsoft.graph.callRecords.participant"


@pytest.fixture
def record(site: Site) -> str:
    """The path of a call record with 12 participants and 7 sessions of 3 segments."""
    added = site.emulator.dataset.add_call_record(participants=12, sessions=7, segments=3)
    return f"/communications/callRecords/{added['id']}"


def names(item: Json) -> set[str]:
    return {name for name in item if "@" not in name}


def rest(site: Site, item: Json, name: str) -> list[Any]:
    """Return all items of an expanded collection, following its links."""
    link = item.get(f"{name}{NEXT}")
    return [*item[name], *(site.items(link) if link else [])]


def test_what_is_contained_is_left_out_unless_expanded(shared: Site) -> None:
    one = shared.json(shared.record)
    listed = shared.json("/communications/callRecords")["value"][0]
    assert names(one) == names(listed)
    assert not names(one) & {"sessions", "participants_v2"}


def test_the_organizer_always_comes_with_a_call_record(shared: Site) -> None:
    for version in (shared.emulator.base_url, shared.emulator.beta_url):
        one = shared.json(version + shared.record)
        organizer = shared.json(f"{version}{shared.record}/organizer_v2")
        assert one["organizer_v2"] == {name: organizer[name] for name in one["organizer_v2"]}
        assert one["organizer_v2@odata.context"] == (
            f"{version}/$metadata#communications/callRecords('{one['id']}')/organizer_v2/$entity"
        )


def test_the_organizer_that_somebody_wrote_into_the_json_is_not_written_twice(site: Site) -> None:
    site.emulator.dataset.add(("communications", "callRecords"), {"id": "odd", "organizer_v2": {"id": "x"}})
    assert site.get("/communications/callRecords/odd").text.count("organizer_v2") == 1


def test_participants_are_expanded(shared: Site) -> None:
    one = shared.json(f"{shared.record}?$expand=participants_v2")
    assert one["participants_v2"] == shared.items(f"{shared.record}/participants_v2")
    assert one["@odata.context"].endswith("$metadata#communications/callRecords(participants_v2())/$entity")


def test_sessions_are_expanded_with_their_segments(shared: Site) -> None:
    one = shared.json(f"{shared.record}?$expand=sessions($expand=segments)")
    assert one["@odata.context"].endswith("#communications/callRecords(sessions(segments()))/$entity")
    for session in one["sessions"]:
        assert session["segments"] == shared.items(f"{shared.record}/sessions/{session['id']}/segments")
    assert one["sessions"] == shared.items(f"{shared.record}/sessions?$expand=segments")


def test_several_are_expanded_each_with_options_of_its_own(site: Site, record: str) -> None:
    site.emulator.page_sizes.of_type[SESSION] = 2
    one = site.json(f"{record}?$select=id&$expand=participants_v2($select=id),Sessions($select=id,isTest)")
    assert names(one) == {"id", "organizer_v2", "participants_v2", "sessions"}
    assert {frozenset(item) for item in one["participants_v2"]} == {frozenset({"id"})}
    assert [set(item) for item in one["sessions"]] == [{"id", "isTest"}] * 2
    assert one["@odata.context"].endswith("(id,participants_v2(id),sessions(id,isTest))/$entity")


def test_nested_options_filter_order_skip_and_count(site: Site) -> None:
    report = attendance_report(site)
    records = site.items(f"{report}/attendanceRecords")
    rest = [record for record in records if record["emailAddress"] != records[0]["emailAddress"]]
    wanted = sorted(rest, key=lambda record: int(record["totalAttendanceInSeconds"]), reverse=True)[1:]
    options = f"$filter=emailAddress ne '{records[0]['emailAddress']}';$orderby=totalAttendanceInSeconds desc;$skip=1"
    assert site.json(f"{report}?$expand=attendanceRecords({options})")["attendanceRecords"] == wanted
    one = site.json(f"{report}?$expand=attendanceRecords($count=true;$top=1)")
    assert one["attendanceRecords@odata.count"] == len(records)
    assert f"attendanceRecords{NEXT}" not in one  # that is all that is wanted


def test_options_of_what_is_expanded_are_those_of_its_own_path(site: Site, record: str) -> None:
    whole = site.json(f"{record}?$expand=sessions")
    assert site.json(f"{record}?$expand=sessions($top=2;$skip=1;$filter=id eq 'x';$orderby=id)") == whole
    deep = site.json(f"{record}?$expand=sessions($expand=segments)")
    assert site.json(f"{record}?$expand=sessions($expand=segments($select=id))") == deep


def attendance_report(site: Site) -> str:
    """Add an attendance report with 5 records, and return its path."""
    meeting = ("users", site.organizer, "onlineMeetings", site.emulator.dataset.meetings(site.organizer)[0])
    added = site.emulator.dataset.add_attendance_report(meeting, attendees=5)
    return f"/{'/'.join(meeting)}/attendanceReports/{added['id']}"


def test_an_attendance_report_is_expanded_with_its_records(shared: Site) -> None:
    reports = f"{shared.recordings.removesuffix('/recordings')}/attendanceReports"
    listed = shared.json(reports)["value"][0]
    assert "attendanceRecords" not in listed
    one = shared.json(f"{reports}/{listed['id']}?$expand=attendanceRecords")
    assert one["attendanceRecords"] == shared.items(f"{reports}/{listed['id']}/attendanceRecords")


def test_a_meeting_that_is_found_can_be_expanded(shared: Site) -> None:
    for meeting in shared.items(f"{shared.finding(1)}&$expand=recordings,transcripts"):
        assert meeting["recordings"] == shared.items(f"{shared.meetings}/{meeting['id']}/recordings")
        assert meeting["transcripts"] == shared.items(f"{shared.meetings}/{meeting['id']}/transcripts")


@pytest.mark.parametrize(("expand", "name", "size"), [("sessions", "sessions", 60), ("participants_v2", None, 130)])
def test_the_documented_page_sizes_hold(site: Site, expand: str, name: str | None, size: int) -> None:
    added = site.emulator.dataset.add_call_record(participants=131, sessions=61, segments=0)
    path = f"/communications/callRecords/{added['id']}"
    one = site.json(f"{path}?$expand={expand}")
    assert len(one[name or expand]) == size
    assert len(rest(site, one, expand)) == size + 1
    assert len(site.json(f"{path}/{expand}")["value"]) == size


def test_an_expanded_collection_goes_on_at_its_own_link(site: Site, record: str) -> None:
    site.emulator.page_sizes.of_type.update({SESSION: 3, PARTICIPANT: 5})
    one = site.json(f"{record}?$expand=participants_v2,sessions($expand=segments;$select=id)")
    assert [len(one[name]) for name in ("participants_v2", "sessions")] == [5, 3]
    assert one[f"participants_v2{NEXT}"].startswith(f"{site.emulator.base_url}{record}/participants_v2?skipToken=")
    assert ids(rest(site, one, "participants_v2")) == ids(site.items(f"{record}/participants_v2"))
    assert rest(site, one, "sessions") == site.items(f"{record}/sessions?$expand=segments&$select=id")
    assert [len(session["segments"]) for session in rest(site, one, "sessions")] == [3] * 7


def test_links_within_an_expansion_are_at_their_own_path(site: Site, record: str) -> None:
    site.emulator.page_sizes.default = 2
    for path in (
        f"{record}?$expand=sessions($expand=segments)",
        site.beta(f"{record}?$expand=sessions($expand=segments)"),
    ):
        session = site.json(path)["sessions"][0]
        assert session[f"segments{NEXT}"].partition("?")[0].endswith(f"{record}/sessions/{session['id']}/segments")
        assert len(rest(site, session, "segments")) == 3


def test_a_preferred_page_size_counts_for_the_collections_in_one_object(site: Site, record: str) -> None:
    response = site.get(f"{record}?$expand=sessions", prefer="odata.maxpagesize=2")
    assert response.headers["preference-applied"] == "odata.maxpagesize=2"
    assert len(response.json()["sessions"]) == 2
    assert len(rest(site, response.json(), "sessions")) == 7


def test_links_can_be_those_that_the_documents_print_which_lead_to_the_metadata(site: Site, record: str) -> None:
    site.emulator.page_sizes.of_type[SESSION] = 3
    site.emulator.expansion.metadata_links = True
    link = site.json(f"{record}?$expand=sessions($expand=segments)")[f"sessions{NEXT}"]
    key = record.rpartition("/")[2]
    assert link.startswith(
        f"{site.emulator.base_url}/$metadata#communications/callRecords('{key}')/sessions?$expand=segments&$skiptoken="
    )
    assert urlsplit(str(link)).path == "/v1.0/$metadata"
    assert site.get(link).headers["content-type"] == "application/xml", "the metadata, not a page"


@pytest.mark.parametrize(
    "expand",
    [
        "nonsense",
        "",
        ",",
        "startDateTime",
        "modalities",
        "sessions,sessions",
        "sessions(",
        "sessions)",
        "sessions()x",
        "sessions($expand=nonsense)",
        "sessions($select=nonsense)",
        "sessions($nonsense=1)",
        "sessions($search=x)",
        "sessions($top=1;$top=2)",
        "sessions($filter=id eq 'x)",
        "sessions/segments",
        "sessions($expand=" * 500 + "segments" + ")" * 500,
    ],
)
def test_what_cannot_be_expanded_is_refused(shared: Site, expand: str) -> None:
    shared.refused(f"{shared.record}?$expand={expand}")


def test_listed_call_records_cannot_be_expanded(shared: Site) -> None:
    assert "'$expand' is not supported" in shared.refused("/communications/callRecords?$expand=sessions")


def test_quotes_and_parentheses_in_a_nested_filter_are_its_own(site: Site) -> None:
    one = site.json(f"{attendance_report(site)}?$expand=attendanceRecords($filter=id in ('a;b','c,d)'))")
    assert one["attendanceRecords"] == []
