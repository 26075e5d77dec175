"""The contents of recordings and transcripts, saved by executors."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyspark import TaskContext

from graph_meetings import CallRecording, CallTranscript, GraphError, SpeakerAttributionNotAllowed
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.feeds.content import Content
from graph_meetings_archive.spark.reading.in_order import in_order
from graph_meetings_archive.spark.request.options import TABLES, OptionError, Options, read_options
from graph_meetings_archive.spark.request.service import open_client, require_token, threads_of
from graph_meetings_archive.spark.schema import struct_of
from graph_meetings_archive.storage.folder import ArchiveFolder
from graph_meetings_archive.storage.kinds import CONTENT_COLUMNS
from graph_meetings_archive.storage.unit import REMOVED
from graph_meetings_blocking_archive.feeds.downloads import WITHOUT_SPEAKERS, problem_of, size_and_sha256
from graph_meetings_blocking_archive.feeds.run import STOPS_A_FEED
from graph_meetings_runtime.tables.arrow import arrow_schema, library

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from graph_meetings_runtime.json_codec import JsonObject

_ENDINGS: Final = {"recordings": ".mp4", "transcripts": ".vtt"}
_ASKED_BY: Final = ("organizer_id", "id", "meeting_id", "call_id")
_GIVEN: Final = frozenset({"organizers", "since", "until", "columns", "raw", "journal", "push_filters"})
"""Options that have no effect here, because the rows are passed in."""


def save_contents(artifacts: "DataFrame", folder: str | os.PathLike[str], **options: object) -> "DataFrame":
    """Save the contents of recordings or transcripts to a folder that all executors can reach, such as a volume.

    Like everything in Spark, this happens when the result is used. Files get their names once they are complete, and
    existing ones are not downloaded again, so a failed task can simply be repeated. Names are digests of ids, as in
    an archive: `contents/recordings/4f/….mp4`.

    Args:
        artifacts: rows of the table `recordings` or `transcripts`, or a batch of a stream.
        folder: for the files.
        options: `table`, and the options of the data source about requests: `credential`, `cloud`, `base_url`,
            `parallelism`, `concurrency`, `rate`.

    Returns:
        For each artifact `organizer_id` and `id`, `content_file` below the folder, `content_size` in bytes,
        `content_sha256`, or `content_problem`, the reason why there is none.

    Raises:
        OptionError: an option is wrong, or there is no credential.

    Source: https://learn.microsoft.com/graph/api/callrecording-get
    """
    checked = read_options({name: str(value) for name, value in options.items()})
    if checked.table not in _ENDINGS:
        raise OptionError(f"the table {checked.table!r} has no contents, only {' and '.join(_ENDINGS)} have")
    if unused := sorted(_GIVEN & set(options)):
        raise OptionError(f"option {unused[0]!r} has no effect on contents: choose the rows, and remove it")
    require_token(checked)
    save = _Saver(checked, Path(folder).absolute())
    key = tuple(TABLES[checked.table].schema[name] for name in ("organizer_id", "id"))
    columns = (*key, *(column for column in CONTENT_COLUMNS if column.name != REMOVED))
    return artifacts.select(*_ASKED_BY).mapInArrow(partial(_saved, save, columns), struct_of(columns))


def _saved(save: "_Saver", columns: Any, batches: Iterable[Any]) -> Iterator[Any]:
    """Save the contents of batches of artifacts; called on executors."""
    arrow, schema = library("pyarrow"), arrow_schema(columns)
    with open_client(save.options, shares=save.options.parallelism) as graph:
        threads = threads_of(save.options, save.options.parallelism)
        for batch in batches:
            rows = list(in_order(partial(save, graph), batch.to_pylist(), threads))
            cells = list(zip(*rows, strict=True)) or [()] * len(columns)
            arrays = [arrow.array(column, field.type) for column, field in zip(cells, schema, strict=True)]
            yield arrow.record_batch(arrays, schema)


@dataclass(frozen=True, slots=True)
class _Saver:
    """Saves one content after another.

    Args:
        options: of the requests.
        folder: for the files.
    """

    options: Options
    folder: Path

    def __call__(self, graph: GraphMeetingsClient, row: dict[str, Any]) -> tuple[object, ...]:
        """Save the content of an artifact, unless it exists, and return its row.

        Raises:
            GraphError: the error would affect all other downloads, too.
            OSError: the folder cannot be written.
        """
        try:
            content = self._content(graph, row)
        except STOPS_A_FEED:
            raise
        except GraphError as error:
            content = Content(problem=problem_of(error))
        except ValueError as error:  # it lacks an id that its URL needs
            content = Content(problem=str(error))
        return (row["organizer_id"], row["id"], *content.cells)

    def _content(self, graph: GraphMeetingsClient, row: dict[str, Any]) -> Content:
        try:
            return self._file(graph, row, _ENDINGS[self.options.table], None)
        except SpeakerAttributionNotAllowed:
            return self._file(graph, row, ".txt", WITHOUT_SPEAKERS)

    def _file(self, graph: GraphMeetingsClient, row: dict[str, Any], ending: str, accept: str | None) -> Content:
        key = (row["organizer_id"], row["id"])
        path = ArchiveFolder(self.folder).content(self.options.table, key, ending)
        target = self.folder / path
        if not target.exists():
            # By way of a local disk: volumes accept whole files, but not downloads that are resumed.
            with tempfile.TemporaryDirectory(prefix="graph-meetings-") as local:
                download = Path(local) / target.name
                artifact = _artifact(self.options.table, row)
                graph.content_of(artifact, user=row["organizer_id"]).download(download, accept=accept)
                _move(download, target)
        return Content(path.as_posix(), *size_and_sha256(target))


def _artifact(table: str, row: dict[str, Any]) -> Any:
    """Return an artifact with only the ids that its URL needs."""
    raw: JsonObject = {
        "id": row["id"],
        "meetingId": row["meeting_id"],
        "callId": row["call_id"],
        "meetingOrganizer": {"user": {"id": row["organizer_id"]}},
    }
    return (CallRecording if table == "recordings" else CallTranscript).from_raw(raw)


def _move(download: Path, target: Path) -> None:
    """Copy a file to its place, under a temporary name until it is complete."""
    task = TaskContext.get()
    attempt = 0 if task is None else task.taskAttemptId()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    staged = target.with_name(f".{target.name}.{attempt}")
    try:
        shutil.copyfile(download, staged)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
