"""Downloads with a progress bar, and a row for each file."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Generic, Literal, TypeVar

from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from graph_meetings.blocking import (
    CallRecording,
    CallTranscript,
    Cue,
    DownloadOutcome,
    FieldError,
    GraphError,
    GraphMeetingsClient,
)
from graph_meetings.blocking import Progress as HowFar
from graph_meetings_archive.command.output.columns import Column, Row, handle, handle_of, size, text
from graph_meetings_archive.command.output.failed_requests import message_of
from graph_meetings_archive.command.output.messages import complain
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.output.terminal import err
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import RowFormat
from graph_meetings_archive.tables import Column as Field
from graph_meetings_archive.tables import ColumnType, Schema

A = TypeVar("A", CallRecording, CallTranscript)


class Downloads(Generic[A]):
    """Downloads to a folder.

    Args:
        kind: what they are.
        folder: for the files.
        concurrency: the most downloads at a time.
        overwrite: whether to replace existing files.
    """

    def __init__(
        self, kind: Literal["recording", "transcript"], folder: Path, *, concurrency: int, overwrite: bool
    ) -> None:
        self._kind = kind
        self._folder = folder
        self._concurrency = concurrency
        self._overwrite = overwrite
        self._outcomes: list[DownloadOutcome[A]] = []
        self._tasks: dict[str, TaskID] = {}

    def run(
        self,
        graph: GraphMeetingsClient,
        artifacts: Iterable[A],
        format: RowFormat | None,
        render: Callable[[A, list[Cue]], str] | None = None,
    ) -> int:
        """Download, print a row for each file, and return the exit status.

        Args:
            graph: the client.
            artifacts: what is downloaded.
            format: of the rows.
            render: makes the text of a transcript's file; by default it is as the service has it.

        Raises:
            CommandFailed: a file is in the place of the folder.
        """
        _make(self._folder)
        with _bars() as bars:
            summary = graph.download_many(
                artifacts,
                self._folder,
                concurrency=self._concurrency,
                render=render,
                overwrite=self._overwrite,
                progress=None if bars is None else partial(self._show, bars),
                finished=partial(self._finish, bars),
            )
        rows = (_row(self._kind, outcome) for outcome in self._outcomes)
        print_rows(rows, _schema(self._kind), _columns(self._kind), format)
        for outcome in summary.failed:
            _complain(outcome)
        return 1 if summary.failed else 0

    def _finish(self, bars: Progress | None, outcome: DownloadOutcome[A]) -> None:
        self._outcomes.append(outcome)
        task = self._tasks.pop(outcome.artifact.id, None)
        if bars is not None and task is not None:
            bars.remove_task(task)

    def _show(self, bars: Progress, artifact: A, how_far: HowFar) -> None:
        moment = created(artifact)
        name = "undated" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
        if artifact.id not in self._tasks:
            self._tasks[artifact.id] = bars.add_task(name, total=how_far.total)
        bars.update(self._tasks[artifact.id], completed=how_far.received, total=how_far.total)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise CommandFailed(
            f"--to: {folder} is not a folder", hint="name another one: a file is in its place"
        ) from None


def created(artifact: CallRecording | CallTranscript, zone: tzinfo | None = None) -> datetime | None:
    """Return when an artifact was created, by default in local time; `None` if it does not say, or is malformed."""
    try:
        moment = artifact.created_date_time
        return None if moment is None else moment.astimezone(zone)
    except (FieldError, OverflowError):  # malformed, or near the end of time
        return None


@contextmanager
def _bars() -> Generator[Progress | None]:
    """Show a bar for each file that is being downloaded; there are none in a pipe."""
    console = err()
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        yield bars


def _schema(kind: str) -> Schema:
    return Schema(
        (
            Field(f"{kind}_id", ColumnType.TEXT, f"Id of the {kind}."),
            Field("result", ColumnType.TEXT, "`downloaded`, `exists` or `failed`."),
            Field("path", ColumnType.TEXT, "The file, absolute."),
            Field("size", ColumnType.INTEGER, "Bytes of the file."),
            Field("error", ColumnType.TEXT, "Why it failed."),
        )
    )


def _columns(kind: str) -> tuple[Column, ...]:
    return (
        text("Result", "result", width=10),
        size("Size", "size"),
        handle(kind.capitalize(), f"{kind}_id"),
        text("File", "file"),
    )


def _row(kind: str, outcome: DownloadOutcome[A]) -> Row:
    result = "failed" if outcome.error else "downloaded" if outcome.result else "exists"
    path = None if outcome.error else outcome.path
    return {
        f"{kind}_id": outcome.artifact.id,
        "result": result,
        "path": None if path is None else str(path),
        "size": outcome.result.size if outcome.result else None,
        "error": None if outcome.error is None else _reason(outcome.error),
        "file": None if path is None else path.name,
    }


def _reason(error: Exception) -> str:
    return message_of(error) if isinstance(error, GraphError) else str(error)


def _complain(outcome: DownloadOutcome[A]) -> None:
    error = outcome.error
    if error is not None:
        hint = error.hint if isinstance(error, GraphError) else None
        complain(f"{handle_of(outcome.artifact.id)}: {_reason(error)}", hint=hint)
