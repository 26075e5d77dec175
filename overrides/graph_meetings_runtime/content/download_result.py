"""What a download tells while it runs and once it is finished."""

from pathlib import Path

from msgspec import Struct


class Progress(Struct, frozen=True):
    """How far a download is.

    Args:
        received: bytes in the file, including those of earlier attempts.
        total: bytes of the whole file, `None` if the service does not say.
    """

    received: int
    total: int | None


class DownloadResult(Struct, frozen=True):
    """A finished download.

    Args:
        path: of the file, as it was passed.
        size: in bytes.
        resumed_from: how many bytes were on disk when the download began, 0 if it started from the beginning.
        content_type: such as `video/mp4`, if the service said so.
    """

    path: Path
    size: int
    resumed_from: int
    content_type: str | None
