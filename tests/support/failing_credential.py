"""Credentials that make tasks of Spark fail in their middle: after some requests, in their first two attempts."""

import os
import signal
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from pyspark import TaskContext

from graph_meetings_emulator import BlockingEmulatorCredential
from tests.support.emulated_credential import TOKEN

_REQUESTS = 3
_ATTEMPTS = 2


class FailingCredential(BlockingEmulatorCredential):
    """Return the token for a few requests."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return the token, or fail.

        Raises:
            ClientAuthenticationError: the task has not failed often enough.
        """
        task = TaskContext.get()
        if task is not None and task.attemptNumber() < _ATTEMPTS and len(self.requests) == _REQUESTS:
            self.fail()
        # Expired already, so that the client asks again before each request.
        return AccessToken(super().get_token(*scopes, **options).token, 0)

    def fail(self) -> None:
        """End the task."""
        raise ClientAuthenticationError("signed out for a while")


class DeadlyCredential(FailingCredential):
    """Return the token for a few requests, and then end the process of the task at once."""

    def fail(self) -> None:
        """End the process."""
        os.kill(os.getpid(), signal.SIGKILL)


def failing() -> FailingCredential:
    """Return a credential that fails."""
    return FailingCredential(os.environ[TOKEN])


def deadly() -> DeadlyCredential:
    """Return a credential that kills."""
    return DeadlyCredential(os.environ[TOKEN])
