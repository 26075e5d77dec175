"""Writes the chunks of a download to its part file; a thread flushes them while more chunks arrive."""

import threading
from types import TracebackType
from typing import Final, Protocol, Self

from graph_meetings_runtime.blocking.waiting import refuse_to_go_on
from graph_meetings_runtime.errors import GraphError

_BYTES_PER_FLUSH: Final = 32 << 20


class Part(Protocol):
    """A file to append to."""

    @property
    def received(self) -> int:
        """The number of bytes in it."""
        ...

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        ...

    def flush(self) -> None:
        """Wait until the bytes are on the disk."""
        ...


class PartWriter:
    """Writes chunks to a part. When its `with` block ends, in whatever way, no thread uses the file any more.

    What has been written is flushed in the meantime, so that little is left to flush at the end.

    Args:
        part: an open part that nothing else writes to.
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._flushed = part.received
        self._flushing: _Flush | None = None
        self._failure: OSError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _exc_type: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        try:
            self._wait_for_flushing()
        except OSError:
            # It must not hide a cancellation, or an error of a callback: these end more than one download.
            if error is None or isinstance(error, GraphError):
                raise

    def add(self, chunk: bytes) -> None:
        """Write a chunk.

        Raises:
            OSError: the chunk, or an earlier one, cannot be written or flushed.
        """
        refuse_to_go_on()
        if self._failure is not None:
            raise self._failure  # nothing may be written after a gap
        try:
            self._part.write(chunk)
        except OSError as error:
            self._failure = error
            raise
        if self._part.received - self._flushed >= _BYTES_PER_FLUSH and (
            self._flushing is None or not self._flushing.is_alive()
        ):
            self._wait_for_flushing()
            self._flushed = self._part.received
            self._flushing = _Flush(self._part)

    def _wait_for_flushing(self) -> None:
        if self._flushing is not None:
            self._flushing.wait()


class _Flush(threading.Thread):
    """Flushes a part once."""

    def __init__(self, part: Part) -> None:
        super().__init__(name="flush of a download", daemon=True)
        self._part = part
        self._error: OSError | None = None
        self._is_started = True
        try:
            self.start()
        except RuntimeError:  # the interpreter is exiting: the file is flushed at the end
            self._is_started = False

    def run(self) -> None:
        """Flush it."""
        try:
            self._part.flush()
        except OSError as error:
            self._error = error

    def wait(self) -> None:
        """Wait for the end, even when interrupted: the file must not be closed earlier.

        Raises:
            OSError: the disk failed.
        """
        if self._is_started:
            try:
                self.join()
            except BaseException:
                self.join()
                raise
        if self._error is not None:
            raise self._error
