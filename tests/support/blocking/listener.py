"""The same as `tests.support.listener`, for tests without an event loop."""

from collections.abc import Generator
from contextlib import contextmanager

from tests.support import listener as asynchronous
from tests.support.blocking.in_thread import in_thread
from tests.support.listener import BAIT, HARMLESS, Listener, assert_no_secrets

__all__ = ["BAIT", "HARMLESS", "Listener", "assert_no_secrets", "listener"]


@contextmanager
def listener(*answers: bytes) -> Generator[Listener]:
    """Listen for the duration of the block."""
    with in_thread(asynchronous.listener(*answers)) as state:
        yield state
