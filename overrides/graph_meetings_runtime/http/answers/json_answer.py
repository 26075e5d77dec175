"""JSON bodies, once they have been read."""

import httpx

from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.http.answers.error_response import quotable_headers
from graph_meetings_runtime.json_codec import decode_json
from graph_meetings_runtime.models.parse_node import GraphParseNode
from graph_meetings_runtime.origin import Origin


def parse_json(response: httpx.Response) -> GraphParseNode:
    """Decode a response that has been read.

    Raises:
        MalformedResponse: it is a redirect, has no body, or is not JSON.
    """
    if not response.is_success:
        location = quotable_headers(response).get("Location")
        target = f" to {_shown_origin(location)}, perhaps a sign-in page or a proxy" if location else ""
        raise unexpected(response, f"does not return JSON but redirects{target}" if target else "does not return JSON")
    if not response.content:
        raise unexpected(response, "does not return JSON: the body is empty")
    try:
        # The Content-Type does not matter: gateways replace it, and what is not JSON does not parse.
        return GraphParseNode(decode_json(response.content))
    except ValueError as error:
        problem = str(error)
    # Outside of the handler: the frames of the decoder have the body in them.
    raise unexpected(response, f"does not return JSON: {problem}")


def unexpected(response: httpx.Response, problem: str) -> MalformedResponse:
    """Return the error for a response that is not what was asked for.

    Args:
        response: any.
        problem: what is wrong with it: `does not …`.
    """
    headers = quotable_headers(response)
    kind = headers.get("Content-Type")
    return MalformedResponse(
        f"the service {problem}" + (f" (Content-Type {kind[:100]})" if kind else ""),
        status=response.status_code,
        headers=headers,
    )


def _shown_origin(location: str) -> str:
    try:
        return str(Origin.of(location))
    except ValueError:
        return "another place"
