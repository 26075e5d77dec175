# Made by codegen from overrides/graph_meetings_runtime/content/download.py; do not edit.
"""Downloads to a file: resumable, atomic, and in constant memory."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol

from graph_meetings_blocking_runtime.content.content_stream import PARTIAL_CONTENT, ContentStream
from graph_meetings_blocking_runtime.http.attempts import Attempts
from graph_meetings_runtime.blocking.part_writer import PartWriter
from graph_meetings_runtime.bounds import MAX_DOWNLOAD_RESTARTS, MAX_RESUMED_RANGES
from graph_meetings_runtime.content.download_result import DownloadResult, Progress
from graph_meetings_runtime.content.part_file import PartFile, clear_leftovers
from graph_meetings_runtime.content.promise import Promise
from graph_meetings_runtime.errors import DownloadIncomplete, GraphError, MalformedResponse
from graph_meetings_runtime.http.options.retry import Retry

_ENOUGH_PROGRESS: Final = 1 << 20
_RANGE_NOT_SATISFIABLE: Final = 416


class OpenContent(Protocol):
    """Opens a content at an offset if its ETag is still the same, otherwise at the beginning."""

    def __call__(self, *, first: int, etag: str | None) -> AbstractContextManager[ContentStream]:
        """Open the content."""
        ...


class _PromiseBroken(Exception):
    """A response contradicts what the first one said about the content."""


class Download:
    """One download. The bytes are written to a part file, which is renamed once it is complete.

    Args:
        open_content: opens the content.
        source: identifies the content and its format, without secrets.
        target: the final file.
        retry: the policy for a body that breaks off. A MiB of progress starts it afresh.
        progress: called as bytes are written.
        overwrite: whether the target may exist.
    """

    def __init__(  # noqa: PLR0913  what a download is made of
        self,
        open_content: OpenContent,
        source: str,
        target: Path,
        retry: Retry,
        progress: Callable[[Progress], object] | None,
        *,
        overwrite: bool,
    ) -> None:
        self._open = open_content
        self._path = target
        self._target = target.absolute()  # now, because the current folder may change
        self._part = PartFile(self._target, source)
        self._attempts = Attempts(retry, source)
        self._progress = progress
        self._overwrite = overwrite
        self._promise: Promise | None = None
        self._content_type: str | None = None
        self._resumed_from = 0
        self._reported = 0
        self._responses = 0

    def run(self) -> DownloadResult:
        """Fetch what is missing, and give the file its final name.

        Raises:
            DownloadIncomplete: the body broke off too many times; what has arrived is kept.
            MalformedResponse: the responses contradict each other, or the bytes have another digest, even after
                starting over.
            GraphError: a request failed.
            FileExistsError: the target exists, or was created in the meantime.
            BlockingIOError: another download is using the part.
            OSError: the file cannot be written; what has arrived is kept, unless the disk may have lost some of it.
        """
        self._refuse_taken_name()
        with self._part as part:
            self._resumed_from = part.received
            self._promise = part.promise if part.received else None
            self._fetch_right()
            part.finish(overwrite=self._overwrite)
        return DownloadResult(self._path, part.received, self._resumed_from, self._content_type)

    def _refuse_taken_name(self) -> None:
        if not self._target.parent.is_dir():
            raise FileNotFoundError(f"the folder {self._target.parent} does not exist; create it first")
        if self._target.is_dir():
            raise IsADirectoryError(f"{self._target} is a folder; name a file in it")
        if not self._overwrite and os.path.lexists(self._target):
            clear_leftovers(self._target)
            raise FileExistsError(f"{self._target} exists; choose another name or pass overwrite=True")

    def _fetch_right(self) -> None:
        """Fetch the content as promised. If the responses contradict the promise, start over, but not for ever."""
        restarts = 0
        while True:
            try:
                self._fetch()
                mismatch = self._part.mismatch() if self._part.promise.digest else None
            except _PromiseBroken as broken:
                mismatch = str(broken)
            if mismatch is None:
                return
            self._start_over()
            if restarts == MAX_DOWNLOAD_RESTARTS:
                raise MalformedResponse(f"{mismatch}; starting over did not help, so nothing was kept")
            restarts += 1
            self._attempts.begin()

    def _fetch(self) -> None:
        """Fetch the rest of the content, in as many attempts as it takes and the policy allows."""
        part = self._part
        furthest = part.received
        while True:
            failure = self._attempt()
            if failure is None:
                return
            # Only new bytes count as progress; otherwise a download could go back and forth for ever.
            if part.received - furthest >= _ENOUGH_PROGRESS:
                self._attempts.begin()
            furthest = max(furthest, part.received)
            self._responses += 1
            if self._responses > MAX_RESUMED_RANGES or not self._attempts.wait(failure):
                raise DownloadIncomplete(
                    f"{part.path} has {part.received} bytes, the rest did not arrive ({failure}); "
                    "download again to resume"
                ) from failure

    def _attempt(self) -> GraphError | None:
        """Fetch the bytes of one response; return why they are not all, or `None` if they are.

        Raises:
            _PromiseBroken: the response contradicts the first one.
        """
        part = self._part
        is_resuming = part.received > 0 and part.promise.etag is not None
        try:
            with self._open(first=part.received, etag=part.promise.etag) as stream:
                self._content_type = stream.content_type
                self._accept(stream)
                return self._receive(stream)
        except GraphError as error:
            if is_resuming and error.status == _RANGE_NOT_SATISFIABLE:
                if self._is_whole(error):
                    return None
                raise _PromiseBroken(f"the service has no bytes from {part.received} on") from None
            if is_resuming and error.status == PARTIAL_CONTENT:
                raise _PromiseBroken(error.message) from None
            raise

    def _is_whole(self, error: GraphError) -> bool:
        """Return whether nothing was missing: the last process ended after the last byte, but before the rename."""
        part = self._part
        headers = error.response_headers or {}
        is_same = headers.get("etag", part.promise.etag) == part.promise.etag
        is_all = part.promise.size in {None, part.received}
        return is_same and is_all and headers.get("content-range") == f"bytes */{part.received}"

    def _accept(self, stream: ContentStream) -> None:
        """Check a response against the promise, and continue where it starts: at the end of the part, or over again."""
        part = self._part
        promise = Promise(stream.etag, stream.size, stream.digest)
        if stream.is_part:
            self._refuse_other_part(stream)
        known = self._promise
        if known is None or known.etag != promise.etag:
            known = promise  # of the first response, or of content that has changed since
        contradiction = known.contradiction(promise)
        if contradiction is not None:
            raise _PromiseBroken(contradiction)
        self._promise = known.completed_by(promise)
        if stream.is_part:
            part.extend_promise(self._promise)
        else:
            self._resumed_from = self._reported = 0
            part.begin(self._promise)

    def _refuse_other_part(self, stream: ContentStream) -> None:
        part = self._part
        if stream.first != part.received:
            raise _PromiseBroken(
                f"bytes from {part.received} on were requested, but bytes from {stream.first} on arrived"
            )
        if stream.etag != part.promise.etag:
            raise _PromiseBroken("the service sent a part of another version of the content")
        if stream.size is None:
            raise _PromiseBroken("the service sent a part without the size of the whole")

    def _receive(self, stream: ContentStream) -> GraphError | None:
        part, failure = self._part, None
        try:
            with PartWriter(part) as writer:
                for chunk in stream:
                    writer.add(chunk)
                    self._report()
        except DownloadIncomplete as error:
            failure = error
        self._report()
        size = part.promise.size
        if failure is not None or size in {None, part.received}:
            return failure
        if not stream.is_part:
            raise _PromiseBroken(f"the content ended after {part.received} of {size} promised bytes")
        return DownloadIncomplete(f"{part.received} of {size} bytes arrived")

    def _report(self) -> None:
        received = self._part.received
        if self._progress is not None and received != self._reported:
            self._reported = received
            self._progress(Progress(received, self._part.promise.size))

    def _start_over(self) -> None:
        self._part.forget()
        self._resumed_from = self._reported = 0
        if self._promise is not None and self._promise.etag is None:
            self._promise = None  # there is no telling whether the next response has the same content
