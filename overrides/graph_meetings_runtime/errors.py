"""What can go wrong, as one exception class for each thing that a caller does differently.

Source: https://learn.microsoft.com/graph/errors
"""

from collections.abc import Mapping

from kiota_abstractions.api_error import APIError

from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.log import printable


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
        self.request_id = headers.get("request-id") or text_of(inner.get("request-id"))
        self.client_request_id = headers.get("client-request-id") or text_of(inner.get("client-request-id"))
        self.date = text_of(inner.get("date")) or headers.get("date")
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
        return printable(f"{text}{hint}{request}")

    # Kiota's base is a dataclass: it would compare by value, be no key, and show all headers.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message or "",), self.__dict__


class BadRequest(GraphError):
    """400, 406 or 416: the service does not take the request as it is."""


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


class EmptyPagesWarning(UserWarning):
    """A list ended after many empty pages in a row, each with a next link; the service may have had more items."""


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
    """The answer is not what the service documents: no JSON, JSON of another shape, or a part of a content."""


class LinkRefused(GraphError):
    """A link in an answer is not followed, because it repeats or leads somewhere else."""


class MetadataLinkRefused(LinkRefused):
    """A `$metadata#` link, which names a type and no page, is not followed."""


class RoundIncomplete(GraphError):
    """A round of changes met too many empty pages in a row; nothing is lost, and it can be resumed later.

    Attributes:
        resume_link: where the round goes on, for `changes(since=…)`; `sync` keeps it in its store.
    """

    def __init__(self, message: str, *, resume_link: str | None = None) -> None:
        super().__init__(message, hint="resume the round later from resume_link, or pass a larger max_empty_pages")
        self.resume_link = resume_link


class DownloadIncomplete(GraphError):
    """A content ended before its last byte; a download keeps what came, and downloading again resumes."""


def text_of(value: JsonValue) -> str | None:
    """Give a text that is not empty, `None` for anything else."""
    return value if isinstance(value, str) and value else None
