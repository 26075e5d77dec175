# Made by codegen from overrides/graph_meetings_runtime/content/download_many.py; do not edit.
"""Downloads of many contents to a folder, several at a time."""

import errno
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

from graph_meetings_blocking_runtime.content.content_request_builder import ContentRequestBuilder
from graph_meetings_runtime.blocking.concurrency import for_each
from graph_meetings_runtime.content.download_outcome import DownloadOutcome, DownloadSummary
from graph_meetings_runtime.content.download_result import DownloadResult, Progress
from graph_meetings_runtime.content.file_name import safe_file_name, same_file_key
from graph_meetings_runtime.errors import AuthenticationFailed, GraphError, forget_locals
from graph_meetings_runtime.models.fields.field_error import FieldError
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.requests.keys import EntityKey

A = TypeVar("A", bound=Model)

_ENDINGS: Final = {"text/vtt": ".vtt", "text/markdown": ".md"}
_ENDING_OF_A_VIDEO: Final = ".mp4"
# If there is no room for one file, there is none for the next.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class AddressesContent(Protocol):
    """Finds the content of an artifact, like a generated client."""

    # Any: otherwise, type checkers infer the union of all kinds of artifacts.
    def content_of(self, artifact: Any, /, *, user: EntityKey | None = None) -> ContentRequestBuilder:
        """Return the content of an artifact."""
        ...


class Downloadable(Protocol):
    """A content that can be downloaded to a file."""

    @property
    def media_type(self) -> str:
        """Of the file."""
        ...

    @property
    def path_parameters(self) -> Mapping[str, object]:
        """The ids in its address."""
        ...

    def download(self, path: Path, *, overwrite: bool, progress: Callable[[Progress], object] | None) -> DownloadResult:
        """Download it in one step."""
        ...


class ManyDownloads(Generic[A]):
    """Downloads of many artifacts to one folder.

    Args:
        content_of: returns the content of an artifact.
        folder: for the files.
        name: returns the file name of an artifact, which is then made safe.
        overwrite: whether to download existing files again, and replace them.
        progress: called as bytes are written.
        finished: called with the outcome of each artifact.
    """

    def __init__(  # noqa: PLR0913  options, all but two by keyword
        self,
        content_of: Callable[[A], Downloadable],
        folder: Path,
        *,
        name: Callable[[A], str] | None,
        overwrite: bool,
        progress: Callable[[A, Progress], object] | None,
        finished: Callable[[DownloadOutcome[A]], object] | None,
    ) -> None:
        self._content_of = content_of
        self._folder = folder.absolute()  # now, because the current folder may change
        self._name = name
        self._overwrite = overwrite
        self._progress = progress
        self._finished = finished
        # Hashes instead of texts: a hundred bytes per artifact. Python salts them, so nobody can forge a collision.
        self._owners: dict[int, int] = {}
        self._downloaded = self._skipped = self._size = 0
        self._failed: list[DownloadOutcome[A]] = []
        self._raised: Exception | None = None

    def run(self, artifacts: Iterable[A], concurrency: int) -> DownloadSummary[A]:
        """Download the content of each artifact.

        Raises:
            ValueError: `concurrency` is less than 1.
            NotADirectoryError: the folder does not exist.
            TypeError: `artifacts` is a single artifact, or contains something else.
        """
        _require_several(artifacts)
        if not self._folder.is_dir():
            raise NotADirectoryError(f"{self._folder} is not a folder; create it first")
        for_each(self._download, artifacts, concurrency)
        return DownloadSummary(self._downloaded, self._skipped, self._size, tuple(self._failed))

    def _download(self, artifact: A) -> None:
        self._count(self._outcome(artifact))

    def _outcome(self, artifact: A) -> DownloadOutcome[A]:
        if not isinstance(artifact, Model):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
            raise TypeError(f"artifacts must be recordings or transcripts themselves, not {artifact!r}")
        try:
            content = self._content_of(artifact)
        except (ValueError, TypeError) as error:  # it lacks an id, or its kind has no content
            return DownloadOutcome(artifact, None, error=error)
        path = self._folder / safe_file_name(self._name(artifact) if self._name else _default_name(artifact, content))
        try:
            if self._is_done(path, content):
                return DownloadOutcome(artifact, path)
            result = content.download(path, overwrite=self._overwrite, progress=self._progress_of(artifact))
        except (GraphError, OSError) as error:
            if error is self._raised or _fails_all(error):
                raise
            forget_locals(error)  # the cues of a transcript, for example: the summary keeps every error
            return DownloadOutcome(artifact, path, error=error)
        return DownloadOutcome(artifact, path, result)

    def _is_done(self, path: Path, content: Downloadable) -> bool:
        """Return whether the file exists, and is thus complete: only complete files have their final names.

        Raises:
            FileExistsError: another artifact has the same file name.
        """
        key, owner = hash(same_file_key(path.name)), hash(_ids(content))
        if key in self._owners:
            if self._owners[key] != owner:
                raise FileExistsError(
                    f"{path} is the file of another artifact, too; `name` must return a different one for each"
                )
            return True  # the artifact occurs twice; the first occurrence counts
        self._owners[key] = owner
        if self._overwrite or not (path.is_file() or path.is_symlink()):
            return False
        from graph_meetings_runtime.content.part_file import clear_leftovers  # noqa: PLC0415  with the first download

        clear_leftovers(path)
        return True

    def _progress_of(self, artifact: A) -> Callable[[Progress], object] | None:
        return None if self._progress is None else partial(self._tell, self._progress, artifact)

    def _tell(self, progress: Callable[[A, Progress], object], artifact: A, how_far: Progress) -> None:
        try:
            progress(artifact, how_far)
        except Exception as error:
            self._raised = error  # not a failure of the download, even if it is an OSError, as from a closed pipe
            raise

    def _count(self, outcome: DownloadOutcome[A]) -> None:
        if outcome.error is not None:
            self._failed.append(outcome)
        elif outcome.result is None:
            self._skipped += 1
        else:
            self._downloaded += 1
            self._size += outcome.result.size
        if self._finished is not None:
            self._finished(outcome)


def _require_several(artifacts: object) -> None:
    if isinstance(artifacts, Model | str):
        kind = type(artifacts).__name__
        raise TypeError(f"artifacts must be a list, or what list() returns, not a {kind}; for one, use content_of")


def _fails_all(error: Exception) -> bool:
    """Return whether all other downloads would fail in the same way: without a token, or without room on the disk."""
    if isinstance(error, AuthenticationFailed):
        return error.status is None
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def _default_name(artifact: Model, content: Downloadable) -> str:
    """Name a file after facts only: the time of creation, the ids, and the kind of artifact."""
    digest = hashlib.sha256("\0".join(_ids(content)).encode()).hexdigest()
    return f"{_created(artifact)}_{digest[:16]}{_ENDINGS.get(content.media_type, _ENDING_OF_A_VIDEO)}"


def _created(artifact: Model) -> str:
    try:
        moment: object = getattr(artifact, "created_date_time", None)
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}" if isinstance(moment, datetime) else "undated"
    except (FieldError, OverflowError):
        return "undated"


def _ids(content: Downloadable) -> tuple[str, ...]:
    """Return the ids in the path: of the user, the meeting or call, and the artifact."""
    return tuple(str(value) for name, value in content.path_parameters.items() if name != "baseurl")
