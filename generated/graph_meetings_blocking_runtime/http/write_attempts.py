# Made by codegen from overrides/graph_meetings_runtime/http/write_attempts.py; do not edit.
"""The attempts of a request that writes, and may have taken effect although it failed."""

from typing import Final

import httpx

from graph_meetings_blocking_runtime.http.attempts import Attempts
from graph_meetings_runtime.errors import AuthenticationFailed, GraphError
from graph_meetings_runtime.http.options.retry import Retry
from graph_meetings_runtime.http.responses.redaction import token_of, without_token
from graph_meetings_runtime.http.secret_texts import SecretTexts

# Sending these twice has the same effect as sending them once.
_IDEMPOTENT: Final = frozenset({"PATCH", "DELETE"})
_FIRST_ERROR: Final = 400
_REQUEST_TIMEOUT: Final = 408
_FIRST_SERVER_ERROR: Final = 500
_SERVICE_UNAVAILABLE: Final = 503
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_LOOK_FIRST: Final = "The request may have taken effect although it failed: look before you send it again."


class WriteAttempts(Attempts):
    """Retries PATCH and DELETE like any request, and POST only if it certainly had no effect.

    Args:
        retry: the policy.
        url: of the request.
        method: of the request.
        secrets: the texts that no error may show.
    """

    def __init__(self, retry: Retry, url: str, method: str, secrets: SecretTexts) -> None:
        super().__init__(retry, url, method=method)
        # Short ones occur in any text.
        self._secrets = tuple(token for text in secrets.texts if (token := token_of(text)))
        self._before_this_one = False
        self._may_have_taken_effect = False

    def start(self) -> None:
        """Mark the start of an attempt, which may take effect unless it certainly fails."""
        super().start()
        self._before_this_one = self._may_have_taken_effect
        self._may_have_taken_effect = True

    def due_again(self, failure: GraphError) -> float | None:
        """Return the seconds until the next attempt, or `None` if the failure is not one to retry."""
        if _is_without_effect(failure):
            self._may_have_taken_effect = self._before_this_one
        elif self.method not in _IDEMPOTENT:
            return None
        return super().due_again(failure)

    def pause(self, delay: float, failure: GraphError) -> None:
        """Report a failure, and wait before the next attempt."""
        self._clean(failure)
        super().pause(delay, failure)

    def explain(self, failure: GraphError, sent: int) -> None:
        """Add to the final error whether the request may have taken effect.

        Args:
            failure: the error.
            sent: how many times the request has been sent.
        """
        self._clean(failure)
        may_have = self._before_this_one if _is_without_effect(failure) else self._may_have_taken_effect
        failure.may_have_taken_effect = may_have and sent > 0
        if failure.may_have_taken_effect and (self.method not in _IDEMPOTENT or failure.hint is None):
            failure.hint = _LOOK_FIRST

    def _clean(self, failure: GraphError) -> None:
        """Remove from an error what it must not show."""
        for secret in self._secrets:
            failure.message = without_token(failure.message or "", secret)
            headers = failure.response_headers or {}
            failure.response_headers = {
                name: value for name, value in headers.items() if without_token(value, secret) == value
            }


def _is_without_effect(failure: GraphError) -> bool:
    """Return whether the request certainly had no effect."""
    status = failure.status
    if isinstance(failure, AuthenticationFailed):
        return True  # there was no token, or it was refused
    if status is None:
        return isinstance(failure.__cause__, _NEVER_SENT)
    if status == _SERVICE_UNAVAILABLE:
        return "retry-after" in (failure.response_headers or {})
    return _FIRST_ERROR <= status < _FIRST_SERVER_ERROR and status != _REQUEST_TIMEOUT
