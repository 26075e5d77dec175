# Made by codegen from overrides/graph_meetings_runtime/http/responses/json_response.py; do not edit.
"""Decoding JSON responses."""

from typing import Final

from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_runtime.bounds import MAX_JSON_BYTES
from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.json_codec import decode_json
from graph_meetings_runtime.models.parse_node import GraphParseNode
from graph_meetings_runtime.origin import Origin

# An empty object takes 3 bytes of JSON and 72 of memory. Pages of the service have a value for every 25 bytes.
_BYTES_PER_VALUE: Final = 16
_TOO_SHORT_TO_COUNT: Final = 1 << 20


def parse_json(response: Response, max_bytes: int = MAX_JSON_BYTES) -> GraphParseNode:
    """Decode a response that has been read.

    Args:
        response: any.
        max_bytes: the limit of its body, which also limits the number of values.

    Raises:
        MalformedResponse: it is a redirect, has no body or too many values, or is not JSON.
    """
    if not response.is_success:
        location = response.quotable_headers.get("location")
        target = f" to {_shown_origin(location)}, perhaps a sign-in page or a proxy" if location else ""
        raise unexpected(response, f"does not return JSON but redirects{target}" if target else "does not return JSON")
    content = response.content
    if not content:
        raise unexpected(response, "does not return JSON: the body is empty")
    # Characters in strings are counted, too; there are few. Short bodies are not counted, which takes as long as
    # decoding.
    most = max_bytes // _BYTES_PER_VALUE
    if len(content) > max(most, _TOO_SHORT_TO_COUNT) and sum(map(content.count, (b",", b"{", b"["))) > most:
        raise unexpected(response, f"sent more than {most} JSON values, too many for the limit of BodyLimit")
    try:
        # The Content-Type does not matter: gateways replace it, and anything but JSON fails to parse.
        return GraphParseNode(decode_json(content))
    except ValueError as error:
        problem = str(error)
    # Outside the handler, because the decoder's frames contain the body.
    raise unexpected(response, f"does not return JSON: {problem}")


def unexpected(response: Response, problem: str) -> MalformedResponse:
    """Return the error for an unexpected response.

    Args:
        response: any.
        problem: what is wrong with it, as in `does not …`.
    """
    headers = response.quotable_headers
    kind = headers.get("content-type")
    return MalformedResponse(
        f"the service {problem}" + (f" (Content-Type {kind[:100]})" if kind else ""),
        status=response.status,
        headers=headers,
    )


def _shown_origin(location: str) -> str:
    try:
        return str(Origin.of(location))
    except ValueError:
        return "another place"
