"""A hint says what the status, the code, the message and the request prove, and nothing else."""

import re

import httpx
import pytest

from graph_meetings.operations import OPERATIONS
from graph_meetings_runtime import Operation, Permissions
from graph_meetings_runtime.http.responses.error_response import error_of
from graph_meetings_runtime.json_codec import encode_json
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.operation import Returns

USER = "/users/{id}/onlineMeetings"
MINE = "/me/onlineMeetings"
ALL_RECORDINGS = f"{USER}/getAllRecordings(meetingOrganizerUserId={{meetingOrganizerUserId}})"

SUBSCRIPTIONS = "/subscriptions"
OF_SUBSCRIPTIONS = [
    (
        403,
        "ExtensionError",
        "Exception: [Status Code: Forbidden; Reason: Maximum number of subscriptions has been reached]",
        "quota",
    ),
    (400, "ValidationError", "Subscription validation request failed. Must respond with 200 OK.", "10 seconds"),
    (400, "InvalidRequest", "Subscription validation request timed out.", "10 seconds"),
    (400, "ValidationError", "no", "handshake"),
    (400, "ExtensionError", "Subscription expiration can only be 4230 minutes in the future.", "call records 4,230"),
    (
        400,
        "ExtensionError",
        "Exception: [Status Code: BadRequest; Reason: Expiration time 'x' is beyond allowed max 'y'.]",
        "4,320 minutes",
    ),
    (
        400,
        "InvalidRequest",
        "lifecycleNotificationUrl is a required property for subscription creation on this resource",
        "lifecycle_notification_url",
    ),
    (
        409,
        "ExtensionError",
        "Exception: [Status Code: Conflict; Reason: A subscripton already exists. It must be deleted]",
        "graph.subscriptions.list",
    ),
]


def hint(status: int, code: str, message: str, path: str | None = None, *, needs_access_policy: bool = True) -> str:
    """The hint of an error that the service answers a request with."""
    permissions = Permissions(("Delegated.Read",), ("Application.Read.All",), needs_access_policy)
    operation = None if path is None else Operation(path, Returns.MANY, Model, permissions=permissions)
    body = encode_json({"error": {"code": code, "message": message}})
    return str(error_of(status, httpx.Headers(), body, operation).hint)


@pytest.mark.parametrize(
    ("status", "code", "message", "path", "expected"),
    [
        (
            400,
            "BadRequest",
            "No iCalUid found. It is only supported for calendar backed OnlineMeeting",
            USER,
            "calendar",
        ),
        (400, "InvalidArgument", "Filter expression expected - /onlineMeetings?$filter=", USER, "find"),
        (
            400,
            "InvalidArgument",
            "Filter expression expected - /onlineMeetings?$filter=",
            "/communications/onlineMeetings",
            "VideoTeleconferenceId",
        ),
        (403, "Forbidden", "userId must match organizerId", f"{USER}/{{id}}/recordings", "graph.me"),
        (400, "BadRequest", "userId must match organizerId", ALL_RECORDINGS, "meeting_organizer_user_id"),
        (403, "Forbidden", "Organizer Id mismatch", f"{USER}/{{id}}/recordings", "organizer's id"),
        (403, "Forbidden", "OrganizerId mismatch.", ALL_RECORDINGS, "the same user"),
        (
            403,
            "Forbidden",
            "User Id must match the api caller when called in delegated mode",
            f"{USER}/{{id}}/transcripts",
            "graph.me",
        ),
        (403, "Forbidden", "3003: User does not have access to lookup meeting", f"{MINE}/{{id}}", "roster"),
        (403, "3003: User does not have access to lookup meeting", "no", f"{MINE}/{{id}}", "roster"),
        (403, "Forbidden", "3003: User does not have access to lookup meeting", USER, "another organizer"),
        (
            400,
            "BadRequest",
            "/me request is only valid with delegated authentication flow.",
            f"{MINE}/{{id}}",
            "An application has no graph.me",
        ),
        (400, "Request_UnsupportedQuery", "Unsupported Query.", "/users", "count=True and headers="),
        (403, "Forbidden", "no", "/solutions/virtualEvents/webinars", "access policy for the organizer of the event"),
        (400, "BadRequest", "Unexpected id format", f"{USER}/{{id}}", "form"),
        (
            400,
            "BadRequest",
            "Parsing OData Select and Expand failed: Could not find a property named 'subjekt' on type 'x'.",
            USER,
            "spelling",
        ),
        (400, "BadRequest", "Syntax error at position 88 in 'x'.", ALL_RECORDINGS, "arguments of the function"),
        (400, "BadRequest", "Invalid format '*/*' specified.", f"{USER}/{{id}}/transcripts/{{id}}/content", "text/vtt"),
        (400, "Request_UnsupportedQuery", "Invalid page size specified: '1000'.", USER, "top"),
        (400, "BadRequest", "Invalid version: users.", USER, "base_url"),
        (406, "NotAcceptable", "no", "/communications/callRecords/getPstnCalls(fromDateTime={f})", "90 days"),
        (404, "NotFound", "no", "/communications/callRecords/{id}", "30 days"),
        (404, "NotFound", "no", "/communications/callRecords/{id}/participants_v2", "30 days"),
        (404, "NotFound", "no", f"{USER}/{{id}}/recordings/{{id}}/content", "meeting expires"),
        *((status, code, message, SUBSCRIPTIONS, expected) for status, code, message, expected in OF_SUBSCRIPTIONS),
        (404, "ResourceNotFound", "The object was not found.", f"{SUBSCRIPTIONS}/{{id}}", "may have expired"),
        (
            403,
            "Forbidden",
            "No application access policy found for this app",
            USER,
            "^The app needs an application acc",
        ),
        (
            403,
            "Forbidden",
            "no",
            USER,
            "Application.Read.All .* or the delegated permission Delegated.Read; an app also",
        ),
    ],
)
def test_what_is_known_is_said(status: int, code: str, message: str, path: str, expected: str) -> None:
    assert re.search(expected, hint(status, code, message, path))


