"""From a failed response to the error that it stands for."""

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
    NotFound,
    PaymentRequired,
    ServiceUnavailable,
    SpeakerAttributionNotAllowed,
    Throttled,
    TranscriptsDisabled,
    text_of,
)
from graph_meetings_runtime.http.hints import hint_for
from graph_meetings_runtime.http.operations import Operation
from graph_meetings_runtime.json_codec import JsonObject, decode_json

_MOST_BYTES: Final = 1 << 16
_DEEPEST: Final = 10
_SHORTEST_TOKEN: Final = 8  # a shorter one, made up for a test, would be found in any text
_REDACTED: Final = "[token]"
_GONE: Final = 410
_SERVER_ERROR: Final = 500

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


async def read_error(response: httpx.Response, operation: Operation | None) -> GraphError:
    """Read a failed response as far as an error object can reach, close it, and make its error.

    What a place says that got no token is not quoted: it knows the address it was asked by, which is a secret.
    """
    content = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > _MOST_BYTES:
                break
    except httpx.RequestError:
        pass  # the status says enough
    finally:
        await response.aclose()
    quotable = _quotable(bytes(content), response.request.headers)
    return error_of(response.status_code, response.headers, quotable, operation)


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
    # The innermost says most; throttling repeats only the status there.
    codes = (text_of(inner.get("code")), text_of(body.get("code")))
    code = next((code for code in codes if code and code != str(status)), None)
    message = text_of(body.get("message")) or text_of(inner.get("message")) or f"the service answered {status}"
    hint = hint_for(status, code, operation)
    return _kind(status, code, operation)(message, status=status, code=code, headers=headers, inner=inner, hint=hint)


def connection_failed(error: httpx.TransportError) -> ConnectionFailed:
    """Make the error of a request that was not answered."""
    request = error.request if getattr(error, "_request", None) is not None else None
    # Further lines quote what came, which may be what was sent; so may the errors beneath.
    text = str(error).partition("\n")[0]
    error.__cause__ = error.__context__ = None
    if request is not None:
        text = text.replace(_token_of(request.headers) or _REDACTED, _REDACTED)
        # The cause is shown in tracebacks and sent to error collectors, some of which look into its request.
        request.headers.pop("Authorization", None)
    error.args = (text,)
    failure = ConnectionFailed(f"{type(error).__name__}: {text}" if text else type(error).__name__)
    failure.__cause__ = error
    return failure


def redact(response: httpx.Response) -> None:
    """Take the token out of the headers of a response: some services and gateways repeat what they were sent."""
    token = _token_of(response.request.headers)
    if token and any(token in value for value in response.headers.values()):
        pairs = response.headers.multi_items()
        response.headers = httpx.Headers([(name, value.replace(token, _REDACTED)) for name, value in pairs])


def _token_of(headers: httpx.Headers) -> str:
    """Give the token that a request was sent with; an empty text where there is none to be looked for."""
    token: str = headers.get("Authorization", "").removeprefix("Bearer ")
    return token if len(token) >= _SHORTEST_TOKEN else ""


def _quotable(content: bytes, sent: httpx.Headers) -> bytes:
    if "Authorization" not in sent:
        return b""
    token = _token_of(sent)
    return content.replace(token.encode(), _REDACTED.encode()) if token else content


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
    if isinstance(error, str):  # as OAuth says it
        return {"code": error, "message": decoded.get("error_description") if isinstance(decoded, dict) else None}
    return error if isinstance(error, dict) else {}


def _innermost(error: JsonObject) -> JsonObject:
    """Follow `innerError`, in both spellings; an inner object without a code only adds to the outer one."""
    found: JsonObject = {}
    for _ in range(_DEEPEST):
        inner = error.get("innerError", error.get("innererror"))
        if not isinstance(inner, dict):
            break
        found |= inner
        error = inner
    return found
