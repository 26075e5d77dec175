"""One feed of a delta store: what it has delivered, and where it continues."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from inspect import iscoroutine
from typing import Self, TypeVar

from graph_meetings_runtime.delta.change import Change, FollowingLink
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.storage.kept_transaction import transaction_kept
from graph_meetings_runtime.storage.sqlite_file import SqliteFile

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed as it was when it was opened. The caller must hold its lock.

    Args:
        file: the file of the store.
        id: of the feed in the file.
        link: the link to continue with, or `None` to start a full round.
        is_interrupted: whether the link belongs to a round in progress.
    """

    file: SqliteFile
    id: int
    link: str | None = field(repr=False)
    is_interrupted: bool

    @classmethod
    def open(cls, file: SqliteFile, name: str) -> Self:
        """Open or create a feed by its name."""
        with file.transaction():
            file.execute("INSERT OR IGNORE INTO graph_meetings_feeds (name) VALUES (?)", name)
            found = file.execute("SELECT id, round_link, delta_link FROM graph_meetings_feeds WHERE name = ?", name)
        ((id_, round_link, delta_link),) = found
        return cls(file, id_, round_link or delta_link, is_interrupted=round_link is not None)

    def undelivered(self, changes: Iterable[Change[M]]) -> list[Change[M]]:
        """Return the changes that have not been delivered before, each once."""
        states: dict[bytes, bool | None] = {}
        new: list[Change[M]] = []
        for change in changes:
            digest = _digest(change)
            if digest not in states:
                states[digest] = self._is_removed(digest)
            if states[digest] is not change.removed:
                states[digest] = change.removed
                new.append(change)
        return new

    def record(self, changes: Iterable[Change[M]]) -> None:
        """Record that changes have been delivered."""
        rows = [(self.id, _digest(change), change.removed) for change in changes]
        self.file.execute_many("INSERT OR REPLACE INTO graph_meetings_items VALUES (?, ?, ?)", rows)

    def move(self, following: FollowingLink) -> None:
        """Move on to a link, because everything before it has been delivered."""
        links = "round_link = NULL, delta_link = ?" if following.ends_round else "round_link = ?"
        statement = f"UPDATE graph_meetings_feeds SET {links} WHERE id = ?"  # noqa: S608  one of two texts above
        self.file.execute(statement, following.link, self.id)

    def deliver(
        self,
        changes: Sequence[Change[M]],
        following: FollowingLink,
        write: Callable[[Sequence[Change[M]], sqlite3.Connection], object],
    ) -> list[Change[M]]:
        """Let a handler write the new changes, record them, and move on: all or nothing.

        Returns:
            The new changes.

        Raises:
            RuntimeError: the handler ended the transaction or closed the connection.
        """
        with self.file.transaction() as connection:
            new = self.undelivered(changes)
            if new:
                with transaction_kept(connection, self.file.is_in_transaction):
                    answer = write(new, connection)
                if iscoroutine(answer):
                    answer.close()
                    raise TypeError(
                        "a handler in a transaction must be a plain function: define it with `def`, not `async def`"
                    )
                self.record(new)
            self.move(following)
        return new

    def _is_removed(self, digest: bytes) -> bool | None:
        """Return whether an item was last delivered as removed, or `None` if it has not been delivered."""
        select = "SELECT is_removed FROM graph_meetings_items WHERE feed = ? AND digest = ?"
        found = self.file.execute(select, self.id, digest)
        return bool(found[0][0]) if found else None


def _digest(change: Change[M]) -> bytes:
    return blake2b(str(change.item.raw["id"]).encode(errors="surrogatepass"), digest_size=16).digest()
