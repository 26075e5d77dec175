"""One feed of a delta store: what of it was delivered, and where it goes on."""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from inspect import iscoroutine
from typing import Any, Self, TypeVar

from graph_meetings_runtime.delta.changes import Change, FollowingLink
from graph_meetings_runtime.delta.store_file import StoreFile
from graph_meetings_runtime.errors import MalformedResponse
from graph_meetings_runtime.models.model import Model

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed, as it was when it was opened; for the one who has its lock.

    Args:
        file: of the store.
        id: of the feed in there.
        link: to go on with, `None` where a full round is to begin.
        is_interrupted: whether the link is that of a round in progress.
    """

    file: StoreFile
    id: int
    link: str | None = field(repr=False)
    is_interrupted: bool

    @classmethod
    def open(cls, file: StoreFile, name: str) -> Self:
        """Find a feed by its name, or begin it."""
        with file.transaction():
            file.execute("INSERT OR IGNORE INTO graph_meetings_feeds (name) VALUES (?)", name)
            found = file.execute("SELECT id, round_link, delta_link FROM graph_meetings_feeds WHERE name = ?", name)
        ((id_, round_link, delta_link),) = found
        return cls(file, id_, round_link or delta_link, is_interrupted=round_link is not None)

    def undelivered(self, changes: Iterable[Change[M]]) -> list[Change[M]]:
        """Leave out the changes that were delivered, and those that come twice.

        Raises:
            MalformedResponse: an item has no id.
        """
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
        """Write down that changes were delivered."""
        rows = [(self.id, _digest(change), change.removed) for change in changes]
        self.file.execute_many("INSERT OR REPLACE INTO graph_meetings_items VALUES (?, ?, ?)", rows)

    def move(self, following: FollowingLink) -> None:
        """Go on to a link, because all before it was delivered."""
        links = "round_link = NULL, delta_link = ?" if following.ends_round else "round_link = ?"
        statement = f"UPDATE graph_meetings_feeds SET {links} WHERE id = ?"  # noqa: S608  two texts, both above
        self.file.execute(statement, following.link, self.id)

    def deliver(
        self,
        changes: Sequence[Change[M]],
        following: FollowingLink,
        write: Callable[[Sequence[Change[M]], sqlite3.Connection], object],
    ) -> list[Change[M]]:
        """Let a handler write the changes that are new, record them and move on: all of it, or nothing.

        Returns:
            The changes that the handler got.

        Raises:
            RuntimeError: the handler ended the transaction.
        """
        with self.file.transaction() as connection:
            new = self.undelivered(changes)
            if new:
                with _transaction_kept(connection):
                    answer = write(new, connection)
                if iscoroutine(answer):
                    answer.close()
                    raise TypeError("a handler in the transaction is a plain function: `def`, not `async def`")
                self.record(new)
            self.move(following)
        return new

    def _is_removed(self, digest: bytes) -> bool | None:
        """Say as what an item was delivered last, `None` where it was not."""
        select = "SELECT is_removed FROM graph_meetings_items WHERE feed = ? AND digest = ?"
        found = self.file.execute(select, self.id, digest)
        return bool(found[0][0]) if found else None


@contextmanager
def _transaction_kept(connection: sqlite3.Connection) -> Generator[None]:
    """Refuse every statement of the block that would end the transaction."""
    refused: list[Any] = []

    def authorize(action: int, operation: str | None, *_: object) -> int:
        if action != sqlite3.SQLITE_TRANSACTION:
            return sqlite3.SQLITE_OK
        refused.append(operation)
        return sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)
    try:
        yield
    except sqlite3.DatabaseError as error:
        if refused:
            raise _ended(str(refused[0])) from error
        raise
    finally:
        connection.set_authorizer(None)
        # How a handler reads its rows is not how the store reads its own.
        connection.row_factory = None
        connection.text_factory = str
    if not connection.in_transaction:  # by `ON CONFLICT ROLLBACK`, for one
        raise _ended("ROLLBACK")


def _ended(statement: str) -> RuntimeError:
    return RuntimeError(
        f"the handler is called inside the store's transaction, and a {statement} came up there; leave commit, "
        "rollback, executescript and `with connection:` out, or use SAVEPOINT; nothing of this page was written"
    )


def _digest(change: Change[M]) -> bytes:
    id_ = change.item.raw.get("id")
    if not isinstance(id_, str) or not id_:
        raise MalformedResponse(
            f"a {type(change.item).__name__} came without an id, by which the store knows what was delivered; "
            "where `select` is given, it needs the id"
        )
    return blake2b(id_.encode(), digest_size=16).digest()
