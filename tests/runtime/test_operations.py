"""Documented requests found by URL template, and what is known of them."""

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
)
from graph_meetings_runtime.http.error_response import error_of
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.availability import Availability
from graph_meetings_runtime.operations.operation import OperationTable, Returns

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