@pytest.mark.parametrize(
    ("status", "code", "message", "path"),
    [
        (400, "BadRequest", "no", ALL_RECORDINGS),
        (400, "BadRequest", "Channel based meetings are not handled.", USER),
        (400, "BadRequest", "no", None),
        (403, "Forbidden", "no", None),
        (404, "NotFound", "no", None),
        (404, "NotFound", "no", MINE),
        (406, "NotAcceptable", "no", "/communications/callRecords/{id}"),
        (410, "Gone", "no", f"{USER}/{{id}}/recordings/{{id}}/content"),
        (416, "invalidRange", "no", f"{USER}/{{id}}/recordings/{{id}}/content"),
        (418, "Teapot", "no", USER),
    ],
)
def test_what_proves_nothing_has_no_hint(status: int, code: str, message: str, path: str | None) -> None:
    assert hint(status, code, message, path) == "None"


@pytest.mark.parametrize(
    ("status", "code", "message", "path", "misleading"),
    [
        (400, "BadRequest", "No iCalUid found", USER, "dates|channel"),
        (400, "InvalidArgument", "Filter expression expected - x", USER, "dates|channel"),
        (403, "3003 x", "no", f"{USER}/{{id}}", "needs the|policy"),
        (403, "Forbidden", "userId must match organizerId", f"{USER}/{{id}}/recordings", "needs the|policy|consent"),
        (403, "Authorization_RequestDenied", "Insufficient privileges", USER, "policy"),
        (404, "NotFound", "no", "/users/{id}/onlineMeetings", "expire|30 days"),
        (404, "itemNotFound", "no", ALL_RECORDINGS, "expire|30 days"),
        (404, "NotFound", "no", "/communications/callRecords/{id}/sessions/{id}", "30 days"),
        (404, "NotFound", "no", "/solutions/virtualEvents/webinars/{id}", "expire|30 days"),
    ],
)
def test_what_an_error_does_not_prove_is_not_said(
    status: int, code: str, message: str, path: str, misleading: str
) -> None:
    assert not re.search(misleading, hint(status, code, message, path))


def test_an_expired_link_names_the_ways_to_start_over() -> None:
    for shown in (
        hint(410, "Gone", "no", f"{USER}/delta"),
        hint(410, "Gone", "no"),
        hint(400, "syncStateNotFound", "no"),
    ):
        assert "resync=True" in shown
        assert "restart(name)" in shown


def test_the_hints_speak_of_paths_that_there_are() -> None:
    paths = {operation.path for operation in OPERATIONS}
    hinted = {path: hint(404, "NotFound", "no", path) for path in paths if "{id}" in path}
    assert hinted
    assert sum("30 days" in shown for shown in hinted.values()) == 4
    assert all("expires" in shown for path, shown in hinted.items() if "/onlineMeetings/{id}/" in path)
    assert "None" not in hinted.values()


def test_a_permission_of_one_meeting_needs_the_consent_of_that_meeting() -> None:
    (operation,) = (one for one in OPERATIONS if one.path == "/solutions/virtualEvents/webinars/{id}/registrations")
    shown = error_of(403, httpx.Headers(), b"", operation).hint
    assert shown
    assert "application permission VirtualEvent.Read.Chat (resource-specific consent)" in shown


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if "/virtualEvents/" in one.path], ids=lambda one: one.path
)
def test_a_403_of_a_virtual_event_names_its_permissions(operation: Operation) -> None:
    shown = str(error_of(403, httpx.Headers(), b"", operation).hint)
    named = [names[0] for names in (operation.permissions.application, operation.permissions.delegated) if names]
    assert named
    assert all(name in shown for name in named)
    assert {name.partition(".")[0] for name in named} <= {"VirtualEvent", "OnlineMeetingArtifact"}
    assert "user in the path" not in shown


def test_a_permission_that_depends_on_something_is_named_with_it() -> None:
    (operation,) = (operation for operation in OPERATIONS if operation.path == SUBSCRIPTIONS)
    body = encode_json({"error": {"code": "Forbidden", "message": "no"}})
    shown = str(error_of(403, httpx.Headers(), body, operation).hint)
    assert "depends on the resource subscribed to: application CallRecords.Read.All, " in shown
    assert "; delegated OnlineMeetingRecording.Read.All, " in shown
