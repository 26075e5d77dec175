from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

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
    items = shared.items(f"{shared.all_recordings}?$select=id&$top=5")
    assert [set(item) for item in items] == [{"@odata.type", "id"}] * 12


@pytest.mark.parametrize(
    "query",
    [
        "$select=nonsense",
        "$select=",
        "$nonsense=1",
        "$expand=recordings",
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
        "$filter=createdDateTime gt '2026-01-15'",
        "$filter=createdDateTime gt 2026-01-15T00:00:00",
        "$filter=nonsense(id)",
        "$filter=a/b/c/any(x:x eq 1)",
        "$filter=it's",
        "$filter=id eq 'a' and",
        "skipToken=nonsense",
        "$skiptoken=AAAA",
    ],
)
def test_an_option_that_makes_no_sense_is_refused(shared: Site, query: str) -> None:
    shared.refused(f"{shared.recordings}?{query}")


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


def test_count_true_counts_all_and_otherwise_the_page_is_counted(shared: Site) -> None:
    assert [page["@odata.count"] for page in shared.pages(f"{shared.all_recordings}?$top=5")] == [5, 5, 2]
    assert [page["@odata.count"] for page in shared.pages(f"{shared.all_recordings}?$top=5&$count=true")] == [12] * 3


def test_orderby_sorts_across_pages(shared: Site) -> None:
    everything = sorted(shared.items(shared.all_recordings), key=lambda item: str(item["createdDateTime"]))
    for direction, expected in (("", everything), (" asc", everything), (" desc", everything[::-1])):
        items = shared.items(f"{shared.all_recordings}?$top=5&$orderby=createdDateTime{direction}")
        assert ids(items) == ids(expected)


def test_orderby_takes_several_properties(shared: Site) -> None:
    items = shared.items(f"{shared.all_recordings}?$orderby=meetingId desc,createdDateTime")
    by_time = sorted(items, key=lambda item: str(item["createdDateTime"]))
    assert items == sorted(by_time, key=lambda item: str(item["meetingId"]), reverse=True)


def test_skip_leaves_out_the_first(shared: Site) -> None:
    everything = ids(shared.items(shared.all_recordings))
    assert ids(shared.items(f"{shared.all_recordings}?$skip=7&$top=2")) == everything[7:]
    assert not shared.items(f"{shared.all_recordings}?$skip=99")


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
def meetings() -> Iterator[tuple[Site, str]]:
    """A site whose second organizer has two known meetings and nothing else."""
    with running() as site:
        organizer = site.emulator.dataset.add_organizer()
        for meeting in (FIRST, SECOND):
            site.emulator.dataset.add(("users", organizer, "onlineMeetings"), dict(meeting))
        yield site, f"/users/{organizer}/onlineMeetings"


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
def test_filters(meetings: tuple[Site, str], expression: str, expected: str) -> None:
    site, path = meetings
    assert "".join(ids(site.items(f"{path}?{urlencode({'$filter': expression})}"))) == expected
