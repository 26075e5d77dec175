"""The errors of requests: one class for each thing that a caller handles differently.

Source: https://learn.microsoft.com/graph/errors
"""

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from kiota_abstractions.api_error import APIError
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.log import printable_lines, request_line

_DEEPEST: Final = 100


# Kiota's base is a dataclass. Without fields of our own, `asdict` would silently drop the code and the hint.
@dataclass(init=False, eq=False, repr=False)
class GraphError(APIError):
    """A request failed.

    Attributes:
        status: the HTTP status, or `None` if there was no response.
        code: the service's innermost error code, such as `Forbidden`; branch on it, never on the message.
        message: the service's message, for people to read.
        request: the request that failed, such as `GET /users/ann@contoso.com/onlineMeetings?…`: with full ids, without
            its query. `None` if the error has to do with no request.
        request_id: the service's id for the request, which Microsoft support asks for.
        client_request_id: the client's id for the request.
        date: when it happened, as the service sent it; it may lack a UTC offset.
        hint: what to do about it, if known.
        may_have_taken_effect: whether the request may have changed something although it failed; check before you send
            it again.
    """

    code: str | None = None
    request: str | None = None
    request_id: str | None = None
    client_request_id: str | None = None
    date: str | None = None
    hint: str | None = None
    may_have_taken_effect: bool = False

    def __init__(  # noqa: PLR0913  what a failed request leaves behind
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        inner: Mapping[str, JsonValue] | None = None,
        hint: str | None = None,
        request: str | None = None,
    ) -> None:
        headers = headers or {}
        inner = inner or {}
        super().__init__(message=message, response_status_code=status, response_headers=dict(headers))
        self.code = code
        self.request = request
        self.request_id = headers.get("request-id") or text_of(inner.get("request-id"))
        self.client_request_id = headers.get("client-request-id") or text_of(inner.get("client-request-id"))
        self.date = text_of(inner.get("date")) or headers.get("date")
        self.hint = hint
        self.may_have_taken_effect = False

    @property
    def status(self) -> int | None:
        """The HTTP status, or `None` if there was no response."""
        return self.response_status_code

    def __str__(self) -> str:
        head = " ".join(str(part) for part in (self.status, self.code) if part is not None)
        text = ": ".join(part for part in (head, self.message) if part)
        if self.hint:
            text += f"{'' if text.endswith('.') else '.'} Hint: {self.hint}"
        names = ", ".join(part for part in (self.request, self.request_id and f"request-id {self.request_id}") if part)
        return printable_lines(text + (f" ({names})" if names else ""))

    # Kiota's base compares by value, cannot be hashed, and shows all headers.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message or "",), self.__dict__


class BadRequest(GraphError):
    """400, 406 or 416: the service does not accept the request."""


class AuthenticationFailed(GraphError):
    """401, or no token from the credential: it is missing, expired, or belongs to another cloud."""


class PaymentRequired(GraphError):
    """402: the service asked for billing to be set up, as it did until metering ended on 2025-08-25."""


class AccessDenied(GraphError):
    """403: a permission, an access policy or a tenant setting forbids it."""


class TranscriptsDisabled(AccessDenied):
    """403: the tenant does not allow transcripts to be read through Graph."""


class SpeakerAttributionNotAllowed(AccessDenied):
    """403: the tenant allows transcripts only without the names of their speakers."""


class NotAvailableInCloud(GraphError):
    """The client's cloud does not have the request; nothing was sent."""


class CloudAvailabilityWarning(UserWarning):
    """The documentation does not list the request for the client's cloud. It is sent anyway."""


class UndocumentedOptionWarning(UserWarning):
    """The documentation does not list one of the query options of a request. The request is sent anyway."""


class EmptyPagesWarning(UserWarning):
    """A list was ended after many empty pages in a row, each with a next link. There may be more items."""


class NotFound(GraphError):
    """404: there is no such object, or there no longer is."""


class DeltaTokenExpired(GraphError):
    """410, or a sync-state code: the link of the last round is too old.

    Attributes:
        restart_link: the link at which the service says to start over, or `None` if it does not say.
    """

    @property
    def restart_link(self) -> str | None:
        """The link at which the service says to start over."""
        return (self.response_headers or {}).get("location")


class Throttled(GraphError):
    """429: too many requests, and no retry is left."""


class ServiceUnavailable(GraphError):
    """5xx: the service failed, and no retry is left."""


class ConnectionFailed(GraphError):
    """No response: the connection was refused, broke or timed out, and no retry is left."""


class MalformedResponse(GraphError):
    """The response is not what the service documents: not JSON, JSON of another shape, or incomplete content."""


class LinkRefused(GraphError):
    """A link in a response is not followed, because it leads to another host, or it or its items repeat."""


class MetadataLinkRefused(LinkRefused):
    """A `$metadata#` link is not followed, because it names a type and not a page."""


@dataclass(init=False, eq=False, repr=False)
class RoundIncomplete(GraphError):
    """Too many pages of a round in a row had no new items. Nothing is lost: the round can be resumed later.

    Attributes:
        resume_link: where the round continues, for `changes(since=…)`; `sync` keeps it in its store.
    """

    resume_link: str | None = None

    def __init__(self, message: str, *, resume_link: str | None = None) -> None:
        super().__init__(message, hint="resume the round later from resume_link, or pass a larger max_empty_pages")
        self.resume_link = resume_link


class DownloadIncomplete(GraphError):
    """A content ended before its last byte. What has arrived is kept, and downloading again resumes it."""


class NamesRequest:
    """Names the request in every GraphError that leaves the block without naming one.

    It also clears the local variables of the functions that were called: they contain links, and error collectors show
    them.

    Args:
        request: the request, or its name as errors show it.
        base_url: the root of the service, which is left out of the name.
    """

    # A class rather than a generator: it is faster, and adds no frames to tracebacks.
    __slots__ = ("_base_url", "_before", "_request")

    def __init__(self, request: RequestInformation | str | None, base_url: str = "") -> None:
        self._request: Final = request
        self._base_url: Final = base_url

    def __enter__(self) -> None:
        self._before = sys.exception()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, GraphError):
            return
        forget_locals(error, self._before)
        if error.request is None:
            known = self._request
            error.request = _line(known, self._base_url) if isinstance(known, RequestInformation) else known


def _line(request: RequestInformation, base_url: str) -> str:
    method = request.http_method
    return request_line(request.url, base_url, "GET" if method is None else method.value)


def forget_locals(error: BaseException, before: BaseException | None = None) -> None:
    """Clear the local variables of all functions that an error and its causes have passed through.

    Args:
        error: an error that has just been raised.
        before: an error that was being handled before; it is left alone.
    """
    beneath: BaseException | None = error
    for _ in range(_DEEPEST):
        if beneath is None or beneath is before:
            break
        traceback.clear_frames(beneath.__traceback__)
        beneath = beneath.__cause__ or beneath.__context__


def text_of(value: JsonValue) -> str | None:
    """Return a value if it is a string that is not empty, otherwise `None`."""
    return value if isinstance(value, str) and value else None
