from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from graph_meetings import CallRecord, OnlineMeeting
from graph_meetings_emulator import Dataset
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.odata.filters import compile_filter
from tests.emulator.support import Json, Site, ids, running


def test_select_keeps_only_what_was_asked_for(shared: Site) -> None:
    page = shared.json(f"{shared.recordings}?$select=id,CreatedDateTime")
    assert [set(item) for item in page["value"]] == [{"id", "createdDateTime"}] * 4
    assert page["@odata.context"].endswith("/recordings(id,createdDateTime)")


def test_select_works_on_one_object(shared: Site) -> None:
    one = shared.json(f"{shared.recordings}/{shared.items(shared.recordings)[0]['id']}?$select=callId")
    assert set(one) == {"@odata.context", "callId"}
    assert one["@odata.context"].endswith("/recordings(callId)/$entity")


def test_select_lasts_to_the_last_page(shared: Site) -> None:
    items = shared.items(f"{shared.recordings}?$select=id&$top=3")
    assert [set(item) for item in items] == [{"id"}] * 4


@pytest.mark.parametrize(
    "query",
    [
        "$select=nonsense",
        "$select=",
        "$nonsense=1",
        "$search=x",
        "$top=0",
        "$top=-1",
        "$top=x",
        "$top=1.5",
        "$top=",
        "$skip=-1",
        "$count=yes",
        "$top=1&$top=2",
        "$top=1&%24top=2",
        "$orderby=nonsense",
        "$orderby=id sideways",
        "$orderby=",
        "$filter=",
        "$filter=id eq",
        "$filter=nonsense eq 1",
        "$filter=id eq 5",
        "$filter=id eq unquoted",
        "$filter=id",
        "$filter=meetingStartDateTime gt '2026-01-15'",
        "$filter=meetingStartDateTime gt 2026-01-15T00:00:00",
        "$filter=nonsense(id)",
        "$filter=a/b/c/any(x:x eq 1)",
        "$filter=it's",
        "$filter=id eq 'a' and",
        "skipToken=nonsense",
        "$skiptoken=AAAA",
    ],
)
def test_an_option_that_makes_no_sense_is_refused(shared: Site, query: str) -> None:
    shared.refused(f"{shared.recordings.removesuffix('recordings')}attendanceReports?{query}")


@pytest.mark.parametrize("query", ["$expand=nonsense", "$orderby=nonsense", "$skip=-1", "$count=yes"])
def test_an_option_without_effect_is_not_even_read(shared: Site, query: str) -> None:
    assert shared.json(f"{shared.recordings}?{query}") == shared.json(shared.recordings)


@pytest.mark.parametrize("expression", ["not " * 2000 + "id eq 'a'", "(" * 5000, "id eq 'a'" + " or id eq 'a'" * 2000])
def test_a_filter_of_any_depth_is_answered(shared: Site, expression: str) -> None:
    shared.refused(f"{shared.recordings}?{urlencode({'$filter': expression})}")


def test_one_object_has_no_list_options(shared: Site) -> None:
    recording = f"{shared.recordings}/{shared.items(shared.recordings)[0]['id']}"
    for query in ("$top=1", "$filter=id eq 'x'", "$count=true"):
        shared.refused(f"{recording}?{query}")
    shared.refused(f"{recording}/content?$select=id")


def test_an_option_without_dollar_is_somebody_elses(shared: Site) -> None:
    assert shared.json(f"{shared.recordings}?model=A")["value"]


def test_a_plus_is_a_blank(shared: Site) -> None:
    wanted = shared.items(shared.recordings)[2]
    path = f"{shared.recordings}?$filter=contentcorrelationId+eq+'{wanted['contentCorrelationId']}'"
    assert shared.items(path) == [wanted]


@pytest.fixture(scope="module")
def reports() -> Iterator[tuple[Site, str]]:
    """A meeting with 12 attendance reports, whose list supports every option."""
    with running(page_size=5) as site:
        meeting = ("users", site.organizer, "onlineMeetings", site.emulator.dataset.add_meeting(site.organizer))
        for number in range(12):
            site.emulator.dataset.add(
                (*meeting, "attendanceReports"),
                {
                    "id": f"{number}",
                    "totalParticipantCount": number % 3,
                    "meetingStartDateTime": f"2026-01-{12 - number:02}T09:00:00Z",
                },
            )
        yield site, f"/{'/'.join(meeting)}/attendanceReports"


