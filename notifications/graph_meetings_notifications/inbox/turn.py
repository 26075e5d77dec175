"""One handler's turn: the right to handle the events of an inbox, and the current event."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from graph_meetings_notifications.events import Event
from graph_meetings_notifications.inbox.event_store import EventStore, Taken

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Turn:
    """The right to handle the events of an inbox, and the current event.

    Args:
        store: of the events.
        max_attempts: the most times that an event is taken before it is set aside.

    Raises:
        ValueError: `max_attempts` is less than 1.
    """

    def __init__(self, store: EventStore, max_attempts: int) -> None:
        if max_attempts < 1:
            raise ValueError(f"max_attempts must be at least 1, not {max_attempts}")
        self.store = store
        self.max_attempts = max_attempts
        self._lock: AbstractContextManager[None] | None = None
        self._taken: Taken | None = None

    @property
    def attempts(self) -> int:
        """How many times the current event has been taken."""
        return 0 if self._taken is None else self._taken.attempts

    def next(self) -> Event | None:
        """Return the current event, or take one. `None` if none is due or another handler has the lock."""
        if self._taken is None and self._has_lock():
            self._taken = self.store.take(self.max_attempts)
        return None if self._taken is None else self._taken.event

    def done(self) -> None:
        """Record that the current event was handled, if there is one."""
        if self._taken is not None:
            self.store.done(self._taken)
            self._taken = None

    def deliver(self, write: Callable[[Event, sqlite3.Connection], object]) -> None:
        """Let a handler write to the file for the current event, and record that, in one transaction."""
        if self._taken is not None:
            self.store.deliver(self._taken, write)
            self._taken = None

    def failed(self, reason: str) -> None:
        """Retry the current event later, or set it aside if this was the last attempt."""
        if self._taken is not None:
            self.store.failed(self._taken, reason, self.max_attempts)
            self._taken = None

    def stop(self) -> None:
        """Put the current event back as if it had not been taken, and release the lock."""
        try:
            if self._taken is not None:
                self.store.give_back(self._taken)
                self._taken = None
        finally:
            self.release()

    def release(self) -> None:
        """Give the events to another handler."""
        if self._lock is not None:
            lock, self._lock = self._lock, None
            lock.__exit__(None, None, None)

    def _has_lock(self) -> bool:
        if self._lock is None:
            lock = self.store.lock()
            try:
                lock.__enter__()
            except BlockingIOError:
                return False
            self._lock = lock
        return True
