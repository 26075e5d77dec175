"""Documented requests found by URL template, and what is known of them and their options."""

import time
import warnings

import httpx
import pytest

from graph_meetings_runtime import (
    AccessDenied,
    Cloud,
    CloudAvailabilityWarning,
    NotAvailableInCloud,
    Operation,
    Permissions,
    SpeakerAttributionNotAllowed,
    TranscriptsDisabled,
    UndocumentedOptionWarning,
)
from graph_meetings_runtime.http.responses.error_response import error_of
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.availability import Availability
from graph_meetings_runtime.operations.filter_terms import filter_terms
from graph_meetings_runtime.operations.operation import OperationTable, Returns
from graph_meetings_runtime.operations.query_options import QueryOptions, Refusal

ALL = Operation(
    "/users/{id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId={a},startDateTime={b})/delta",
    Returns.MANY,
    Model,
    permissions=Permissions(application=("OnlineMeetingRecording.Read.All",), needs_access_policy=True),
    missing_in=(Cloud.CHINA,),
    doubtful_in=(Cloud.US_GOV_L4, Cloud.US_GOV_L5),
)
RECORDS = Operation("/communications/callRecords/{id}", Returns.ONE, Model)
LOG = Operation("/communications/callRecords/getPstnCalls(fromDateTime={a},toDateTime={b})", Returns.MANY, Model)
TABLE = OperationTable([ALL, RECORDS, LOG])
TEMPLATE = "{+baseurl}/users/{user%2Did}/onlineMeetings/{+getAllRecordings}/delta{?%24top}"


def test_an_operation_is_found_by_its_url_template() -> None:
    assert TABLE.find(TEMPLATE) is ALL
    assert TABLE.find("{+baseurl}/communications/callRecords/{callRecord%2Did}{?%24select,%24expand}") is RECORDS
    assert TABLE.find("{+baseurl}/communications/callRecords/{+getPstnCalls}") is LOG
    assert TABLE.find("{+baseurl}/communications/callRecords") is None
    assert TABLE.find("") is None


def test_a_request_that_the_cloud_lacks_is_refused() -> None:
    with pytest.raises(NotAvailableInCloud, match=r"Cloud\.CHINA does not support /users"):
        Availability(TABLE, Cloud.CHINA).check(TEMPLATE)
    assert Availability(TABLE, Cloud.GLOBAL).check(TEMPLATE) is ALL


def test_a_doubtful_request_warns_once() -> None:
    availability = Availability(TABLE, Cloud.US_GOV_L5)
    with pytest.warns(CloudAvailabilityWarning, match="not documented"):
        assert availability.check(TEMPLATE) is ALL
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        availability.check(TEMPLATE)
        availability.check("{+baseurl}/communications/callRecords/{callRecord%2Did}")


def error(status: int, code: str, operation: Operation | None) -> str:
    content = f'{{"error": {{"code": "{code}", "message": "made up"}}}}'.encode()
    return str(error_of(status, httpx.Headers(), content, operation).hint)


def test_a_hint_says_what_to_do() -> None:
    denied = error(403, "Forbidden", ALL)
    assert "application permission OnlineMeetingRecording.Read.All" in denied
    assert "application access policy" in denied
    assert "access policy" not in error(403, "Forbidden", RECORDS)
    assert "30 days" in error(404, "NotFound", RECORDS)
    assert "90 days" in error(406, "NotAcceptable", LOG)
    assert "full round" in error(410, "resyncRequired", ALL)
    assert "full round" in error(400, "syncStateNotFound", ALL)
    assert "fewer requests" in error(429, "TooManyRequests", None)
    assert error(418, "Teapot", None) == "None"


def test_the_code_is_the_innermost_that_says_something() -> None:
    body = b'{"error": {"code": "TooManyRequests", "innerError": {"code": "429", "status": "429"}}}'
    assert error_of(429, httpx.Headers(), body).code == "TooManyRequests"


def test_the_transcript_switches_have_errors_of_their_own() -> None:
    def inner(code: str) -> AccessDenied:
        content = f'{{"error": {{"code": "Forbidden", "message": "x", "innerError": {{"code": "{code}"}}}}}}'.encode()
        found = error_of(403, httpx.Headers(), content)
        assert isinstance(found, AccessDenied)
        assert found.code == code
        return found

    disabled = inner("GraphAccessToTranscriptsDisabled")
    assert isinstance(disabled, TranscriptsDisabled)
    assert "administrator" in str(disabled.hint)
    speakers = inner("SpeakerAttributionNotAllowed")
    assert isinstance(speakers, SpeakerAttributionNotAllowed)
    assert "transcript+text" in str(speakers.hint)


