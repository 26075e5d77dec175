"""The documented requests, written as a user would."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings import CallRecording, OnlineMeeting, PstnCallLogRow
from graph_meetings_runtime import LinkRefused, QueryParameters
from tests.support.documented_requests import REQUESTS, client

ROOT = "https://graph.microsoft.com"
URLS = Path(__file__).parents[1] / "data" / "expected-urls.tsv"
# Notifications are not asked for, and live events are deprecated.
OUT_OF_SCOPE = {"subscriptions.resource_string", "online_meetings.live_event_artifact", "page.next"}


def lines(*, of_pages: bool) -> Iterator[Any]:
    text = URLS.read_text(encoding="utf-8")
    for number, row in enumerate(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), 1):
        if not row[0].startswith("#") and of_pages == (row[0] == "page.next"):
            yield pytest.param(row[0], json.loads(row[1]), row[2], id=f"line {number} {row[0]}")


def documented(url: str) -> str:
    """Read a documented URL as its notes say.

    No space after a comma, no slash at the end of the path, `+` for a blank, the segment form of keys, the case of the
    metadata, and the user and the quotes that one page forgot.
    """
    path, question, query = url.partition("?")
    path = re.sub(r", (?=\w+=)", ",", unquote(path)).removesuffix("/")
    path = re.sub(r"(me/onlineMeetings)\('([^']*)'\)", r"\1/\2", path)
    path = path.replace("/attendancerecords", "/attendanceRecords")
    path = re.sub(r"^/v1.0/adhocCalls/(.*)userId=([^,']+),", r"/v1.0/users/\2/adhocCalls/\1userId='\2',", path)
    return path + question + unquote_plus(query)


@pytest.mark.parametrize(
    ("operation", "arguments", "expected"),
    [line for line in lines(of_pages=False) if line.values[0] not in OUT_OF_SCOPE],
)
def test_a_documented_request_is_produced_exactly(operation: str, arguments: dict[str, Any], expected: str) -> None:
    request = REQUESTS[operation](arguments)
    assert unquote(request.url).removeprefix(ROOT) == documented(expected)


def test_every_way_to_write_a_request_is_documented() -> None:
    assert {line.values[0] for line in lines(of_pages=False)} - OUT_OF_SCOPE == REQUESTS.keys()


@pytest.mark.parametrize(("operation", "arguments", "expected"), [*lines(of_pages=True)])
def test_a_documented_next_link_is_followed_as_it_is_or_refused(
    operation: str, arguments: dict[str, Any], expected: str
) -> None:
    link = ROOT + expected
    if "$metadata#" in expected:
        with pytest.raises(LinkRefused, match="metadata"):
            client().me.online_meetings.with_url(link)
    else:
        followed = client().me.online_meetings.with_url(link).to_get_request_information().url
        assert (unquote(followed), followed.count(" ")) == (link, 0)
    assert (operation, set(arguments)) == ("page.next", {"from"})


def test_the_organizer_defaults_to_the_user_in_the_path() -> None:
    builder = client().users.by_user_id("u-1").online_meetings.get_all_recordings()
    url = unquote(builder.to_get_request_information().url)
    assert url == f"{ROOT}/v1.0/users/u-1/onlineMeetings/getAllRecordings(meetingOrganizerUserId='u-1')"


def test_without_a_user_in_the_path_the_organizer_has_to_be_given() -> None:
    with pytest.raises(ValueError, match="/me/onlineMeetings has no user id, so pass one"):
        client().me.online_meetings.get_all_recordings()
    url = (
        client().me.online_meetings.get_all_recordings(meeting_organizer_user_id="u-2").to_get_request_information().url
    )
    assert unquote(url).endswith("/me/onlineMeetings/getAllRecordings(meetingOrganizerUserId='u-2')")


@pytest.mark.parametrize(
    "end", [None, date(2024, 1, 31), datetime(2024, 1, 31, tzinfo=UTC), "2024-01-31T00:00:00.1234567Z"]
)
def test_each_date_is_optional(end: date | str | None) -> None:
    url = unquote(
        client()
        .users.by_user_id("u")
        .online_meetings.get_all_recordings(end_date_time=end)
        .delta()
        .to_get_request_information()
        .url
    )
    expected = {
        None: "",
        date(2024, 1, 31): ",endDateTime=2024-01-31",
        datetime(2024, 1, 31, tzinfo=UTC): ",endDateTime=2024-01-31T00:00:00Z",
        "2024-01-31T00:00:00.1234567Z": ",endDateTime=2024-01-31T00:00:00.1234567Z",
    }[end]
    assert url.endswith(f"/getAllRecordings(meetingOrganizerUserId='u'{expected})/delta")


def test_a_naive_datetime_is_refused_before_anything_is_sent() -> None:
    meetings = client().users.by_user_id("u").online_meetings
    with pytest.raises(ValueError, match="start_date_time: the datetime 2024-01-15T00:00:00 is naive"):
        meetings.get_all_recordings(start_date_time=datetime(2024, 1, 15))  # noqa: DTZ001  the point


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        ".",
        "..",
        "delta",
        "Delta()",
        "getPstnCalls(fromDateTime=x)",
        "microsoft.graph.callRecords.getPstnCalls()",
    ],
)
def test_an_id_that_would_name_another_url_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="the URL would name something else"):
        client().users.by_user_id(key)
    with pytest.raises(ValueError, match="the URL would name something else"):
        client().me.online_meetings.by_online_meeting_id(key)


def test_an_id_that_only_has_the_name_of_a_function_in_it_is_one() -> None:
    for key in ("delta@contoso.example", "x.delta", "deltas"):
        client().users.by_user_id(key)


def test_an_id_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="user_id must be a string or a UUID, not None"):
        client().users.by_user_id(None)
    with pytest.raises(ValueError, match=r"user_id cannot be .* not valid Unicode"):
        client().users.by_user_id("\ud800")


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda key: key.strip() not in {"", ".", ".."} and key[0] != "$"
    )
)
def test_an_id_stays_in_its_segment(key: str) -> None:
    url = client().users.by_user_id(key).online_meetings.to_get_request_information().url
    segments = url.removeprefix(f"{ROOT}/v1.0/").split("/")
    assert [unquote(segment) for segment in segments] == ["users", key, "onlineMeetings"]


@pytest.mark.parametrize(
    ("key", "segment"),
    [
        ("$abc@def.com", "users('$abc%40def.com')"),
        ("$o'brien@def.com", "users('$o''brien%40def.com')"),
        ("$count", "users('$count')"),
        ("$a/b?c", "users('$a%2Fb%3Fc')"),
        ("microsoft.graph.user", "users('microsoft.graph.user')"),
        ("Microsoft.Graph.User", "users('Microsoft.Graph.User')"),
        ("abc$def", "users/abc%24def"),
        ("o'brien@def.com", "users/o%27brien%40def.com"),
        ("graph@def.com", "users/graph%40def.com"),
        ("a(b)", "users/a%28b%29"),
        ("a/b", "users/a%2Fb"),
        ("%24abc", "users/%2524abc"),
    ],
)
def test_an_id_that_a_segment_cannot_carry_stands_in_parentheses(key: str, segment: str) -> None:
    builder = client().users.by_user_id(key).online_meetings
    # A URL shows `$` as it is or percent-encoded; both mean the same.
    url = builder.to_get_request_information().url.replace("('%24", "('$")
    assert url == f"{ROOT}/v1.0/{segment}/onlineMeetings"
    assert builder.permissions == client().users.by_user_id("u").online_meetings.permissions is not None
    literal = key.replace("'", "''")
    call = unquote(builder.get_all_recordings().to_get_request_information().url).rpartition("/")[2]
    assert call == f"getAllRecordings(meetingOrganizerUserId='{literal}')" or "/" in key


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_key_in_parentheses_stays_there(rest: str) -> None:
    url = client().users.by_user_id(f"${rest}").online_meetings.to_get_request_information().url
    segment = url.removeprefix(f"{ROOT}/v1.0/").removesuffix("/onlineMeetings")
    assert not set("/?#") & set(segment)
    literal = unquote(segment).removeprefix("users('").removesuffix("')")
    assert literal.replace("''", "'") == f"${rest}"
    assert "'" not in literal.replace("''", "")


def test_a_uuid_is_an_id() -> None:
    id_ = UUID("78e51061-7311-48a3-82ce-6f447ed4d57b")
    untyped: Any = client().users
    meetings = untyped.by_user_id(id_).online_meetings
    assert meetings.to_get_request_information().url.endswith(f"/users/{id_}/onlineMeetings")
    by_argument = meetings.get_all_recordings(meeting_organizer_user_id=id_)
    assert (
        by_argument.to_get_request_information().url == meetings.get_all_recordings().to_get_request_information().url
    )
    with pytest.raises(TypeError, match="must be a string or a UUID, not 5"):
        meetings.get_all_recordings(meeting_organizer_user_id=5)


def test_builders_and_the_client_show_where_they_lead() -> None:
    graph = client()
    assert repr(graph) == f"GraphMeetingsClient('{ROOT}/v1.0')"
    meetings = graph.users.by_user_id("ann@contoso.com").online_meetings
    assert repr(meetings) == "OnlineMeetingsRequestBuilder('/users/ann%40contoso.com/onlineMeetings')"
    call = meetings.get_all_recordings(start_date_time=date(2026, 1, 15))
    shown = "getAllRecordings(meetingOrganizerUserId='ann%40contoso.com',startDateTime=2026-01-15)"
    assert repr(call) == f'CallRecordingsRequestBuilder("/users/ann%40contoso.com/onlineMeetings/{shown}")'
    assert repr(call.delta()) == f'DeltaRequestBuilder("/users/ann%40contoso.com/onlineMeetings/{shown}/delta")'
    stored = meetings.with_url(f"{ROOT}/v1.0/users/u/onlineMeetings?$skiptoken=secret")
    assert repr(stored) == "OnlineMeetingsRequestBuilder('/users/u/onlineMeetings')"


async def test_wrong_use_is_an_error_that_names_the_right_word() -> None:
    meetings: Any = client().me.online_meetings
    delta: Any = client().users.by_user_id("u").online_meetings.get_all_recordings().delta()
    for iterable, name in ((meetings.list(), "Pager"), (delta.changes(), "Changes"), (aiter(meetings.list()), "")):
        with pytest.raises(TypeError, match=f"{name}.* is asynchronous: use `async for`, not `for`"):
            list(iterable)
        with pytest.raises(TypeError, match=f"{name}.* cannot be awaited: use `async for`"):
            await iterable
    with pytest.raises(TypeError, match=r"use `async for … in builder\.list\(\)`"):
        list(meetings)
    with pytest.raises(TypeError, match=r"use `async for … in builder\.list\(\)`"):
        aiter(meetings)
    with pytest.raises(TypeError, match=r"use `async for … in builder\.changes\(\)`"):
        aiter(delta)
    with pytest.raises(TypeError, match=r"use `await builder\.get\(\)` for one page"):
        await meetings
    with pytest.raises(TypeError, match="unknown option 'limit'; options are count, expand, filter, headers"):
        await meetings.get(limit=3)
    with pytest.raises(
        TypeError, match=r"since must be the delta_link .*; for the items since a date, pass start_date"
    ):
        delta.changes(since=date(2026, 1, 1))
    with pytest.raises(TypeError, match="such as a page's odata_next_link, not None"):
        meetings.with_url(None)


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({"select": None, "filter": None, "top": None, "prefer": None, "headers": None, "count": None}, ""),
        ({"select": [], "filter": "", "expand": (), "search": ""}, ""),
        ({"select": OnlineMeeting.subject, "count": False}, "?$count=false&$select=subject"),
        ({"expand": OnlineMeeting.recordings, "orderby": "subject desc"}, "?$expand=recordings&$orderby=subject desc"),
        ({"top": 0, "select": (OnlineMeeting.id, "later")}, "?$select=id,later&$top=0"),
    ],
)
def test_options_are_what_they_say_or_nothing(options: dict[str, Any], query: str) -> None:
    request = client().me.online_meetings.to_get_request_information(**options)
    assert unquote(request.url).removeprefix(f"{ROOT}/v1.0/me/onlineMeetings") == query
    assert not request.headers.contains("Prefer")


def test_an_option_that_there_is_not_is_refused() -> None:
    meetings = client().me.online_meetings
    with pytest.raises(TypeError, match="unknown option 'fliter'; did you mean 'filter'"):
        meetings.to_get_request_information(fliter="x")
    content = meetings.by_online_meeting_id("m").recordings.by_call_recording_id("r").content
    with pytest.raises(TypeError, match="unknown option 'fromat'; did you mean 'format'"):
        content.to_get_request_information(fromat="text/vtt")
    assert content.to_get_request_information(accept=None, format=None, headers=None).url.endswith("/content")
    with pytest.raises(TypeError, match="unknown option 'top'; options are expand, headers, prefer, select"):
        meetings.by_online_meeting_id("m").to_get_request_information(top=5)


def test_fields_work_in_kiotas_configuration_too() -> None:
    parameters = QueryParameters(select=[OnlineMeeting.id, "subject"])
    request = client().me.online_meetings.to_get_request_information(RequestConfiguration(query_parameters=parameters))
    assert unquote(request.url).endswith("?$select=id,subject")


def test_a_builder_for_a_whole_url_is_still_the_same_builder() -> None:
    link = f"{ROOT}/v1.0/x?$skip=1000"
    records = client().communications.call_records
    log = records.get_pstn_calls(from_date_time="2026-01-01", to_date_time="2026-01-02").with_url(link)
    assert log.model is PstnCallLogRow
    assert log.to_get_request_information().url == link
    meeting = client().me.online_meetings.by_online_meeting_id("m")
    assert meeting.recordings.delta().with_url(link).model is CallRecording
    content = meeting.transcripts.by_call_transcript_id("t").content.with_url(link)
    assert content.to_get_request_information().headers.get("Accept") == {"text/vtt"}


def test_keywords_and_kiotas_configuration_make_the_same_request() -> None:

    meetings = client().me.online_meetings
    parameters = QueryParameters(select=["id", "subject"], top=5, filter="JoinWebUrl eq 'https://x'", count=True)
    by_configuration = meetings.to_get_request_information(RequestConfiguration(query_parameters=parameters))
    by_keywords = meetings.to_get_request_information(
        select=["id", "subject"], top=5, filter="JoinWebUrl eq 'https://x'", count=True
    )
    assert by_configuration.url == by_keywords.url
    assert unquote(by_keywords.url).endswith("?$count=true&$filter=JoinWebUrl eq 'https://x'&$select=id,subject&$top=5")
