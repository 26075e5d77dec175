"""Error responses of the service: a status, a code, a message, and Graph's JSON around them.

Source: https://learn.microsoft.com/graph/errors
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from graph_meetings_runtime.json_codec import encode_json


class ServiceError(Exception):
    """An error response.

    Attributes:
        status: the HTTP status.
        code: Graph's error code, such as `BadRequest`.
        message: a description for people.
        headers: extra response headers.
        inner_code: the code of the inner error; if given, the inner error has nothing else.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        *,
        inner_code: str | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.inner_code = inner_code

    def body(self, request_id: str, client_request_id: str) -> bytes:
        """Encode Graph's error object."""
        if self.inner_code is not None:
            inner = {"code": self.inner_code}
        else:
            inner = {
                "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
                "request-id": request_id,
                "client-request-id": client_request_id,
            }
        return encode_json({"error": {"code": self.code, "message": self.message, "innerError": inner}})


def bad_request(message: str) -> ServiceError:
    """Return the error for a request that the service does not understand."""
    return ServiceError(400, "BadRequest", message)


def syntax_error(position: int, text: str) -> ServiceError:
    """Return the error for a malformed function call."""
    return bad_request(f"Syntax error at position {position} in '{text}'.")


def forbidden(message: str, inner_code: str | None = None) -> ServiceError:
    """Return the error for a request that the tenant's administrators do not allow."""
    return ServiceError(403, "Forbidden", message, inner_code=inner_code)


def not_found(message: str = "The specified object was not found.", code: str = "itemNotFound") -> ServiceError:
    """Return the error for an id that does not exist."""
    return ServiceError(404, code, message)


def not_acceptable(message: str) -> ServiceError:
    """Return the error for a request that the service could fulfil only in another format or amount."""
    return ServiceError(406, "NotAcceptable", message)


def not_allowed(methods: Iterable[str]) -> ServiceError:
    """Return the error for a method that a path does not have."""
    allowed = ", ".join(methods)
    return ServiceError(405, "Request_BadRequest", "The request method is not supported.", {"Allow": allowed})


def unauthenticated(message: str) -> ServiceError:
    """Return the error for a missing or wrong token."""
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        'client_id="00000003-0000-0000-c000-000000000000"'
    )
    return ServiceError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})
