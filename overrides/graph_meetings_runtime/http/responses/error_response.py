"""The errors that failed responses and connections are raised as."""

from collections.abc import Mapping
from typing import Final

import httpx

from graph_meetings_runtime.errors import (
    AccessDenied,
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    DeltaTokenExpired,
    GraphError,
    LinkRefused,
    MalformedResponse,
    NotFound,
    PaymentRequired,
    ServiceUnavailable,
    SpeakerAttributionNotAllowed,
    Throttled,
    TranscriptsDisabled,
    text_of,
)
from graph_meetings_runtime.http.responses.hints import START_OVER, hint_for
from graph_meetings_runtime.http.responses.redaction import repeats_token, token_of, without_token
from graph_meetings_runtime.json_codec import JsonObject, decode_json
from graph_meetings_runtime.log import place_for_log
from graph_meetings_runtime.operations.operation import Operation
from graph_meetings_runtime.origin import without_query

_LONGEST_TEXT: Final = 1 << 12
_DEEPEST: Final = 10
_QUOTED: Final = frozenset({"code", "message", "request-id", "client-request-id", "date"})
_GONE: Final = 410
_SERVER_ERROR: Final = 500

_CONNECTION_HINTS: Final = {
    "certificate verify failed": "The certificate of the server is not trusted here. Behind a proxy that decrypts, or "
    "with an authority of your own, name the file of its certificates in SSL_CERT_FILE.",
    "WRONG_VERSION_NUMBER": "The server does not speak https; check the scheme and the port of base_url.",
    "Connection refused": "Nothing listens there; check base_url, and that the server runs.",
    "service not known": "There is no such host; check base_url, and the network.",
    "nodename nor servname": "There is no such host; check base_url, and the network.",
}
"""By a part of the operating system's message."""

_BY_STATUS: dict[int, type[GraphError]] = {
    400: BadRequest,
    401: AuthenticationFailed,
    402: PaymentRequired,
    403: AccessDenied,
    404: NotFound,
    406: BadRequest,
    416: BadRequest,
    429: Throttled,
}
_BY_CODE: dict[str, type[GraphError]] = {
    "GraphAccessToTranscriptsDisabled": TranscriptsDisabled,
    "SpeakerAttributionNotAllowed": SpeakerAttributionNotAllowed,
    "resyncRequired": DeltaTokenExpired,
    "syncStateNotFound": DeltaTokenExpired,
}


def error_of(
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    operation: Operation | None = None,
    *,
    token: str = "",
) -> GraphError:
    """Return the error for a failed response.

    Args:
        status: the HTTP status.
        headers: of the response; a mapping that ignores case is read without regard to it.
        content: the body: JSON, HTML or nothing.
        operation: the documented request, if it is one.
        token: the bearer token, which the error must not repeat.
    """
    body = _error_object(content)
    outer = _quotable(body, token)
    inner = _quotable(_innermost(body), token)
    # The innermost code is the most specific, but that of a throttled request only repeats the status.
    codes = (inner.get("code"), outer.get("code"))
    code = next((code for code in codes if code and code != str(status)), None)
    message = " ".join((outer.get("message") or inner.get("message") or f"the service answered {status}").split())
    kind = _kind(status, code, operation)
    hint = START_OVER if kind is DeltaTokenExpired else hint_for(status, code, message, operation)
    return kind(message, status=status, code=code, headers=headers, inner=inner, hint=hint)


def connection_failed(error: httpx.TransportError) -> ConnectionFailed:
    """Return the error for a request without a response."""
    text = str(error)
    if not isinstance(error, httpx.ConnectError):  # whose text says it all
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    hint = next((hint for part, hint in _CONNECTION_HINTS.items() if part in text), None)
    failure = ConnectionFailed(text, hint=hint)
    failure.__cause__ = error
    return failure


def undecodable(error: httpx.DecodingError) -> MalformedResponse:
    """Return the error for a response whose body is not encoded as its headers say."""
    return MalformedResponse(f"cannot decode the body: {error}")


def refuse_repeated_token(url: str, authorization: str, *, is_link: bool) -> None:
    """Refuse a request whose URL repeats its token, or whose path repeats part of it: logs and errors show paths.

    Args:
        url: of the request.
        authorization: the header that has the token.
        is_link: whether the service chose the URL.

    Raises:
        LinkRefused: a link of the service repeats it.
    """
    token, path = token_of(authorization), without_query(url)
    if repeats_token(url, token) or (is_link and without_token(path, token) != path):
        raise LinkRefused("a link from the service repeats the token", request=f"GET {place_for_log(url)}")


def _quotable(error: JsonObject, token: str) -> dict[str, str]:
    """Return the texts of an error object that errors quote, without the token."""
    texts = {name: text for name, value in error.items() if name in _QUOTED and (text := text_of(value))}
    return {name: without_token(text[:_LONGEST_TEXT], token) for name, text in texts.items()}


def _kind(status: int, code: str | None, operation: Operation | None) -> type[GraphError]:
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == _GONE and (operation is None or operation.path.endswith("/delta")):
        return DeltaTokenExpired
    return _BY_STATUS.get(status, ServiceUnavailable if status >= _SERVER_ERROR else GraphError)


def _error_object(content: bytes) -> JsonObject:
    try:
        decoded = decode_json(content)
    except ValueError:
        return {}
    error = decoded.get("error") if isinstance(decoded, dict) else None
    if isinstance(error, str):  # OAuth's form
        return {"code": error, "message": decoded.get("error_description") if isinstance(decoded, dict) else None}
    return error if isinstance(error, dict) else {}


def _innermost(error: JsonObject) -> JsonObject:
    """Merge the nested `innerError`s, in both spellings; the deepest value of a name wins."""
    found: JsonObject = {}
    for _ in range(_DEEPEST):
        inner = error.get("innerError", error.get("innererror"))
        if not isinstance(inner, dict):
            break
        found |= inner
        error = inner
    return found
