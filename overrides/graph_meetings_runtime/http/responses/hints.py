"""What to do about an error of the service, if its status, code, message and request make that certain.

Sources: the pages of the requests, https://learn.microsoft.com/graph/errors, and messages that public issues quote.
"""

from typing import Final

from graph_meetings_runtime.http.responses.hint_rule import Rule
from graph_meetings_runtime.http.responses.subscription_hints import SUBSCRIPTION_RULES
from graph_meetings_runtime.operations.operation import Operation, Permissions

START_OVER: Final = (
    "Start a full round: changes() without a link, or changes(since=link, resync=True); a DeltaStore forgets the link "
    "with restart(name)."
)
_OTHER_CALLER: Final = (
    "An app asks under the organizer's id. A signed-in user who is not the organizer asks under graph.me."
)
_FORBIDDEN: Final = 403

# The first match counts, so more specific rules come first.
_RULES: Final = (
    *SUBSCRIPTION_RULES,
    Rule(
        "An administrator of the tenant has switched off access to transcripts through Graph, and only an "
        "administrator can switch it on again.",
        code="GraphAccessToTranscriptsDisabled",
    ),
    Rule(
        "The tenant does not allow transcripts to name their speakers; ask for the text without them: "
        "content.get(accept='application/vnd.microsoft.graph.transcript+text').",
        code="SpeakerAttributionNotAllowed",
    ),
    Rule(
        "The meeting was created through the API, not by a calendar event, and the service answers this request only "
        "for meetings that are in a calendar.",
        says="no icaluid found|calendar backed onlinemeeting",
    ),
    Rule(
        "Find the meeting with filter=\"VideoTeleconferenceId eq '…'\"; the service supports no other filter here.",
        says="^filter expression expected",
        path="^/communications/",
    ),
    Rule(
        "Find the meeting with find(join_url), or by "
        "filter=\"joinMeetingIdSettings/joinMeetingId eq '…'\"; the service does not list meetings without one.",
        says="^filter expression expected",
    ),
    Rule(
        "The user in the path and meeting_organizer_user_id must be the same user.",
        says="userid must match organizerid|organizer ?id mismatch",
        path="meetingOrganizerUserId",
    ),
    Rule(_OTHER_CALLER, says="userid must match organizerid|organizer ?id mismatch"),
    Rule(
        "A signed-in user's token works under graph.me and under the user's own id only.",
        says="user ?id must match the api caller",
    ),
    Rule(
        "The meeting has another organizer: the service finds meetings under the id of their organizer only.",
        says=r"^3003\b|does not have access to lookup meeting",
        path="/onlineMeetings$",
    ),
    Rule(
        "The signed-in user is not on the meeting's roster. No permission changes that: sign in as the organizer or "
        "as someone who was invited.",
        says=r"^3003\b|does not have access to lookup meeting",
    ),
    Rule(
        "An id in the path does not have the form that the service expects: pass the object's id as the service gave "
        "it, not a join URL or the meeting id of an invitation.",
        says="unexpected id format",
    ),
    Rule(
        "select, filter, orderby or expand names a property that the type does not have; check the spelling.",
        says="could not find a property named",
    ),
    Rule(
        "The service could not parse an expression in the URL: check the filter and the arguments of the function.",
        status=400,
        says="(expression expected|syntax error) at position",
    ),
    Rule("Ask for a format that the content has, such as accept='text/vtt'.", says="^invalid format '"),
    Rule("Ask for a smaller page with top.", says="invalid page size specified"),
    Rule("base_url ends with the version: /v1.0 or /beta.", status=400, says="^invalid version"),
    Rule(
        "The dates may be at most 90 days apart; split the range.",
        status=406,
        path="/(getPstnCalls|getDirectRoutingCalls)",
    ),
    Rule(
        "There is no call record with this id, or not any more: the service keeps them for 30 days. The id of a row in "
        "a call log is not the id of a call record.",
        status=404,
        path=r"^/communications/callRecords/\{id\}(/[a-z]+(_v2)?)?$",
    ),
    Rule(
        "There is no such object, or not any more: what a meeting left behind can be read until the meeting expires.",
        status=404,
        path=r"/onlineMeetings/\{id\}/",
    ),
    Rule(
        "An application has no graph.me: use graph.users.by_user_id(…), or a credential with which a user signs in.",
        says="only valid with delegated authentication",
        path="^/me",
    ),
    Rule(
        "Ask for it as an advanced query: with count=True and headers={'ConsistencyLevel': 'eventual'}.",
        code="Request_UnsupportedQuery",
        path="^/users$",
    ),
    Rule("One of the ids in the path does not exist; check them.", status=404, path=r"\{id\}"),
    Rule("Sign in again, and check that the credential's authority belongs to the client's cloud.", status=401),
    Rule(
        "Metering of these requests ended on 2025-08-25; report this to Microsoft support with the request id.",
        status=402,
    ),
    Rule("Send fewer requests at a time, or give the client a more patient Retry.", status=429),
    Rule(
        "The service failed; try again later. If it lasts, report it to Microsoft support with the request id.",
        status=500,
    ),
    Rule("A gateway failed; try again later.", status=502),
    Rule("The service is overloaded or down; try again later, or give the client a more patient Retry.", status=503),
    Rule("A gateway gave up waiting; try again later, or ask for less at a time.", status=504),
)


def hint_for(status: int, code: str | None, message: str, operation: Operation | None) -> str | None:
    """Return what to do, or `None` if that is not known."""
    path = operation.path if operation else ""
    found = next((rule.hint for rule in _RULES if rule.fits(status, code, message, path)), None)
    if found is None and status == _FORBIDDEN and operation is not None:
        return _permission_hint(code, message, operation)
    return found


def _permission_hint(code: str | None, message: str, operation: Operation) -> str | None:
    """Return the permissions that the documents require for the request, without those that the error rules out."""
    permissions = operation.permissions
    if permissions.depends_on:
        return f"The permission depends on {permissions.depends_on}: {_all_of(permissions)}."
    needs = [f"application permission {name} ({_consent(name)})" for name in permissions.application[:1]]
    needs += [f"delegated permission {name}" for name in permissions.delegated[:1]]
    if not needs:
        return None
    required = f"The request needs the {' or the '.join(needs)}"
    if not permissions.needs_access_policy or code == "Authorization_RequestDenied":
        return f"{required}."
    user = "the user in the path" if "/users/" in operation.path else "the organizer of the event"
    policy = f"an application access policy for {user}, which takes up to 30 minutes to take effect"
    if "access policy" in message.lower():
        return f"The app needs {policy}. {required}."
    return f"{required}; an app also needs {policy}."


def _all_of(permissions: Permissions) -> str:
    kinds = (("application", permissions.application), ("delegated", permissions.delegated))
    return "; ".join(f"{kind} {', '.join(names)}" for kind, names in kinds if names)


def _consent(permission: str) -> str:
    return "resource-specific consent" if permission.endswith(".Chat") else "with admin consent"
