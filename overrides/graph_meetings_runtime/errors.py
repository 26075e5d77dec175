"""What can go wrong, as one exception class for each thing that a caller does differently.

Source: https://learn.microsoft.com/graph/errors
"""

from collections.abc import Mapping

from kiota_abstractions.api_error import APIError

from graph_meetings_runtime.hints import hint_for
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json
from graph_meetings_runtime.operations import Operation


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
        self.hint = hint

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


class PaymentRequired(GraphError):
    """402: the service wanted billing to be set up, before metering ended on 2025-08-25."""


class AccessDenied(GraphError):
    """403: a permission, an access policy or a tenant setting forbids it."""


class TranscriptsDisabled(AccessDenied):
    """403: the tenant allows nobody to read transcripts through Graph."""


class SpeakerAttributionNotAllowed(AccessDenied):
    """403: the tenant allows transcripts only without the names of the speakers."""


class NotAvailableInCloud(GraphError):
    """The client's cloud does not have the request; nothing was sent."""


class CloudAvailabilityWarning(UserWarning):
    """The documents say that the client's cloud does not have the request, or say nothing; it is sent all the same."""


class NotFound(GraphError):
    """404: no such object, or not any more."""


class DeltaTokenExpired(GraphError):
    """410, or a sync-state code: the link of the last round is too old.

    Attributes:
        restart_link: where the service says to begin again, `None` where it says nothing.
    """

    @property
    def restart_link(self) -> str | None:
        """Where the service says to begin again."""
        return (self.response_headers or {}).get("location")


class Throttled(GraphError):
    """429: too many requests, and the retries are used up."""


class ServiceUnavailable(GraphError):
    """5xx: the service failed, and the retries are used up."""


class ConnectionFailed(GraphError):
    """No answer came: the connection was refused, broke or timed out, and the retries are used up."""


class MalformedResponse(GraphError):
    """The answer is not what the service documents: no JSON, or JSON of another shape."""


class LinkRefused(GraphError):
    """A link in an answer is not followed, because it repeats or leads somewhere else."""


class MetadataLinkRefused(LinkRefused):
    """A `$metadata#` link, which names a type and no page, is not followed."""


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
    "GraphAccessToTranscriptsDisabled": TranscriptsDisabled,
    "SpeakerAttributionNotAllowed": SpeakerAttributionNotAllowed,
    "resyncRequired": DeltaTokenExpired,
    "syncStateNotFound": DeltaTokenExpired,
}


def error_of(status: int, headers: Mapping[str, str], content: bytes, operation: Operation | None = None) -> GraphError:
    """Make the error that a failed response stands for.

    Args:
        status: of HTTP.
        headers: of the response, read without regard to case where the mapping is one that can.
        content: the body: JSON, HTML or nothing.
        operation: the request, where it is a documented one.
    """
    body = _error_object(content)
    inner = _innermost(body)
    code = _text(inner.get("code")) or _text(body.get("code"))
    message = _text(body.get("message")) or _text(inner.get("message")) or f"the service answered {status}"
    fallback = ServiceUnavailable if status >= 500 else GraphError  # noqa: PLR2004  HTTP's server errors
    kind = _BY_CODE.get(code or "") or _BY_STATUS.get(status, fallback)
    hint = hint_for(status, code, operation)
    return kind(message, status=status, code=code, headers=headers, inner=inner, hint=hint)


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
