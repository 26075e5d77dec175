# Made by codegen from overrides/graph_meetings_runtime/client/http_client.py; do not edit.
"""The caller's own httpx client, and the time limits that it brings."""

from dataclasses import replace

import httpx

from graph_meetings_runtime.client.arguments import type_name
from graph_meetings_runtime.http.options.timeout import Timeout
from graph_meetings_runtime.numeric_arguments import is_number


def require_http_client(http_client: object) -> None:
    """Check that a value is a synchronous httpx client or `None`.

    Raises:
        TypeError: it is something else.
    """
    if http_client is not None and not isinstance(http_client, httpx.Client):
        raise TypeError(f"http_client must be an httpx.Client, not {type_name(http_client)}")


def timeout_of(timeout: Timeout | float | None, http_client: httpx.Client | None) -> Timeout:
    """Return the time limits for an argument; a number is the total of a request in seconds.

    Limits that are not given come from the caller's own httpx client, if there is one.

    Raises:
        TypeError: it is neither a Timeout nor a number.
        ValueError: the number is not greater than 0.
    """
    if isinstance(timeout, Timeout):
        return timeout
    limits = Timeout()
    if http_client is not None:
        limits = Timeout(connect=http_client.timeout.connect, read=http_client.timeout.read)
    if timeout is None:
        return limits
    if not is_number(timeout, int, float):
        raise TypeError(f"timeout must be a Timeout or a number, the total of a request in seconds, not {timeout!r}")
    if not timeout > 0:  # also nan
        raise ValueError(f"timeout must be above 0 seconds, not {timeout}")
    return replace(limits, total=float(timeout))
