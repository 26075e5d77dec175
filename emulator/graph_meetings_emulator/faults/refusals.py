"""Error responses from the service itself or from a gateway in front of it.

Source: https://learn.microsoft.com/graph/throttling, https://learn.microsoft.com/graph/errors,
https://learn.microsoft.com/entra/identity-platform/claims-challenge; RFC 9110, section 10.2.3 (Retry-After).
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from http import HTTPStatus
from typing import ClassVar

from graph_meetings_emulator.faults.fault import AnyRequest, Exchange, Fault, FaultContext
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.messages import Reply, encode_header
from graph_meetings_runtime.json_codec import encode_json

_PAGE = b"<!DOCTYPE html>\r\n<html><head><title>%d</title></head><body><h2>Our services are down.</h2></body></html>"
_CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'


@dataclass(frozen=True, slots=True)
class Answer(AnyRequest):
    """A fixed response.

    Args:
        status: the HTTP status.
        headers: response headers, which replace those of the same name.
        body: the response body; `None` for Graph's error object.
    """

    kind: ClassVar[str] = "answer"
    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    body: bytes | None = None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Return the fixed response."""
        reply = exchange.refuse(ServiceError(self.status, "UnknownError", "An error requested by a test."))
        reply = reply.with_headers([encode_header(name, value) for name, value in self.headers.items()])
        return reply if self.body is None else replace(reply, body=self.body)


class RetryAfter(Enum):
    """How the `Retry-After` header is written."""

    SECONDS = "seconds"
    FRACTION = "fraction"
    DATE = "date"
    ABSENT = "absent"

    def headers(self, delay: float) -> dict[str, str]:
        """Return the header for a delay in seconds; whole seconds and dates are rounded down."""
        match self:
            case RetryAfter.SECONDS:
                return {"Retry-After": str(int(delay))}
            case RetryAfter.FRACTION:
                return {"Retry-After": f"{delay:.3f}"}
            case RetryAfter.DATE:
                instant = datetime.now(UTC) + timedelta(seconds=delay)
                return {"Retry-After": format_datetime(instant, usegmt=True)}
            case RetryAfter.ABSENT:
                return {}


@dataclass(frozen=True, slots=True)
class Throttled(AnyRequest):
    """429: too many requests.

    Args:
        retry_after: how `Retry-After` is written.
        delay: the delay in seconds.
    """

    kind: ClassVar[str] = "throttled"
    retry_after: RetryAfter | None = None
    delay: float | None = None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Return a 429."""
        form = self.retry_after or context.random.choice(list(RetryAfter))
        delay = context.random.uniform(0, context.longest_delay) if self.delay is None else self.delay
        return exchange.refuse(
            ServiceError(429, "TooManyRequests", "Too many requests have been sent.", form.headers(delay))
        )


@dataclass(frozen=True, slots=True)
class BrokenGateway(AnyRequest):
    """500 with Graph's error object, 502 or 503 with an HTML page, or 504 with an empty body.

    Args:
        status: one of these four.

    Raises:
        ValueError: the status is not one of them.
    """

    kind: ClassVar[str] = "broken-gateway"
    status: int | None = None

    def __post_init__(self) -> None:
        if self.status not in {None, 500, 502, 503, 504}:
            raise ValueError(
                f"BrokenGateway: status must be 500, 502, 503 or 504, not {self.status}; use Answer for others"
            )

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Return the gateway's response."""
        status = self.status or context.random.choice([500, 502, 503, 504])
        reply = exchange.refuse(ServiceError(status, "InternalServerError", "An unexpected error occurred."))
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return reply
        body = b"" if status == HTTPStatus.GATEWAY_TIMEOUT else _PAGE % status
        return replace(reply.with_headers([encode_header("content-type", "text/html")]), body=body)


@dataclass(frozen=True, slots=True)
class Unauthorized(AnyRequest):
    """401 with a claims challenge: the client must get a new token with these claims.

    Args:
        claims: the claims request, as JSON.
    """

    kind: ClassVar[str] = "claims-challenge"
    claims: str = _CLAIMS

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Return the claims challenge."""
        challenge = (
            'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
            f'error="insufficient_claims", claims="{b64encode(self.claims.encode()).decode()}"'
        )
        message = "Continuous access evaluation resulted in challenge with result: InteractionRequired."
        return exchange.refuse(
            ServiceError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})
        )


@dataclass(frozen=True, slots=True)
class TokenExpired(Fault):
    """401 in the middle of paging. The token was valid for the page before, and is valid again for the next request."""

    kind: ClassVar[str] = "token-expired"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the request is for a page after the first."""
        return exchange.is_continued

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Return a 401."""
        challenge = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
        message = "Lifetime validation failed, the token is expired."
        return exchange.refuse(ServiceError(401, "InvalidAuthenticationToken", message, challenge))


@dataclass(frozen=True, slots=True)
class Gone(Fault):
    """410: the token of a delta link has expired, and synchronization must start over.

    Args:
        location: whether a `Location` header says where to start over.
    """

    kind: ClassVar[str] = "gone"
    location: bool | None = None

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the request has a delta token."""
        return exchange.is_delta and exchange.is_continued

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Return a 410."""
        has_location = context.random.choice([True, False]) if self.location is None else self.location
        address = exchange.request.origin + exchange.request.raw_path.decode("latin-1")
        headers = {"Location": f"{address}?$deltatoken="} if has_location else {}
        return exchange.refuse(ServiceError(410, "resyncRequired", "The delta token is no longer valid.", headers))


def as_body(body: bytes | str | Mapping[str, object] | None) -> bytes | None:
    """Encode a response body given as text, or as an object to send as JSON."""
    match body:
        case str():
            return body.encode()
        case bytes() | None:
            return body
        case _:
            return encode_json(body)
