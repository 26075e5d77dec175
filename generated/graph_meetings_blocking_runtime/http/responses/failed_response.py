# Made by codegen from overrides/graph_meetings_runtime/http/responses/failed_response.py; do not edit.
"""Reading failed responses, as far as an error needs."""

import traceback
from typing import Final

import httpx

from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_runtime.blocking.waiting import let_others_run
from graph_meetings_runtime.errors import GraphError
from graph_meetings_runtime.http.responses.error_response import error_of
from graph_meetings_runtime.http.responses.redaction import token_of
from graph_meetings_runtime.operations.operation import Operation

_MOST_BYTES: Final = 1 << 16


def read_error(response: Response, operation: Operation | None) -> GraphError:
    """Read a failed response, no further than an error object can reach, close it, and return its error.

    A server to which no token was sent is not quoted: it knows the URL of the content, which is a secret.
    """
    try:
        content = _beginning(response)
    except httpx.RequestError:
        content = b""  # the status is enough
    except BaseException as error:
        # Error collectors show local variables, which hold what has been received.
        traceback.clear_frames(error.__traceback__)
        raise
    finally:
        response.close()
    token, quotable = token_of(response.authorization), content if response.authorization else b""
    return error_of(response.status, response.quotable_headers, quotable, operation, token=token)


def _beginning(response: Response) -> bytes:
    content = bytearray()
    for chunk in response:
        content += chunk
        if len(content) > _MOST_BYTES:
            break
        let_others_run()
    return bytes(content)
