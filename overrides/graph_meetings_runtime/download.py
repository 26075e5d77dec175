"""Downloads to a file: resumable, atomic, in constant memory."""

import asyncio
import io
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from graph_meetings_runtime.content_stream import ContentStream
from graph_meetings_runtime.errors import DownloadIncomplete, GraphError
from graph_meetings_runtime.retry import Retry

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
        source: names the content: its URL, without anything secret.
        target: the final file.
        retry: how often a broken body is taken up again without a MiB of progress in between.
        progress: called after each chunk.
    """

    def __init__(
        self,
        open_content: OpenContent,
        source: str,
        target: Path,
        retry: Retry,
        progress: Callable[[Progress], object] | None,
    ) -> None:
        self._open = open_content
        self._source = source
        self._target = target
        self._part = target.with_name(f"{target.name}.part")
        self._sidecar = target.with_name(f"{target.name}.part.json")
        self._retry = retry
        self._progress = progress
        self._etag = self._known_etag()
        self._received = self._part.stat().st_size if self._etag else 0
        self._resumed_from = 0

    async def run(self) -> DownloadResult:
        """Fetch what is missing and put the file in place.

        Raises:
            DownloadIncomplete: the body broke off too often; what came is kept.
            GraphError: the service refused.
            OSError: the file cannot be written.
        """
        began = time.monotonic()
        failures = 0
        while True:
            before = self._received
            content_type, failure = await self._attempt()
            if failure is None:
                return self._finish(content_type)
            failures = 1 if self._received - before >= _ENOUGH_PROGRESS else failures + 1
            elapsed = time.monotonic() - began if failures > 1 else 0.0
            delay = self._retry.delay(failures, elapsed, {})
            if delay is None:
                raise DownloadIncomplete(
                    f"{self._part} has {self._received} bytes, the rest did not come ({failure}); "
                    "download again to resume"
                ) from failure
            await asyncio.sleep(delay)

    async def _attempt(self) -> tuple[str | None, GraphError | None]:
        try:
            async with self._open(first=self._received, etag=self._etag) as stream:
                self._begin(stream)
                return stream.content_type, await self._receive(stream)
        except GraphError as error:
            if error.status != _RANGE_NOT_SATISFIABLE or not self._received:
                raise
            if (error.response_headers or {}).get("content-range") == f"bytes */{self._received}":
                # Nothing was missing: the last process ended between the last byte and the final name.
                self._resumed_from = self._received
                return None, None
            self._received, self._etag = 0, None
            return None, error

    def _begin(self, stream: ContentStream) -> None:
        """Keep what is on disk if the stream goes on from there, and write down what the bytes belong to."""
        if stream.first not in {0, self._received}:
            raise DownloadIncomplete(f"bytes from {self._received} on were asked for, and from {stream.first} on came")
        if stream.first == 0 or stream.etag != self._etag:
            self._sidecar.unlink(missing_ok=True)
        if stream.first == 0:
            self._received = 0
        elif not self._resumed_from:
            self._resumed_from = stream.first
        self._etag = stream.etag
        with self._part.open("ab") as file:
            file.truncate(self._received)
        if stream.etag is not None:
            self._sidecar.write_bytes(msgspec.json.encode(_Sidecar(self._source, stream.etag)))

    async def _receive(self, stream: ContentStream) -> GraphError | None:
        with self._part.open("r+b", buffering=0) as file:
            file.seek(self._received)
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

    def _finish(self, content_type: str | None) -> DownloadResult:
        self._part.replace(self._target)
        self._sidecar.unlink(missing_ok=True)
        return DownloadResult(self._target, self._received, self._resumed_from, content_type)

    def _known_etag(self) -> str | None:
        try:
            sidecar = msgspec.json.decode(self._sidecar.read_bytes(), type=_Sidecar)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        return sidecar.etag if sidecar.source == self._source and self._part.exists() else None
