"""The files of an inbox: events that are waiting, handled, or set aside.

Source: https://www.sqlite.org/atomiccommit.html
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from graph_meetings_notifications.events import Event, StoredEvent
from graph_meetings_notifications.inbox.bell import Bell
from graph_meetings_notifications.inbox.file_formats import ARRIVED, HANDLED, INCOMING
from graph_meetings_notifications.inbox.stored_events import decode, digests, encode
from graph_meetings_runtime.file_lock import hold_lock
from graph_meetings_runtime.storage.kept_transaction import transaction_kept
from graph_meetings_runtime.storage.sqlite_file import SqliteFile

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

_INSERT: Final = (
    "INSERT INTO graph_meetings_arrived (digest, same_as, is_once, event) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_OLDEST: Final = (
    "SELECT id, digest, is_once, event, attempts FROM graph_meetings_arrived WHERE reason IS NULL AND due <= ? "
    "ORDER BY id LIMIT 1"
)
_FIRST_DELAY: Final = 1.0
_LONGEST_DELAY: Final = 3600.0
_LONGEST_REASON: Final = 500


class Taken(Struct, frozen=True):
    """An event that a handler is working on.

    Args:
        id: in the inbox.
        digest: identifies it in the inbox.
        is_once: whether to handle it only once, even if it arrives again.
        event: to be handled.
        attempts: how many times it has been taken, including this one.
    """

    id: int
    digest: bytes
    is_once: bool
    event: Event
    attempts: int


class SetAside(Struct, frozen=True):
    """An event whose handler has failed too many times.

    Args:
        id: in the inbox, for `retry` and `discard`.
        event: that could not be handled.
        attempts: how many times that was tried.
        reason: the type and the text of the last error.
    """

    id: int
    event: Event
    attempts: int
    reason: str


class EventStore:
    """The files of an inbox, and the operations of one handler at a time on its events.

    Args:
        path: of the file, resolved, so that everyone finds the same lock next to it.

    Raises:
        InboxError: a file is not an inbox, is damaged, or was written by a newer release.
        OSError: it cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bell = Bell()
        self.file = SqliteFile(self.path, HANDLED)
        try:
            arrived = self.path.with_name(f"{self.path.name}-arrived")
            self._incoming = SqliteFile(arrived, INCOMING)
            self._arrived = SqliteFile(arrived, ARRIVED)
        except BaseException:
            self.file.close()
            raise

    def put(self, events: Iterable[StoredEvent]) -> int:
        """Add all of some events, or none. Those that are already waiting are left out.

        Returns:
            How many were added.

        Raises:
            InboxError: they cannot be written.
        """
        rows = [_row(event) for event in events]
        if not rows:
            return 0
        with self._incoming.transaction() as connection:
            before = connection.total_changes
            self._incoming.execute_many(_INSERT, rows)
            new = connection.total_changes - before
        if new:
            self.bell.ring()
        return new

    def is_handled(self, event: StoredEvent) -> bool:
        """Return whether an event that must be handled only once has been handled."""
        digest, _ = digests(event)
        return self._is_handled(digest)

    def take(self, max_attempts: int) -> Taken | None:
        """Take the oldest event that is due. The caller must hold the lock.

        Handled events are removed, and those that were taken too many times are set aside.
        """
        while found := self._arrived.execute(_OLDEST, time()):
            ((id_, digest, is_once, content, attempts),) = found
            if self._is_handled(digest):
                self._remove(id_)
            elif attempts >= max_attempts:  # each time the process ended, or the iteration
                self._set_aside(id_, "its handler did not return")
            else:
                update = "UPDATE graph_meetings_arrived SET attempts = attempts + 1, same_as = NULL WHERE id = ?"
                self._arrived.execute(update, id_)
                return Taken(id_, digest, bool(is_once), decode(content).typed(), attempts + 1)
        return None

    def done(self, taken: Taken) -> None:
        """Record that an event was handled. The caller must hold the lock."""
        if taken.is_once:
            self._remember(taken.digest)
        self._remove(taken.id)

    def deliver(self, taken: Taken, write: "Callable[[Event, sqlite3.Connection], object]") -> None:
        """Let a handler write to the file, and record that, in one transaction. The caller must hold the lock.

        Raises:
            RuntimeError: the handler ended the transaction or closed the connection.
        """
        with self.file.transaction() as connection:
            with transaction_kept(connection, self.file.is_in_transaction):
                write(taken.event, connection)
            self._remember(taken.digest)
        self._remove(taken.id)

    def failed(self, taken: Taken, reason: str, max_attempts: int) -> None:
        """Put an event back for later, or set it aside if that was the last attempt."""
        if taken.attempts >= max_attempts:
            self._set_aside(taken.id, reason)
        else:
            due = time() + min(_FIRST_DELAY * 2 ** (taken.attempts - 1), _LONGEST_DELAY)
            self._arrived.execute("UPDATE graph_meetings_arrived SET due = ? WHERE id = ?", due, taken.id)

    def give_back(self, taken: Taken) -> None:
        """Put an event back as if it had not been taken, because its handler was stopped."""
        self._arrived.execute("UPDATE graph_meetings_arrived SET attempts = attempts - 1 WHERE id = ?", taken.id)

    def waiting(self) -> int:
        """Return how many events are waiting, including those to be retried later."""
        select = "SELECT count(*) FROM graph_meetings_arrived WHERE reason IS NULL"
        ((count,),) = self._arrived.execute(select)
        return int(count)

    def set_aside(self) -> list[SetAside]:
        """Return the events whose handler has failed too many times."""
        select = "SELECT id, event, attempts, reason FROM graph_meetings_arrived WHERE reason IS NOT NULL ORDER BY id"
        return [
            SetAside(id_, decode(content).typed(), attempts, reason)
            for id_, content, attempts, reason in self._arrived.execute(select)
        ]

    def retry(self, id_: int) -> None:
        """Queue an event that was set aside.

        Raises:
            LookupError: there is none with this id.
        """
        self._digest_of(id_)
        update = "UPDATE graph_meetings_arrived SET reason = NULL, attempts = 0, due = 0 WHERE id = ?"
        self._arrived.execute(update, id_)
        self.bell.ring()

    def discard(self, id_: int) -> None:
        """Remove an event that was set aside. It does not come back if the service repeats it.

        Raises:
            LookupError: there is none with this id.
        """
        digest, is_once = self._digest_of(id_)
        if is_once:
            self._remember(digest)
        self._remove(id_)

    def lock(self) -> AbstractContextManager[None]:
        """Lock the inbox for one handler while the block runs.

        Raises:
            BlockingIOError: someone else is handling its events.
        """
        busy = BlockingIOError(f"someone else is handling the events of {self.path}")
        return hold_lock(self.path.with_name(f"{self.path.name}.lock"), busy)

    def close(self) -> None:
        """Close the files once no thread of this process is writing to them."""
        self.file.close()
        self._incoming.close()
        self._arrived.close()

    def _is_handled(self, digest: bytes) -> bool:
        return bool(self.file.execute("SELECT 1 FROM graph_meetings_handled WHERE digest = ?", digest))

    def _remember(self, digest: bytes) -> None:
        self.file.execute("INSERT OR IGNORE INTO graph_meetings_handled VALUES (?)", digest)

    def _remove(self, id_: int) -> None:
        self._arrived.execute("DELETE FROM graph_meetings_arrived WHERE id = ?", id_)

    def _set_aside(self, id_: int, reason: str) -> None:
        update = "UPDATE graph_meetings_arrived SET reason = ? WHERE id = ?"
        self._arrived.execute(update, reason[:_LONGEST_REASON], id_)

    def _digest_of(self, id_: int) -> tuple[bytes, bool]:
        select = "SELECT digest, is_once FROM graph_meetings_arrived WHERE id = ? AND reason IS NOT NULL"
        found = self._arrived.execute(select, id_)
        if not found:
            raise LookupError(f"no event with the id {id_} is set aside in {self.path}; set_aside() returns them")
        ((digest, is_once),) = found
        return digest, bool(is_once)


def _row(event: StoredEvent) -> tuple[bytes, bytes | None, bool, bytes]:
    digest, same_as = digests(event)
    return digest, same_as, same_as is None, encode(event)
