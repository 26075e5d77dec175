"""What to do about an error of the service, as far as its code, its status and the request tell.

Sources: the pages of the requests, and https://learn.microsoft.com/graph/errors
"""

from graph_meetings_runtime.http.operations import Operation, Permissions

_BY_CODE = {
    "GraphAccessToTranscriptsDisabled": (
        "The tenant's administrators have switched access to transcripts through Graph off; only they can switch it on."
    ),
    "SpeakerAttributionNotAllowed": (
        "The tenant forbids to say who spoke; ask for the text without speakers: "
        "content.get(accept='application/vnd.microsoft.graph.transcript+text')."
    ),
    "resyncRequired": "Begin a full round: changes(), or changes(since=link, resync=True).",
    "syncStateNotFound": "Begin a full round: changes(), or changes(since=link, resync=True).",
}
_BY_STATUS = {
    400: (
        "Check the ids, the dates (RFC 3339 with an offset; those of the logs at most 90 days apart) and the options; "
        "channel meetings are not supported everywhere."
    ),
    401: "Sign in again, and check that the credential's authority belongs to the client's cloud.",
    402: "Metering of these requests ended on 2025-08-25; report this to the service's support with the request id.",
    403: "Check that the permission has admin consent, and that an access policy covers the user in the path.",
    404: "Check the ids, and whether what they name still exists.",
    429: "Send fewer requests at a time, or give the client a more patient Retry.",
    500: "The service failed; try again later, and report it to its support with the request id if it lasts.",
    502: "A gateway failed; try again later.",
    503: "The service is overloaded or down; try again later, or give the client a more patient Retry.",
    504: "A gateway gave up waiting; try again later, or ask for less at a time.",
}
# By status and by a word in the path: what the pages of that area say.
_BY_PATH = {
    (410, "delta"): "Begin a full round: changes(), or changes(since=link, resync=True).",
    (
        404,
        "callRecords",
    ): "The service keeps a call record for 30 days; an older one is gone, and an id of a log row is none.",
    (
        404,
        "onlineMeetings",
    ): "What a meeting left behind can be read until the meeting expires, 60 days after it for most.",
    (406, "callRecords"): "The dates may be at most 90 days apart; split the range.",
}
_FORBIDDEN = 403


def hint_for(status: int, code: str | None, operation: Operation | None) -> str | None:
    """Say what to do, `None` where nothing is known."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == _FORBIDDEN and operation is not None:
        return _permission_hint(operation.permissions)
    path = operation.path if operation else ""
    by_path = (hint for (known, word), hint in _BY_PATH.items() if known == status and word in path)
    return next(by_path, None) or _BY_STATUS.get(status)


def _permission_hint(permissions: Permissions) -> str:
    needs = [
        f"{kind} permission {names[0]}"
        for kind, names in (("application", permissions.application), ("delegated", permissions.delegated))
        if names
    ]
    granted = (
        f"The request needs the {' or the '.join(needs)}, with admin consent" if needs else "Check the permissions"
    )
    policy = (
        "; an app also needs an application access policy for the user in the path, which takes up to 30 minutes to act"
        if permissions.needs_access_policy
        else ""
    )
    return f"{granted}{policy}."
