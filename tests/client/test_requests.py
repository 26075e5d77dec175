"""The documented requests, written as a user would."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation

from graph_meetings import GraphMeetingsClient
from graph_meetings_runtime import LinkRefused, QueryParameters
from graph_meetings_runtime.origin import safe_link
from tests.credentials import StaticCredential

ROOT = "https://graph.microsoft.com"
URLS = Path(__file__).parents[1] / "data" / "expected-urls.tsv"
Arguments = dict[str, Any]


def lines(*operations: str) -> Iterator[Any]:
    text = URLS.read_text(encoding="utf-8")
    for number, row in enumerate(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), 1):
        if row[0] in operations:
            yield pytest.param(row[0], json.loads(row[1]), row[2], id=f"line {number} {row[0]}")


def documented(url: str) -> str:
    """Read a documented URL as its notes say: no space after a comma, no slash at the end, `+` for a blank."""
    path, question, query = url.partition("?")
    path = re.sub(r", (?=\w+=)", ",", unquote(path)).removesuffix("/")
    path = re.sub(r"(me/onlineMeetings)\('([^']*)'\)", r"\1/\2", path)  # the segment form is the request form
    return path + question + unquote_plus(query)


def client(version: str = "v1.0") -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential("token"), base_url=f"{ROOT}/{version}")


def meetings(arguments: Arguments) -> Any:
    graph = client(arguments["version"])
    user = graph.me if arguments.get("me") else graph.users.by_user_id(arguments["user_id"])
    return user.online_meetings


def get_all(arguments: Arguments) -> Any:
    return meetings(arguments).get_all_recordings(
        meeting_organizer_user_id=arguments["meeting_organizer_user_id"],
        start_date_time=arguments.get("start"),
        end_date_time=arguments.get("end"),
    )


def recordings(arguments: Arguments) -> Any:
    return meetings(arguments).by_online_meeting_id(arguments["meeting_id"]).recordings


def recording(arguments: Arguments) -> Any:
    return recordings(arguments).by_call_recording_id(arguments["recording_id"])


def delta(arguments: Arguments) -> Any:
    builder = get_all(arguments).delta()
    if "skiptoken" in arguments:
        return builder.with_url(f"{builder.to_get_request_information().url}?$skiptoken={arguments['skiptoken']}")
    return builder


BUILDERS: dict[str, Callable[[Arguments], Any]] = {
    "recordings.get_all": get_all,
    "recordings.get_all_by_filter": lambda arguments: meetings(arguments).get_all_recordings(
        meeting_organizer_user_id=None
    ),
    "recordings.delta": delta,
    "recordings.list": recordings,
    "recordings.get": recording,
    "recordings.content": lambda arguments: recording(arguments).content,
}


@pytest.mark.parametrize(("operation", "arguments", "expected"), [*lines(*BUILDERS)])
def test_a_documented_request_is_produced_exactly(operation: str, arguments: Arguments, expected: str) -> None:
    options = {name: arguments[name] for name in ("top", "select", "filter") if name in arguments}
    if operation == "recordings.get_all_by_filter":
        options["filter"] = f"MeetingOrganizer/User/Id eq '{arguments['organizer_id']}'"
    request: RequestInformation = BUILDERS[operation](arguments).to_get_request_information(**options)
    assert unquote(request.url).removeprefix(ROOT) == documented(expected)


@pytest.mark.parametrize(("operation", "arguments", "expected"), [*lines("page.next")])
def test_a_documented_next_link_is_followed_as_it_is_or_refused(
    operation: str, arguments: Arguments, expected: str
) -> None:
    link = ROOT + expected
    if "$metadata#" in expected:
        with pytest.raises(LinkRefused):
            safe_link(link, f"{ROOT}/v1.0")
    else:
        followed = client().users.with_url(safe_link(link, f"{ROOT}/v1.0"))
        assert unquote(str(followed.path_parameters["request-raw-url"])) == link
    assert (operation, set(arguments)) == ("page.next", {"from"})


def test_the_organizer_defaults_to_the_user_in_the_path() -> None:
    builder = client().users.by_user_id("u-1").online_meetings.get_all_recordings()
    url = unquote(builder.to_get_request_information().url)
    assert url == f"{ROOT}/v1.0/users/u-1/onlineMeetings/getAllRecordings(meetingOrganizerUserId='u-1')"


def test_without_a_user_in_the_path_the_organizer_has_to_be_given() -> None:
    with pytest.raises(ValueError, match="/me/onlineMeetings has no user id in it"):
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
    with pytest.raises(ValueError, match="startDateTime: the datetime 2024-01-15T00:00:00 is naive"):
        meetings.get_all_recordings(start_date_time=datetime(2024, 1, 15))  # noqa: DTZ001  the point


@pytest.mark.parametrize("key", ["", " ", ".", ".."])
def test_an_id_that_would_name_another_url_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="the URL would name something else"):
        client().users.by_user_id(key)
    with pytest.raises(ValueError, match="the URL would name something else"):
        client().me.online_meetings.by_online_meeting_id(key)


def test_an_id_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="user-id is a string, not None"):
        client().users.by_user_id(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  the point


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda key: key.strip() not in {"", ".", ".."})
)
def test_an_id_stays_in_its_segment(key: str) -> None:
    url = client().users.by_user_id(key).online_meetings.to_get_request_information().url
    segments = url.removeprefix(f"{ROOT}/v1.0/").split("/")
    assert [unquote(segment) for segment in segments] == ["users", key, "onlineMeetings"]


def test_keywords_and_kiotas_configuration_make_the_same_request() -> None:

    meetings = client().me.online_meetings
    parameters = QueryParameters(select=["id", "subject"], top=5, filter="JoinWebUrl eq 'https://x'", count=True)
    by_configuration = meetings.to_get_request_information(RequestConfiguration(query_parameters=parameters))
    by_keywords = meetings.to_get_request_information(
        select=["id", "subject"], top=5, filter="JoinWebUrl eq 'https://x'", count=True
    )
    assert by_configuration.url == by_keywords.url
    assert unquote(by_keywords.url).endswith("?$count=true&$filter=JoinWebUrl eq 'https://x'&$select=id,subject&$top=5")
