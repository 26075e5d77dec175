# Made by codegen from overrides/graph_meetings_runtime/http/attempts.py; do not edit.
"""The attempts of one request, and the waits between them."""

import logging
import time
from collections.abc import Callable
from typing import Final

import httpx

from graph_meetings_blocking_runtime.http.responses.failed_response import read_error
from graph_meetings_blocking_runtime.http.responses.response import Response
from graph_meetings_runtime.blocking.limiter import Limiter
from graph_meetings_runtime.blocking.waiting import sleep
from graph_meetings_runtime.errors import GraphError, LinkRefused
from graph_meetings_runtime.http.options.retry import Retry, RetryEvent, retry_after
from graph_meetings_runtime.http.responses.error_response import connection_failed, undecodable
from graph_meetings_runtime.log import LOG, id_for_log, path_for_log
from graph_meetings_runtime.operations.operation import Operation

_TOO_MANY_REQUESTS: Final = 429


class Attempts:
    """Counts the attempts of one request and waits between them.

    Args:
        retry: the policy.
        url: of the request.
        shown: returns what a log may show of it; by default its path with shortened ids.
        method: of the request.
    """

    def __init__(self, retry: Retry, url: str, shown: Callable[[str], str] = path_for_log, method: str = "GET") -> None:
        self.retry = retry
        self.method = method
        self._url = url
        self._shown = shown
        self.begin()

    def begin(self) -> None:
        """Start counting again, because there has been progress."""
        self._made = 0
        self._began = time.monotonic()

    def start(self) -> None:
        """Mark the start of an attempt. The first one starts the clock: time spent queueing does not count."""
        if not self._made:
            self._began = time.monotonic()

    def due(self, failure: GraphError) -> float | None:
        """Count a failed attempt; return the seconds until the next one, or `None` if it was the last."""
        self._made += 1
        return self.retry.delay(self._made, time.monotonic() - self._began, failure.response_headers or {})

    def due_again(self, failure: GraphError) -> float | None:
        """Return the seconds until the next attempt, or `None` if the failure is not one to retry."""
        is_transient = failure.status is None or failure.status in self.retry.statuses
        return self.due(failure) if is_transient else None

    def pause(self, delay: float, failure: GraphError) -> None:
        """Report a failure, and wait before the next attempt."""
        event = RetryEvent(self._shown(self._url), self._made, delay, failure)
        LOG.info(
            "%s %s failed: %s, attempt %d of %d; retrying in %.3g s, request-id %s",
            self.method,
            event.path,
            failure.status or type(failure).__name__,
            event.attempt,
            self.retry.attempts,
            event.delay,
            id_for_log(failure.request_id),
        )
        if self.retry.on_retry is not None:
            self.retry.on_retry(event)
        sleep(delay)

    def explain(self, failure: GraphError, sent: int) -> None:
        """Add to the final error what the request may have changed: nothing, if it only reads.

        Args:
            failure: the error.
            sent: how many times the request has been sent.
        """

    def wait(self, failure: GraphError) -> bool:
        """Count a failed attempt and wait before the next one; return false at once if it was the last."""
        delay = self.due(failure)
        if delay is not None:
            self.pause(delay, failure)
        return delay is not None

    def log_response(self, response: Response) -> None:
        """Log a response."""
        if LOG.isEnabledFor(logging.DEBUG):
            took = time.monotonic() - self._began
            request_id = id_for_log(response.quotable_headers.get("request-id"))
            LOG.debug(
                "%s %s answered %d after %.3f s, request-id %s",
                self.method,
                self._shown(self._url),
                response.status,
                took,
                request_id,
            )


def retried(
    send: Callable[[], Response],
    attempts: Attempts,
    limiter: Limiter,
    operation: Operation | None = None,
) -> Response:
    """Send a request until it succeeds or the policy allows no further attempt.

    Args:
        send: sends it once; it may read the body.
        attempts: counts them.
        limiter: of all requests to the same service.
        operation: the documented request, if it is one.

    Raises:
        GraphError: the request failed.
    """
    since = time.monotonic()
    while True:
        start = limiter.acquire(since)
        attempts.start()
        try:
            outcome = _attempt(send, operation)
            delay = None if isinstance(outcome, Response) else attempts.due_again(outcome)
            # Before the next request gets its turn.
            if isinstance(outcome, Response):
                limiter.answered(start)
            elif outcome.status == _TOO_MANY_REQUESTS:
                asked = retry_after(outcome.response_headers or {}) or 0.0
                limiter.throttled(start, min(asked, attempts.retry.total_time) if delay is None else delay)
        finally:
            limiter.release(start)
        if isinstance(outcome, Response):
            attempts.log_response(outcome)
            return outcome
        if delay is None:
            raise outcome
        attempts.pause(delay, outcome)


def _attempt(send: Callable[[], Response], operation: Operation | None) -> Response | GraphError:
    """Send a request once; return the error if another attempt may succeed, raise it if none can."""
    try:
        response = send()
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        raise connection_failed(error) from error
    except httpx.TransportError as error:
        return connection_failed(error)
    except httpx.DecodingError as error:
        raise undecodable(error) from None
    except (httpx.InvalidURL, UnicodeError):
        # The URL of the request, or of a Location header; the error quotes it.
        raise LinkRefused("malformed URL") from None
    return read_error(response, operation) if response.is_error else response
