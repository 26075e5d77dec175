"""The transactional handler of a sync, and the result of a sync."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, final

from msgspec import Struct

from graph_meetings_runtime.delta.change import Change
from graph_meetings_runtime.models.model import Model

M = TypeVar("M", bound=Model)


@final
class InTransaction(Struct, Generic[M], frozen=True):
    """A handler that writes to the store's own file, in the same transaction as the store.

    Args:
        write: called with the new changes of a page, at least one, and the connection to the file. What it writes, the
            record that the changes were delivered, and the link of the next page are committed together or not at all.
            It must be a plain function, runs in a thread, and must not commit. Other writers of the file wait for it
            for up to 30 seconds.
    """

    write: Callable[[Sequence[Change[M]], sqlite3.Connection], object]


class SyncResult(Struct, frozen=True):
    """A complete round.

    Args:
        feed: the name of the feed in the store.
        delivered: the number of items delivered as added.
        removed: the number of items delivered as removed.
        skipped: the number of items that had been delivered before.
        pages: the number of pages.
        resumed: whether the round was started by an earlier call. What has been added since then is in the next round.
        was_reset: whether the service had forgotten the link, so that a full round was started.
    """

    feed: str
    delivered: int
    removed: int
    skipped: int
    pages: int
    resumed: bool
    was_reset: bool
