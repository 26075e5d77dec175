"""A store for what delta feeds have delivered, so that nothing is lost or repeated after a crash.

Source: https://www.sqlite.org/atomiccommit.html
"""

from contextlib import AbstractContextManager
from hashlib import blake2b
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from graph_meetings_runtime.delta.store_errors import DeltaStoreError, FeedBusy
from graph_meetings_runtime.file_lock import hold_lock
from graph_meetings_runtime.storage.closing import Closing

if TYPE_CHECKING:
    from graph_meetings_runtime.delta.stored_feed import StoredFeed


class DeltaStore(Closing):
    """A SQLite file that remembers, for each feed, the ids that were delivered and the link to continue with.

    Use it with `with` or `async with`, or call `close()`. Several processes, and several tasks and threads of one
    process, can use the same file, which must be on a local disk. Only its owner can read it, because links contain
    tokens. Each item takes 26 bytes.

    You can keep tables of your own in the same file. Names that start with `graph_meetings_`, and the file's
    `application_id` and `user_version`, belong to the store.

    Args:
        path: of the file, which is created if it does not exist.

    Raises:
        DeltaStoreError: the file is not a delta store, is damaged, or was written by a newer release.
        OSError: it cannot be created.

    Warns:
        UserWarning: others could read the file; it has been made readable for its owner only.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        # Resolved, so that everyone finds the same locks next to it.
        self.path = Path(path).resolve()
        # Imported when the first store is opened: most clients have none, and importing sqlite3 takes time.
        from graph_meetings_runtime.delta.store_format import DELTA_STORE  # noqa: PLC0415  imported when first needed
        from graph_meetings_runtime.storage.sqlite_file import SqliteFile  # noqa: PLC0415  imported when first needed

        self.file = SqliteFile(self.path, DELTA_STORE)

    def feeds(self) -> list[str]:
        """Return the names of the feeds."""
        return [name for (name,) in self.file.execute("SELECT name FROM graph_meetings_feeds ORDER BY name")]

    def delivered(self, name: str) -> int:
        """Return how many items of a feed have been delivered, including those removed since.

        Args:
            name: of the feed.

        Raises:
            LookupError: the store has no such feed.
        """
        select = "SELECT count(*) FROM graph_meetings_items WHERE feed = ?"
        ((count,),) = self.file.execute(select, self._id(name))
        return int(count)

    def restart(self, name: str) -> None:
        """Drop the links of a feed. The next sync is a full round, which delivers only what is new.

        Args:
            name: of the feed.

        Raises:
            FeedBusy: the feed is being synced.
            LookupError: the store has no such feed.
        """
        with self.lock(name):
            id_ = self._id(name)
            self.file.execute("UPDATE graph_meetings_feeds SET round_link = NULL, delta_link = NULL WHERE id = ?", id_)

    def forget(self, name: str) -> None:
        """Drop a feed and its ids. The next sync delivers everything again.

        Args:
            name: of the feed.

        Raises:
            FeedBusy: the feed is being synced.
            LookupError: the store has no such feed.
        """
        with self.lock(name), self.file.transaction():
            id_ = self._id(name)
            self.file.execute("DELETE FROM graph_meetings_items WHERE feed = ?", id_)
            self.file.execute("DELETE FROM graph_meetings_feeds WHERE id = ?", id_)

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Lock a feed for the duration of a block, as `sync` does.

        Args:
            name: of the feed.

        Raises:
            FeedBusy: someone else holds the lock.
            DeltaStoreError: the name is not valid Unicode.
        """
        digest = blake2b(_checked(name).encode(), digest_size=8).hexdigest()
        path = self.path.with_name(f"{self.path.name}.{digest}.lock")
        busy = f"{name} is already being synced with {self.path}; try again once that sync has finished"
        return hold_lock(path, FeedBusy(busy))

    def open(self, name: str) -> "StoredFeed":
        """Open or create a feed. The caller must hold its lock."""
        from graph_meetings_runtime.delta.stored_feed import StoredFeed  # noqa: PLC0415  as above

        return StoredFeed.open(self.file, _checked(name))

    def close(self) -> None:
        """Close the file as soon as no thread of this process is writing to it."""
        self.file.close()

    def _id(self, name: str) -> int:
        found = self.file.execute("SELECT id FROM graph_meetings_feeds WHERE name = ?", _checked(name))
        if not found:
            raise LookupError(f"{self.path} has no feed {name!r}; feeds() returns the names of its feeds")
        return int(found[0][0])

    def __repr__(self) -> str:
        return f"DeltaStore({str(self.path)!r})"


def _checked(name: str) -> str:
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
        raise TypeError(f"the name of a feed must be a string, not {name!r}")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise DeltaStoreError(f"the name of a feed must be valid Unicode text, not {name!r}") from None
    return name
