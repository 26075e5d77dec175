"""Credentials that make tasks of Spark fail in their middle: after some requests, in their first two attempts."""

import os
import signal
import time
from pathlib import Path
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


class ExecutorKillingCredential(FailingCredential):
    """Return the token for a few requests, and then end the executor that the task runs on."""

    def fail(self) -> None:
        """End the process of the executor, from which the process that workers are forked from was started."""
        status = Path(f"/proc/{os.getppid()}/status").read_text(encoding="ascii")
        executor = next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:"))
        os.kill(int(executor), signal.SIGKILL)
        time.sleep(60)  # until this process is ended, too


def failing() -> FailingCredential:
    """Return a credential that fails."""
    return FailingCredential(os.environ[TOKEN])


def deadly() -> DeadlyCredential:
    """Return a credential that kills."""
    return DeadlyCredential(os.environ[TOKEN])


def killing_executors() -> BlockingEmulatorCredential:
    """Return a credential that ends the executor of the first partition, once, and lets other tasks fail twice."""
    task = TaskContext.get()
    is_first = task is not None and task.partitionId() == 0
    if is_first and task is not None and task.attemptNumber() > 0:
        return BlockingEmulatorCredential(os.environ[TOKEN])
    return (ExecutorKillingCredential if is_first else FailingCredential)(os.environ[TOKEN])
