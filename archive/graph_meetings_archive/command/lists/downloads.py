"""Downloads with a progress bar, and a row for each file."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from graph_meetings.blocking import CallRecording, DownloadOutcome, GraphError, GraphMeetingsClient
from graph_meetings.blocking import Progress as HowFar
from graph_meetings_archive.command.output.columns import Column, Row, handle, size, text
from graph_meetings_archive.command.output.failed_requests import message_of
from graph_meetings_archive.command.output.messages import complain
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.output.terminal import err
from graph_meetings_archive.command.usage.options import RowFormat
from graph_meetings_archive.tables import Column as Field
from graph_meetings_archive.tables import ColumnType, Schema

_SCHEMA: Final = Schema(
    (
        Field("recording_id", ColumnType.TEXT, "Id of the recording."),
        Field("result", ColumnType.TEXT, "`downloaded`, `exists` or `failed`."),
        Field("path", ColumnType.TEXT, "The file, absolute."),
        Field("size", ColumnType.INTEGER, "Bytes of the file."),
        Field("error", ColumnType.TEXT, "Why it failed."),
    )
)


class Downloads:
    """Downloads to a folder.

    Args:
        folder: for the files.
        concurrency: how many at a time.
        overwrite: whether existing files are replaced.
    """

    def __init__(self, folder: Path, *, concurrency: int, overwrite: bool) -> None:
        self._folder = folder
        self._concurrency = concurrency
        self._overwrite = overwrite
        self._outcomes: list[DownloadOutcome[CallRecording]] = []
        self._tasks: dict[str, TaskID] = {}

    def run(self, graph: GraphMeetingsClient, recordings: Iterable[CallRecording], format: RowFormat | None) -> int:
        """Download, print a row for each recording, and return the exit status."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _bars() as bars:
            summary = graph.download_many(
                recordings,
                self._folder,
                concurrency=self._concurrency,
                overwrite=self._overwrite,
                progress=None if bars is None else partial(self._show, bars),
                finished=partial(self._finish, bars),
            )
        print_rows((_row(outcome) for outcome in self._outcomes), _SCHEMA, _columns(), format)
        for outcome in summary.failed:
            _complain(outcome)
        return 1 if summary.failed else 0

    def _finish(self, bars: Progress | None, outcome: DownloadOutcome[CallRecording]) -> None:
        self._outcomes.append(outcome)
        task = self._tasks.pop(outcome.artifact.id, None)
        if bars is not None and task is not None:
            bars.remove_task(task)

    def _show(self, bars: Progress, recording: CallRecording, how_far: HowFar) -> None:
        created = recording.created_date_time
        name = f"{created.astimezone():%Y-%m-%d %H:%M}" if created else "undated"
        if recording.id not in self._tasks:
            self._tasks[recording.id] = bars.add_task(name, total=how_far.total)
        bars.update(self._tasks[recording.id], completed=how_far.received, total=how_far.total)


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


def _columns() -> tuple[Column, ...]:
    return (
        text("Result", "result", width=10),
        size("Size", "size"),
        handle("Recording", "recording_id"),
        text("File", "file"),
    )


def _row(outcome: DownloadOutcome[CallRecording]) -> Row:
    result = "failed" if outcome.error else "downloaded" if outcome.result else "exists"
    return {
        "recording_id": outcome.artifact.id,
        "result": result,
        "path": None if outcome.path is None or outcome.error else str(outcome.path),
        "size": outcome.result.size if outcome.result else None,
        "error": None if outcome.error is None else _reason(outcome.error),
        "file": None if outcome.path is None else outcome.path.name,
    }


def _reason(error: Exception) -> str:
    return message_of(error) if isinstance(error, GraphError) else str(error)


def _complain(outcome: DownloadOutcome[CallRecording]) -> None:
    error = outcome.error
    if error is not None:
        complain(_reason(error), hint=error.hint if isinstance(error, GraphError) else None)
