"""The progress and the result of a download."""

from pathlib import Path

from msgspec import Struct


class Progress(Struct, frozen=True):
    """How far a download is.

    Args:
        received: the bytes in the file, including those of earlier attempts.
        total: the size of the whole file in bytes, or `None` if the service does not say.
    """

    received: int
    total: int | None


class DownloadResult(Struct, frozen=True):
    """A finished download.

    Args:
        path: of the file, as passed by the caller.
        size: in bytes.
        resumed_from: the bytes that were on the disk when the download started; 0 if it started from the beginning.
        content_type: such as `video/mp4`, or `None` if the service does not say.
    """

    path: Path
    size: int
    resumed_from: int
    content_type: str | None
