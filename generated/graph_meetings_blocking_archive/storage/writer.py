# Made by codegen from archive/graph_meetings_archive/storage/writer.py; do not edit.
"""Collects what the feeds bring, and commits it in steps that are neither small nor large."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from graph_meetings_archive.storage.storage import Counts, Storage
from graph_meetings_archive.storage.unit import Batch
from graph_meetings_runtime.blocking.locks import Lock
from graph_meetings_runtime.blocking.under_way import UnderWay

_SECONDS: Final = 10.0


class Writer:
    """Commits the batches of all feeds together, in the order in which they come.

    While one step is committed, the next one is collected.

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
        self._committing: UnderWay[None] | None = None
        self._has_failed = False

    def add(self, batch: Batch) -> None:
        """Take a batch. It is committed with others: when there is enough, or when some seconds have passed.

        Raises:
            ArchiveError: an earlier one could not be committed.
        """
        with self._lock.held():
            if self._has_failed:  # whoever waited for that commit has the error
                return
            if not self._batches:
                self._since = time.monotonic()
            self._batches.append(batch)
            self._size += batch.size
            if self._size >= self._storage.values_at_once or time.monotonic() - self._since >= _SECONDS:
                self._wait()
                batches, self._batches, self._size = self._batches, [], 0
                self._committing = UnderWay(partial(self._commit, batches), is_ahead=True)

    def flush(self) -> None:
        """Commit what there is, unless a commit has failed.

        Raises:
            ArchiveError: the archive cannot be written.
        """
        with self._lock.held():
            self._wait()
            if self._batches and not self._has_failed:
                batches, self._batches, self._size = self._batches, [], 0
                self._commit(batches)

    def _wait(self) -> None:
        """Wait for the commit under way."""
        committing, self._committing = self._committing, None
        if committing is not None:
            try:
                committing.wait()
            except BaseException:
                self._committing = committing  # cancelled: whoever flushes waits for it
                raise
            committing.result()

    def _commit(self, batches: Sequence[Batch]) -> None:
        try:
            counts = self._storage.commit(batches)
        except BaseException:
            self._has_failed = True  # what follows must not be committed without it
            raise
        self._committed(counts)
