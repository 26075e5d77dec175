"""What a sync takes besides a function, and what it returns."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, final

from msgspec import Struct

from graph_meetings_runtime.delta.change import Change
from graph_meetings_runtime.models.model import Model

M = TypeVar("M", bound=Model)


@final
class InTransaction(Struct, Generic[M], frozen=True):
    """A handler that writes into the store's own file, in one transaction with what the store writes.

    Args:
        write: gets the new changes of a page, at least one, and the connection to the file. What it writes, the record
            that the changes were delivered, and the link of the next page are committed together or not at all. It
            must be a plain function, runs in a thread of its own, and leaves committing to the store. Other writers of
            the file wait for it, for at most 30 seconds.
    """

    write: Callable[[Sequence[Change[M]], sqlite3.Connection], object]


class SyncResult(Struct, frozen=True):
    """A complete round.

    Args:
        feed: the name of the feed in the store.
        delivered: how many items were delivered as added.
        removed: how many items were delivered as removed.
        skipped: how many items had been delivered before.
        pages: how many pages came.
        resumed: whether the round was begun by an earlier call; what was added since then comes with the next round.
        was_reset: whether the service had forgotten the link, so that a full round was begun.
    """

    feed: str
    delivered: int
    removed: int
    skipped: int
    pages: int
    resumed: bool
    was_reset: bool
