"""Downloads to a file: resumable, atomic, in constant memory."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from graph_meetings_runtime.content.content_stream import ContentStream
from graph_meetings_runtime.content.part_file import PartFile, clear_leftovers
from graph_meetings_runtime.content.part_writer import PartWriter
from graph_meetings_runtime.errors import DownloadIncomplete, GraphError, MalformedResponse
from graph_meetings_runtime.http.attempts import Attempts
from graph_meetings_runtime.http.retry import Retry

_ENOUGH_PROGRESS = 1 << 20
_RANGE_NOT_SATISFIABLE = 416


class Progress(Struct, frozen=True):
    """How far a download is.

    Args:
        received: bytes that are in the file, those of earlier attempts included.
        total: bytes of the whole file, `None` where the service does not say.
    """

    received: int
    total: int | None


class DownloadResult(Struct, frozen=True):
    """A finished download.

    Args:
        path: the file.
        size: its bytes.
        resumed_from: how many of them were on disk when the download began, 0 where it began anew.
        content_type: such as `video/mp4`, where the service said so.
    """

    path: Path
    size: int
    resumed_from: int
    content_type: str | None


class OpenContent(Protocol):
    """Opens a content from an offset on while it still has that etag, and from its beginning otherwise."""

    def __call__(self, *, first: int, etag: str | None) -> AbstractAsyncContextManager[ContentStream]:
        """Open the content."""
        ...


class Download:
    """One download. The bytes go to a part, which takes the final name once it is whole.

    Args:
        open_content: opens the content.
        source: names the content and its format, without anything secret.
        target: the final file.
        retry: how often a broken body is taken up again without a MiB of progress in between.
        progress: called as chunks get into the file.
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
        self._target = target
        self._part = PartFile(target, source)
        self._attempts = Attempts(retry, source)
        self._progress = progress
        self._overwrite = overwrite
        self._resumed_from = 0
        self._told = 0

    async def run(self) -> DownloadResult:
        """Fetch what is missing and put the file in place.

        Raises:
            DownloadIncomplete: the body broke off too often; what came is kept.
            MalformedResponse: the bytes are not those that the service says they are, twice.
            GraphError: the service refused.
            FileExistsError: the target exists, or came into being meanwhile.
            BlockingIOError: another download has the part.
            OSError: the file cannot be written; what came is kept.
        """
        self._refuse_taken_name()
        with self._part as part:
            self._resumed_from = part.received
            content_type = await self._fetch_right()
            await part.finish(overwrite=self._overwrite)
        return DownloadResult(self._target, part.received, self._resumed_from, content_type)

    def _refuse_taken_name(self) -> None:
        if self._target.is_dir():
            raise IsADirectoryError(f"{self._target} is a folder; name a file in it")
        if not self._overwrite and os.path.lexists(self._target):
            clear_leftovers(self._target)
            raise FileExistsError(f"{self._target} exists; choose another name or pass overwrite=True")

    async def _fetch_right(self) -> str | None:
        """Fetch the content, once more where its digest is another; gives its type."""
        for is_last in (False, True):
            content_type = await self._fetch()
            mismatch = await self._part.mismatch()
            if mismatch is None:
                return content_type
            self._start_over()
            if is_last:
                break
            self._attempts.begin()
        raise MalformedResponse(f"{mismatch}; {self._part.path} was thrown away twice")

    async def _fetch(self) -> str | None:
        """Fetch the rest of the content in as many attempts as are due; gives its type."""
        part = self._part
        furthest = part.received
        while True:
            content_type, failure = await self._attempt()
            if failure is None:
                return content_type
            # Only what is further than ever counts: going back and forth would have no end.
            if part.received - furthest >= _ENOUGH_PROGRESS:
                self._attempts.begin()
            furthest = max(furthest, part.received)
            if not await self._attempts.wait(failure):
                raise DownloadIncomplete(
                    f"{part.path} has {part.received} bytes, the rest did not come ({failure}); "
                    "download again to resume"
                ) from failure

    async def _attempt(self) -> tuple[str | None, GraphError | None]:
        part = self._part
        try:
            async with self._open(first=part.received, etag=part.etag) as stream:
                failure = self._begin(stream) or await self._receive(stream)
                return stream.content_type, failure
        except GraphError as error:
            if error.status != _RANGE_NOT_SATISFIABLE or not part.received:
                raise
            headers = error.response_headers or {}
            is_same = headers.get("etag", part.etag) == part.etag
            if is_same and headers.get("content-range") == f"bytes */{part.received}":
                # Nothing was missing: the last process ended between the last byte and the final name.
                return None, None
            self._start_over()
            return None, error

    def _begin(self, stream: ContentStream) -> GraphError | None:
        """Keep what is on disk if the stream goes on from there; otherwise begin with what comes."""
        part = self._part
        if stream.first == 0:
            self._resumed_from = self._told = 0
            part.begin(stream.etag, stream.digest)
            return None
        if stream.first != part.received:
            raise MalformedResponse(f"bytes from {part.received} on were asked for, and from {stream.first} on came")
        if stream.etag != part.etag:
            self._start_over()
            return DownloadIncomplete("the content changed, and the service went on with the new one all the same")
        if stream.size is None:
            self._start_over()
            return DownloadIncomplete("the service gave a part and did not say of how much")
        part.expect(stream.digest)
        return None

    async def _receive(self, stream: ContentStream) -> GraphError | None:
        part, failure = self._part, None
        try:
            async with PartWriter(part) as writer:
                async for chunk in stream:
                    await writer.add(chunk)
                    self._tell(stream)
        except DownloadIncomplete as error:
            failure = error
        self._tell(stream)
        if failure is None and stream.size not in {None, part.received}:
            failure = DownloadIncomplete(f"{part.received} bytes came of {stream.size}")
        return failure

    def _tell(self, stream: ContentStream) -> None:
        received = self._part.received
        if self._progress is not None and received != self._told:
            self._told = received
            self._progress(Progress(received, stream.size))

    def _start_over(self) -> None:
        self._part.forget()
        self._resumed_from = self._told = 0
