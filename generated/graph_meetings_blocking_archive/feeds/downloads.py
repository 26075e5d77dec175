# Made by codegen from archive/graph_meetings_archive/feeds/downloads.py; do not edit.
"""The contents of recordings and transcripts: files beside the rows."""

import hashlib
from pathlib import Path
from typing import Final

from graph_meetings import (
    AuthenticationFailed,
    CallRecording,
    CallTranscript,
    Cue,
    GraphError,
    NotFound,
    SpeakerAttributionNotAllowed,
    read_cues,
)
from graph_meetings_archive.feeds.content import Content
from graph_meetings_archive.storage.storage import not_written
from graph_meetings_archive.storage.unit import Key
from graph_meetings_blocking_archive.feeds.run import Run

WITHOUT_SPEAKERS: Final = "application/vnd.microsoft.graph.transcript+text"
"""The form of a transcript that a tenant allows that does not let anyone know who spoke."""
_GONE: Final = frozenset({404, 410})


def fetch_content(run: Run, kind: str, key: Key, organizer: str, artifact: CallRecording | CallTranscript) -> Content:
    """Download the content of an artifact, unless it is there already.

    Args:
        run: the update.
        kind: of the artifact's unit.
        key: of the artifact's unit.
        organizer: whose path the artifact was read under.
        artifact: with its ids.

    Raises:
        AuthenticationFailed: nothing else can be downloaded either.
        ArchiveNotWritable: the disk is full, for example.
    """
    path = run.folder.content(kind, key, ".mp4" if kind == "recordings" else ".vtt")
    try:
        return _fetched(run, kind, path, organizer, artifact, None)
    except SpeakerAttributionNotAllowed as error:
        return _without_speakers(run, kind, path, organizer, artifact, error)


def read_transcript(run: Run, content: Content) -> list[Cue]:
    """Return the cues of a transcript that was downloaded.

    Raises:
        ValueError: it is not WebVTT.
    """
    if content.file is None or not content.file.endswith(".vtt"):
        return []
    data = (run.folder.root / content.file).read_bytes()
    return read_cues(data, _ignore)


def _without_speakers(  # noqa: PLR0913, PLR0917  the arguments of the caller, and the error
    run: Run,
    kind: str,
    path: Path,
    organizer: str,
    artifact: CallRecording | CallTranscript,
    error: SpeakerAttributionNotAllowed,
) -> Content:
    """Download the form that the tenant allows; it has no cues."""
    try:
        return _fetched(run, kind, path.with_suffix(".txt"), organizer, artifact, WITHOUT_SPEAKERS)
    except SpeakerAttributionNotAllowed:
        return Content(problem=problem_of(error), error=error)


def _fetched(  # noqa: PLR0913, PLR0917  the arguments of the caller, and the form
    run: Run, kind: str, path: Path, organizer: str, artifact: CallRecording | CallTranscript, accept: str | None
) -> Content:
    target = run.folder.root / path
    try:
        if not target.exists():
            _make_folder(target.parent)
            builder = run.graph.content_of(artifact, user=organizer)
            result = builder.download(target, accept=accept)
            run.report.downloaded(kind, result.size)
        size, sha256 = size_and_sha256(target)
    except (SpeakerAttributionNotAllowed, AuthenticationFailed):
        raise
    except NotFound as error:
        run.report.lost(kind)
        return Content(problem=problem_of(error))
    except GraphError as error:
        is_gone = error.status in _GONE
        return Content(problem=problem_of(error), error=None if is_gone else error)
    except ValueError as error:  # it lacks an id that its address is made of
        return Content(problem=str(error))
    except OSError as error:
        raise not_written(target, error) from error
    return Content(path.as_posix(), size, sha256)


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def size_and_sha256(path: Path) -> tuple[int, str]:
    """Return the bytes of a file, and its SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), sha256


def problem_of(error: GraphError) -> str:
    """Return why there is no content, as a row says it."""
    head = " ".join(str(part) for part in (error.status, error.code) if part is not None)
    return ": ".join(part for part in (head, error.message) if part)


def _ignore(_: object) -> None:
    """Ignore a damaged cue: it is in the file."""
