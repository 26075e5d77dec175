"""Downloads to a file: resumable, atomic, in constant memory."""

import io
import os
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from graph_meetings_runtime.content_stream import STRONG_ETAG, ContentStream
from graph_meetings_runtime.errors import DownloadIncomplete, GraphError, MalformedResponse
from graph_meetings_runtime.retry import Attempts, Retry

if sys.platform != "win32":
    import fcntl

_ENOUGH_PROGRESS = 1 << 20
_RANGE_NOT_SATISFIABLE = 416


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is.

    Args:
        received: bytes of the file that are on disk, those of earlier attempts included.
        total: bytes of the whole file, `None` where the service does not say.
    """

    received: int
    total: int | None


@dataclass(frozen=True, slots=True)
class DownloadResult:
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


class _Sidecar(msgspec.Struct, frozen=True):
    """Which content the bytes of a `.part` file belong to."""

    source: str
    etag: str


class Download:
    """One download. The bytes go to `<name>.part`, which takes the final name once it is whole.

    A `.part.json` beside it says what the bytes belong to, so that a later download of the same content resumes.

    Args:
        open_content: opens the content.
        source: names the content and its format, without anything secret.
        target: the final file.
        retry: how often a broken body is taken up again without a MiB of progress in between.
        progress: called after each chunk.
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
        self._source = source
        self._target = target
        self._part = target.with_name(f"{target.name}.part")
        self._sidecar = target.with_name(f"{target.name}.part.json")
        self._attempts = Attempts(retry)
        self._progress = progress
        self._overwrite = overwrite
        self._etag: str | None = None
        self._received = 0
        self._resumed_from = 0

    async def run(self) -> DownloadResult:
        """Fetch what is missing and put the file in place.

        Raises:
            DownloadIncomplete: the body broke off too often; what came is kept.
            GraphError: the service refused.
            FileExistsError: the target exists, or came into being meanwhile.
            BlockingIOError: another download has the `.part` file.
            OSError: the file cannot be written.
        """
        if self._target.is_dir():
            raise IsADirectoryError(f"{self._target} is a folder; name a file in it")
        if not self._overwrite and self._target.exists():
            raise FileExistsError(f"{self._target} exists; choose another name or pass overwrite=True")
        is_new = not self._part.exists()
        with self._part.open("ab", buffering=0) as file:
            _lock(file, self._part)
            self._resume(file)
            try:
                content_type = await self._fetch(file)
            except BaseException:
                if is_new and not self._received:
                    self._part.unlink(missing_ok=True)
                raise
            self._finish()
        return DownloadResult(self._target, self._received, self._resumed_from, content_type)

    async def _fetch(self, file: io.FileIO) -> str | None:
        """Fetch the rest of the content in as many attempts as are due; gives its type."""
        while True:
            before = self._received
            content_type, failure = await self._attempt(file)
            if failure is None:
                return content_type
            if self._received - before >= _ENOUGH_PROGRESS:
                self._attempts.begin()
            if not await self._attempts.wait():
                raise DownloadIncomplete(
                    f"{self._part} has {self._received} bytes, the rest did not come ({failure}); "
                    "download again to resume"
                ) from failure

    async def _attempt(self, file: io.FileIO) -> tuple[str | None, GraphError | None]:
        try:
            async with self._open(first=self._received, etag=self._etag) as stream:
                failure = self._begin(file, stream) or await self._receive(file, stream)
                return stream.content_type, failure
        except GraphError as error:
            if error.status != _RANGE_NOT_SATISFIABLE or not self._received:
                raise
            if (error.response_headers or {}).get("content-range") == f"bytes */{self._received}":
                # Nothing was missing: the last process ended between the last byte and the final name.
                self._resumed_from = self._received
                return None, None
            self._start_over(file)
            return None, error

    def _begin(self, file: io.FileIO, stream: ContentStream) -> GraphError | None:
        """Keep what is on disk if the stream goes on from there, and write down what the bytes belong to."""
        if stream.first not in {0, self._received}:
            raise MalformedResponse(f"bytes from {self._received} on were asked for, and from {stream.first} on came")
        if stream.first and stream.etag != self._etag:
            self._start_over(file)
            return DownloadIncomplete("the content changed, and the service went on with the new one all the same")
        if stream.first == 0:
            self._start_over(file)
        elif not self._resumed_from:
            self._resumed_from = stream.first
        self._etag = stream.etag
        if stream.etag is not None:
            self._sidecar.write_bytes(msgspec.json.encode(_Sidecar(self._source, stream.etag)))
        return None

    async def _receive(self, file: io.FileIO, stream: ContentStream) -> GraphError | None:
        try:
            async for chunk in stream:
                self._write(file, chunk)
                if self._progress is not None:
                    self._progress(Progress(self._received, stream.size))
        except DownloadIncomplete as error:
            return error
        if stream.size in {None, self._received}:
            return None
        return DownloadIncomplete(f"{self._received} bytes came of {stream.size}")

    def _write(self, file: io.FileIO, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            written = file.write(rest)
            self._received += written
            rest = rest[written:]

    def _resume(self, file: io.FileIO) -> None:
        """Take up what an earlier download of the same content left."""
        try:
            sidecar = msgspec.json.decode(self._sidecar.read_bytes(), type=_Sidecar)
        except (FileNotFoundError, ValueError):
            sidecar = _Sidecar("", "")
        if sidecar.source == self._source and STRONG_ETAG.fullmatch(sidecar.etag):
            self._etag = sidecar.etag
            self._received = file.seek(0, os.SEEK_END)
        else:
            self._start_over(file)

    def _start_over(self, file: io.FileIO) -> None:
        self._sidecar.unlink(missing_ok=True)
        file.truncate(0)
        self._received, self._resumed_from, self._etag = 0, 0, None

    def _finish(self) -> None:
        """Give the file its final name in one step, which fails where the name is taken and may not be."""
        if self._overwrite:
            self._part.replace(self._target)
        else:
            self._take_free_name()
        self._sidecar.unlink(missing_ok=True)

    def _take_free_name(self) -> None:
        try:
            self._target.hardlink_to(self._part)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            self._part.rename(self._target)
        else:
            self._part.unlink()


def _lock(file: io.FileIO, path: Path) -> None:
    """Keep every other download away from the file until it is closed, also when this process dies."""
    if sys.platform == "win32":
        return  # a file that is open cannot be replaced there
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(f"another download writes {path}") from None