def test_count_true_counts_all_and_otherwise_the_page_is_counted(reports: tuple[Site, str]) -> None:
    site, path = reports
    assert [page["@odata.count"] for page in site.pages(f"{path}?$top=5")] == [5, 5, 2]
    assert [page["@odata.count"] for page in site.pages(f"{path}?$top=5&$count=true")] == [12] * 3


def test_orderby_sorts_across_pages(reports: tuple[Site, str]) -> None:
    site, path = reports
    everything = [str(number) for number in reversed(range(12))]
    for direction, expected in (("", everything), (" asc", everything), (" desc", everything[::-1])):
        assert ids(site.items(f"{path}?$top=5&$orderby=meetingStartDateTime{direction}")) == expected


def test_orderby_takes_several_properties(reports: tuple[Site, str]) -> None:
    site, path = reports
    items = site.items(f"{path}?$orderby=totalParticipantCount desc,meetingStartDateTime")
    by_time = sorted(items, key=lambda item: str(item["meetingStartDateTime"]))
    assert items == sorted(by_time, key=lambda item: int(item["totalParticipantCount"]), reverse=True)


def test_skip_leaves_out_the_first(reports: tuple[Site, str]) -> None:
    site, path = reports
    everything = ids(site.items(path))
    assert ids(site.items(f"{path}?$skip=7&$top=2")) == everything[7:]
    assert not site.items(f"{path}?$skip=99")


FIRST: Json = {
    "id": "1",
    "subject": "Pump Review",
    "allowRecording": True,
    "startDateTime": "2026-01-15T09:00:00.1234567Z",
    "joinMeetingIdSettings": {"joinMeetingId": "310004421906"},
    "participants": {"attendees": [{"upn": "ines", "order": 1}, {"upn": "tomasz", "order": 2}]},
}
SECOND: Json = {"id": "2", "subject": "it's", "allowRecording": False, "startDateTime": "2026-01-15T10:00:00+00:00"}


@pytest.fixture(scope="module")
def meetings() -> list[Entity]:
    dataset = Dataset()
    organizer = dataset.add_organizer()
    for meeting in (FIRST, SECOND):
        dataset.add(("users", organizer, "onlineMeetings"), dict(meeting))
    return list(dataset.root.descendants(("users", "onlineMeetings")))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("subject eq 'Pump Review'", "1"),
        ("Subject eq 'it''s'", "2"),
        ("subject ne 'it''s'", "1"),
        ("subject lt 'Q'", "1"),
        ("allowRecording eq true", "1"),
        ("allowRecording", "1"),
        ("not allowRecording", "2"),
        ("not(allowRecording eq true)", "2"),
        ("startDateTime eq 2026-01-15T10:00:00.1234567+01:00", "1"),
        ("startDateTime gt 2026-01-15T09:00:00.1234566Z and startDateTime lt 2026-01-15T09:00:00.1234568Z", "1"),
        ("startDateTime ge 2026-01-15T10:00:00Z", "2"),
        ("startDateTime le 2026-01-15T10:00:00.000Z", "12"),
        ("startDateTime lt 2026-01-16", "12"),
        ("JoinMeetingIdSettings/JoinMeetingId eq '310004421906'", "1"),
        ("joinMeetingIdSettings/joinMeetingId eq null", "2"),
        ("joinMeetingIdSettings/nonsense ne null", ""),
        ("id in ('2','3')", "2"),
        ("id in ('1')", "1"),
        ("contains(subject,'mp Rev')", "1"),
        ("startswith(tolower(subject),'pump')", "1"),
        ("endswith(toupper(subject),'S')", "2"),
        ("participants/attendees/any(a:a/upn eq 'tomasz' and a/order gt 1)", "1"),
        ("participants/attendees/any(a:a/upn eq 'ines' and a/order gt 1)", ""),
        ("participants/attendees/all(a:a/order ge 1)", "12"),
        ("participants/attendees/any()", "1"),
        ("id eq '1' or id eq '2'", "12"),
        ("id eq '1' or id eq '2' and subject eq 'x'", "1"),
        ("(id eq '1' or id eq '2') and subject eq 'x'", ""),
    ],
)
def test_filters(meetings: list[Entity], expression: str, expected: str) -> None:
    holds = compile_filter(expression, OnlineMeeting)
    assert "".join(meeting.id for meeting in meetings if holds(meeting)) == expected


def found(site: Site, path: str, expression: str) -> list[str]:
    return ids(site.items(f"{path}?{urlencode({'$filter': expression})}"))


