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
from graph_meetings_runtime.hints import hint_for
from graph_meetings_runtime.json_codec import JsonObject, decode_json
from graph_meetings_runtime.operations import Operation

_MOST_BYTES: Final = 1 << 16
_DEEPEST: Final = 10
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
    """Read a failed response as far as an error object can reach, close it, and make its error."""
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
    return error_of(response.status_code, response.headers, bytes(content), operation)


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
    if request is not None:
        # The cause is shown in tracebacks and sent to error collectors, some of which look into its request.
        request.headers.pop("Authorization", None)
    failure = ConnectionFailed(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    failure.__cause__ = error
    return failure


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
