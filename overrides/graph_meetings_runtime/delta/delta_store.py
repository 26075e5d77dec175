"""A store for what was delivered of delta feeds, which no crash makes forget or repeat.

Source: https://www.sqlite.org/atomiccommit.html
"""

from contextlib import AbstractContextManager
from hashlib import blake2b
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Self

from graph_meetings_runtime.delta.store_errors import FeedBusy
from graph_meetings_runtime.file_lock import hold_lock

if TYPE_CHECKING:
    from graph_meetings_runtime.delta.stored_feed import StoredFeed


class DeltaStore:
    """A SQLite file that remembers, for each feed that is synced, the ids delivered and the link to go on with.

    Use it with `with` or `async with`, or call `close()`. Several processes, and several tasks and threads of one
    process, may use one file, which has to be on a local disk. It is made readable for its owner only, because links
    hold tokens. An item takes 26 bytes in it.

    Your own tables may be in the same file; names that begin with `graph_meetings_` and the file's `application_id` and
    `user_version` are the store's.

    Args:
        path: of the file; it is made where it is not there.

    Raises:
        DeltaStoreError: the file is something else, damaged, or of a newer release.
        OSError: it cannot be made.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        # Resolved, because everyone has to find the same locks beside it.
        self.path = Path(path).resolve()
        # Imported with the first store: most clients have none, and sqlite3 takes its time.
        from graph_meetings_runtime.delta.store_file import StoreFile  # noqa: PLC0415

        self.file = StoreFile(self.path)

    def feeds(self) -> list[str]:
        """List the names of the feeds, as `sync` gave them."""
        return [name for (name,) in self.file.execute("SELECT name FROM graph_meetings_feeds ORDER BY name")]

    def delivered(self, name: str) -> int:
        """Count the items of a feed that were delivered, those that were removed since included.

        Args:
            name: of the feed.

        Raises:
            LookupError: there is no such feed.
        """
        select = "SELECT count(*) FROM graph_meetings_items WHERE feed = ?"
        ((count,),) = self.file.execute(select, self._id(name))
        return int(count)

    def restart(self, name: str) -> None:
        """Drop the links of a feed: the next sync is a full round, which delivers what was not delivered before.

        Args:
            name: of the feed.

        Raises:
            FeedBusy: it is being synced.
            LookupError: there is no such feed.
        """
        with self.lock(name):
            id_ = self._id(name)
            self.file.execute("UPDATE graph_meetings_feeds SET round_link = NULL, delta_link = NULL WHERE id = ?", id_)

    def forget(self, name: str) -> None:
        """Drop a feed with its ids: the next sync delivers everything again.

        Args:
            name: of the feed.

        Raises:
            FeedBusy: it is being synced.
            LookupError: there is no such feed.
        """
        with self.lock(name), self.file.transaction():
            id_ = self._id(name)
            self.file.execute("DELETE FROM graph_meetings_items WHERE feed = ?", id_)
            self.file.execute("DELETE FROM graph_meetings_feeds WHERE id = ?", id_)

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Keep everyone else away from a feed while a block runs; `sync` does so.

        Args:
            name: of the feed.

        Raises:
            FeedBusy: someone else has it.
        """
        digest = blake2b(name.encode(), digest_size=8).hexdigest()
        path = self.path.with_name(f"{self.path.name}.{digest}.lock")
        busy = f"{name} is being synced with {self.path} by someone else; try again when that is done"
        return hold_lock(path, FeedBusy(busy))

    def open(self, name: str) -> "StoredFeed":
        """Find a feed, or begin it; for the one who has its lock."""
        from graph_meetings_runtime.delta.stored_feed import StoredFeed  # noqa: PLC0415  as above

        return StoredFeed.open(self.file, name)

    def close(self) -> None:
        """Close the file, once nobody of this process writes it any more."""
        self.file.close()

    def _id(self, name: str) -> int:
        found = self.file.execute("SELECT id FROM graph_meetings_feeds WHERE name = ?", name)
        if not found:
            raise LookupError(f"{self.path} has no feed {name!r}; feeds() lists those that it has")
        return int(found[0][0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"DeltaStore({str(self.path)!r})"
