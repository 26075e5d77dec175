"""What many downloads tell about each and about all."""

from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from graph_meetings_runtime.content.download_result import DownloadResult
from graph_meetings_runtime.models.model import Model

A = TypeVar("A", bound=Model)


class DownloadOutcome(Struct, Generic[A], frozen=True):
    """The outcome of one of many downloads.

    Args:
        artifact: the recording or transcript.
        path: of its file, absolute; `None` if the artifact lacks an id that its address needs.
        result: the download, `None` if it failed or was skipped.
        error: why it failed, `None` if it did not.
    """

    artifact: A
    path: Path | None
    result: DownloadResult | None = None
    error: Exception | None = None


class DownloadSummary(Struct, Generic[A], frozen=True):
    """The outcome of many downloads.

    Args:
        downloaded: how many files were downloaded.
        skipped: how many existed already.
        size: bytes of the files that were downloaded.
        failed: the downloads that failed, each with its `artifact` and its `error`.
    """

    downloaded: int
    skipped: int
    size: int
    failed: tuple[DownloadOutcome[A], ...]
