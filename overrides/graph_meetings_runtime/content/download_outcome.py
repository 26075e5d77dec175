"""The outcomes of many downloads, and their summary."""

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
        path: the absolute path of the file; `None` if the artifact lacks an id that its URL needs.
        result: the download, or `None` if it failed or was skipped.
        error: why it failed, or `None` if it did not.
    """

    artifact: A
    path: Path | None
    result: DownloadResult | None = None
    error: Exception | None = None


class DownloadSummary(Struct, Generic[A], frozen=True):
    """The outcome of many downloads.

    Args:
        downloaded: the number of files downloaded.
        skipped: the number of files that already existed.
        size: the total size of the downloaded files in bytes.
        failed: the downloads that failed, each with its `artifact` and its `error`.
    """

    downloaded: int
    skipped: int
    size: int
    failed: tuple[DownloadOutcome[A], ...]
