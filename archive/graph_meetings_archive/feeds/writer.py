"""Collects what the feeds bring, and commits it in steps that are neither small nor large."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from graph_meetings_archive.storage.storage import Counts, Storage
from graph_meetings_archive.storage.unit import Batch
from graph_meetings_runtime.asynchronous.locks import Lock
from graph_meetings_runtime.asynchronous.threads import run_in_thread

_ENOUGH: Final = 400_000
"""Values that are committed at once: some tens of MiB of memory."""

_SECONDS: Final = 10.0


class Writer:
    """Commits the batches of all feeds together, in the order in which they come.

    Args:
        storage: of the archive.
        committed: called with what a commit has changed.
    """

    def __init__(self, storage: Storage, committed: Callable[[Mapping[str, Counts]], object]) -> None:
        self._storage = storage
        self._committed = committed
        self._lock = Lock()
        self._batches: list[Batch] = []
        self._size = 0
        self._since = 0.0
        self._has_failed = False

    async def add(self, batch: Batch) -> None:
        """Take a batch. It is committed with others: when there is enough, or when some seconds have passed.

        Raises:
            ArchiveError: the archive cannot be written.
        """
        async with self._lock:
            if self._has_failed:  # whoever committed has the error
                return
            if not self._batches:
                self._since = time.monotonic()
            self._batches.append(batch)
            self._size += batch.size
            if self._size >= _ENOUGH or time.monotonic() - self._since >= _SECONDS:
                await self._commit()

    async def flush(self) -> None:
        """Commit what there is, unless a commit has failed.

        Raises:
            ArchiveError: the archive cannot be written.
        """
        async with self._lock:
            if self._batches and not self._has_failed:
                await self._commit()

    async def _commit(self) -> None:
        batches, self._batches, self._size = self._batches, [], 0
        self._has_failed = True  # unless it succeeds: what follows must not be committed without it
        counts = await run_in_thread(self._storage.commit, batches)
        self._has_failed = False
        self._committed(counts)