def matching(site: Site, expression: str) -> list[Entity]:
    """Return the call records that meet a condition, also one that the service does not support."""
    holds = compile_filter(expression, CallRecord)
    communications = site.emulator.dataset.root.singles["communications"]
    return list(filter(holds, communications.collections["callRecords"].values()))


def test_call_records_are_found_by_participant_although_participants_are_not_expanded(shared: Site) -> None:
    records = ids(shared.items("/communications/callRecords"))
    participants = shared.items(f"{shared.record}/participants_v2")
    for participant in participants[1:]:
        expression = f"participants_v2/any(p:p/id eq '{participant['id']}')"
        assert found(shared, "/communications/callRecords", expression) == records[:1]
    both = f"participants_v2/any(p:p/id eq '{shared.organizer}')"
    assert found(shared, "/communications/callRecords", both) == [records[0], records[2]]
    shared.refused(f"/communications/callRecords?{urlencode({'$filter': f'not {both}'})}")


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("participants_v2/any(p:p/identity/phone/id ne null)", 3),
        ("Participants_V2/any(p:p/Identity/User/TenantId eq 'none')", 0),
        ("sessions/any(s:s/isTest eq true)", 0),
        ("sessions/all(s:s/isTest eq false)", 3),
        ("sessions/any()", 3),
        ("type eq 'groupCall' and modalities/any(m:m eq 'audio')", 3),
        ("organizer_v2/identity/phone/id ne null", 1),
        ("version ge 1", 3),
        ("nonsense/any(p:p/id eq 'x')", None),
    ],
)
def test_filters_reach_what_call_records_contain(shared: Site, expression: str, count: int | None) -> None:
    if count is None:
        with pytest.raises(ServiceError, match="Could not find a property named 'nonsense'"):
            matching(shared, expression)
    else:
        assert len(matching(shared, expression)) == count


def test_call_records_are_found_by_time(site: Site) -> None:
    for hour in (9, 10, 11):
        site.emulator.dataset.add_call_record(start=f"2025-01-15T{hour:02}:00:00Z")
    within = "startDateTime ge 2025-01-15T09:00:00Z and startDateTime lt 2025-01-15T11:00:00Z"
    assert len(found(site, "/communications/callRecords", within)) == 2


def test_a_meeting_is_found_by_what_people_know_of_it(shared: Site) -> None:
    (meeting,) = shared.items(shared.finding(1))
    number = meeting["joinMeetingIdSettings"]["joinMeetingId"]
    assert found(shared, shared.meetings, f"JoinWebUrl eq '{meeting['joinWebUrl']}'") == [meeting["id"]]
    assert found(shared, shared.meetings, f"joinMeetingIdSettings/joinMeetingId eq '{number}'") == [meeting["id"]]
    conference = f"VideoTeleconferenceId eq '{meeting['videoTeleconferenceId']}'"
    assert found(shared, "/communications/onlineMeetings/", conference) == [meeting["id"]]


STREAMS = "sessions/any(s:s/segments/any(g:g/media/any(m:m/streams/any(t:t/{}))))"


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        (STREAMS.format("averageJitter ge duration'PT0.001S'"), True),
        (STREAMS.format("averageJitter lt duration'PT0.100S'"), True),
        (STREAMS.format("averageJitter gt duration'P1D'"), False),
        (STREAMS.format("averagePacketLossRate lt INF"), True),
        (STREAMS.format("averagePacketLossRate lt -INF"), False),
        (STREAMS.format("averagePacketLossRate eq NaN"), False),
        ("version lt INF", True),
        ("version gt INF", False),
        ("version gt -INF", True),
        ("version ne NaN", True),
        ("type ne microsoft.graph.callRecords.callType'unknown'", True),
        ("type eq microsoft.graph.callRecords.callType'unknown'", False),
        ("type in (microsoft.graph.callRecords.callType'groupCall')", True),
    ],
)
def test_filters_know_durations_infinite_numbers_and_enumeration_literals(
    shared: Site, condition: str, matches: bool
) -> None:
    assert bool(matching(shared, condition)) == matches


def test_infinite_numbers_in_the_data_compare_as_numbers(site: Site) -> None:
    site.emulator.dataset.add(("communications", "callRecords"), {"id": "1", "version": "INF"})
    assert [record.id for record in matching(site, "version gt 999")] == ["1"]


@pytest.mark.parametrize("condition", ["version lt duration'PT1S'", "version eq duration'x'", "version eq x.y'z'"])
def test_literals_of_another_type_are_refused(shared: Site, condition: str) -> None:
    with pytest.raises(ServiceError):
        matching(shared, condition)