# Query options

LISTED = QueryOptions(
    listed=("filter", "top"),
    filters=("startDateTime ge", "participants/id eq"),
    ignored=("select",),
    refused=(Refusal("filter", code="InvalidArgument"), Refusal("expand")),
)
CALLS = Operation("/calls", Returns.MANY, Model, options=LISTED)
FOUND = Operation("/calls/find(by={by})", Returns.MANY, Model, options=QueryOptions())
CALLS_TEMPLATE = "{+baseurl}/calls{?%24top}"


def warned(availability: Availability, template: str, **options: object) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        availability.check(template, {f"%24{name}": value for name, value in options.items()})
    assert all(warning.category is UndocumentedOptionWarning for warning in caught)
    return [str(warning.message) for warning in caught]


def calls() -> Availability:
    return Availability(OperationTable([CALLS, FOUND, RECORDS]), Cloud.GLOBAL)


def test_an_option_that_no_document_lists_warns_once_for_each_request() -> None:
    availability = calls()
    assert warned(availability, CALLS_TEMPLATE, select=["id"]) == [
        "$select is not documented for /calls: the service ignores it. Expect every property."
    ]
    assert warned(availability, CALLS_TEMPLATE, select=["id"], count=True) == [
        "$count is not documented for /calls: the service may ignore or refuse it. Count the items in Python instead."
    ]
    assert len(warned(availability, "{+baseurl}/calls/{+find}", select=["id"], count=True)) == 2
    assert not warned(availability, "{+baseurl}/calls/{+find}", select=["id"], count=True)
    assert len(warned(calls(), CALLS_TEMPLATE, select=["id"])) == 1


def test_a_refused_option_names_its_error() -> None:
    [text] = warned(calls(), CALLS_TEMPLATE, expand="x")
    assert text.startswith("$expand is not documented for /calls: the service refuses it (400 BadRequest). Request")


def test_a_filter_warns_of_what_the_documents_do_not_compare() -> None:
    for right in (
        "startDateTime ge 2026-01-01",
        "StartDateTime  ge 2026-01-01 and participants/any(p:p/ID eq 'x eq y')",
    ):
        assert not warned(calls(), CALLS_TEMPLATE, filter=right)
    [text] = warned(calls(), CALLS_TEMPLATE, filter="startDateTime ge 2026-01-01 and type eq 'secret'")
    what = "$filter by 'type eq' is not documented for /calls (documented: startDateTime ge, participants/id eq)"
    assert text.startswith(f"{what}: the service refuses it (400 InvalidArgument). Filter the items in Python")


@pytest.mark.parametrize(
    "template", ["{+baseurl}/calls/unknown", "{+baseurl}/communications/callRecords/{callRecord%2Did}"]
)
def test_where_nothing_is_known_nothing_warns(template: str) -> None:
    assert not warned(calls(), template, select=["id"], search="x")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a eq 'b eq c'", {"a eq"}),
        ("a eq 'it''s d eq e' or B/C ne 1", {"a eq", "b/c ne"}),
        ("not (a ge 1)", {"a ge", "not"}),
        ("contains(subject,'x')", {"subject contains"}),
        ("x/any(y:y/z/any(w:w/v eq 1))", {"x/z/v eq"}),
        ("x/all(y:y/z eq 1)", {"x all", "x/z eq"}),
        ("a/any(a:a/b eq 1)", {"a/b eq"}),
        ("a/any(b:b/c eq 1) and b/any(a:a/c eq 1)", {"a/c eq", "b/c eq"}),
        ("id in ('a','b')", {"id in"}),
        ("a eq 'never closed b eq c", {"a eq"}),
        ("", set[str]()),
    ],
)
def test_the_comparisons_of_a_filter_are_found_without_its_values(text: str, terms: set[str]) -> None:
    assert filter_terms(text) == terms


def test_a_hostile_filter_takes_no_time() -> None:
    begun = time.process_time()
    for text in ("a" * 100_000, "a/" * 50_000, "'" * 100_001, "a/any(b:" * 10_000, "a eq " * 20_000):
        filter_terms(text)
    assert time.process_time() - begun < 2
