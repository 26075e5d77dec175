"""What can go wrong, as one exception class for each thing that a caller does differently.

Source: https://learn.microsoft.com/graph/errors
"""

from collections.abc import Mapping
from typing import ClassVar

from kiota_abstractions.api_error import APIError

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json


class GraphError(APIError):
    """A request failed.

    Attributes:
        status: HTTP status, `None` where no answer came.
        code: the innermost error code of the service, such as `Forbidden`; branch on it, never on the message.
        message: what the service says, for people.
        request_id: the service's id of the request; its support asks for it.
        client_request_id: the client's id of the request.
        date: when the service says that it happened, as sent; it may lack an offset.
        hint: what to do about it, where that is known.
    """

    hint_for_all: ClassVar[str | None] = None

    def __init__(  # noqa: PLR0913  what a failed request leaves behind
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        inner: Mapping[str, JsonValue] | None = None,
        hint: str | None = None,
    ) -> None:
        headers = headers or {}
        inner = inner or {}
        super().__init__(message=message, response_status_code=status, response_headers=dict(headers))
        self.code = code
        self.request_id = headers.get("request-id") or _text(inner.get("request-id"))
        self.client_request_id = headers.get("client-request-id") or _text(inner.get("client-request-id"))
        self.date = _text(inner.get("date")) or headers.get("date")
        self.hint = hint or self.hint_for_all

    @property
    def status(self) -> int | None:
        """HTTP status, `None` where no answer came."""
        return self.response_status_code

    def __str__(self) -> str:
        head = " ".join(str(part) for part in (self.status, self.code) if part is not None)
        text = ": ".join(part for part in (head, self.message) if part)
        hint = f" Hint: {self.hint}" if self.hint else ""
        request = f" (request-id {self.request_id})" if self.request_id else ""
        return f"{text}{hint}{request}"

    def __reduce__(self) -> tuple[object, ...]:
        return Exception.__new__, (type(self),), self.__dict__


class BadRequest(GraphError):
    """400: the service does not understand the request."""


class AuthenticationFailed(GraphError):
    """401: the token is missing, expired, or of another cloud."""

    hint_for_all = "Sign in again, and check that the credential's authority belongs to the client's cloud."


class PaymentRequired(GraphError):
    """402: the service wanted billing to be set up, before metering ended on 2025-08-25."""


class AccessDenied(GraphError):
    """403: a permission, an access policy or a tenant setting forbids it."""

    hint_for_all = (
        "Check that the permission is granted with admin consent and, for application permissions on meetings, that "
        "an application access policy covers the user in the path; a new policy takes up to 30 minutes."
    )


class NotFound(GraphError):
    """404: no such object, or not any more."""


class DeltaTokenExpired(GraphError):
    """410, or a sync-state code: the link of the last round is too old.

    Attributes:
        restart_link: where the service says to begin again, `None` where it says nothing.
    """

    hint_for_all = "Begin a full round: changes(), or changes(since=link, resync=True)."

    @property
    def restart_link(self) -> str | None:
        """Where the service says to begin again."""
        return (self.response_headers or {}).get("location")


class Throttled(GraphError):
    """429: too many requests, and the retries are used up."""

    hint_for_all = "Send fewer requests at a time, or give the client a more patient Retry."


class ServiceUnavailable(GraphError):
    """5xx: the service failed, and the retries are used up."""


class ConnectionFailed(GraphError):
    """No answer came: the connection was refused, broke or timed out, and the retries are used up."""


class MalformedResponse(GraphError):
    """The answer is not what the service documents: no JSON, or JSON of another shape."""


class LinkRefused(GraphError):
    """A link in an answer is not followed, because it repeats or leads somewhere else."""


class DownloadIncomplete(GraphError):
    """A content ended before its last byte; a download keeps what came, and downloading again resumes."""


_BY_STATUS: dict[int, type[GraphError]] = {
    400: BadRequest,
    401: AuthenticationFailed,
    402: PaymentRequired,
    403: AccessDenied,
    404: NotFound,
    410: DeltaTokenExpired,
    429: Throttled,
}
_BY_CODE: dict[str, type[GraphError]] = {
    "resyncRequired": DeltaTokenExpired,
    "syncStateNotFound": DeltaTokenExpired,
}


def error_of(status: int, headers: Mapping[str, str], content: bytes) -> GraphError:
    """Make the error that a failed response stands for; the body may be JSON, HTML or empty."""
    body = _error_object(content)
    inner = _innermost(body)
    code = _text(inner.get("code")) or _text(body.get("code"))
    message = _text(body.get("message")) or _text(inner.get("message")) or f"the service answered {status}"
    fallback = ServiceUnavailable if status >= 500 else GraphError  # noqa: PLR2004  HTTP's server errors
    kind = _BY_CODE.get(code or "") or _BY_STATUS.get(status, fallback)
    return kind(message, status=status, code=code, headers=headers, inner=inner)


def _error_object(content: bytes) -> JsonObject:
    try:
        decoded = decode_json(content)
    except ValueError:
        return {}
    error = decoded.get("error") if isinstance(decoded, dict) else None
    return error if isinstance(error, dict) else {}


def _innermost(error: JsonObject) -> JsonObject:
    """Follow `innerError`, in both spellings; an inner object without a code only adds to the outer one."""
    inner = error.get("innerError", error.get("innererror"))
    if not isinstance(inner, dict):
        return {}
    return {**inner, **_innermost(inner)}


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
