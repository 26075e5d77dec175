# Made by codegen from archive/graph_meetings_archive/archive.py; do not edit.
"""The archive: a folder that updates bring up to date."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Self, TypeVar

from graph_meetings import AuthenticationFailed, FieldError, GraphError
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.feeds.artifact_rows import recording_rows, transcript_rows
from graph_meetings_archive.feeds.options import (
    Attendance,
    CallRecords,
    DirectRoutingCalls,
    Feed,
    PstnCalls,
    Recordings,
    Transcripts,
    feed_of_kind,
    name_of,
)
from graph_meetings_archive.formats.formats import FORMATS, FormatName, format_of
from graph_meetings_archive.outcome.errors import ArchiveMismatch
from graph_meetings_archive.outcome.report import Report
from graph_meetings_archive.outcome.status import ArchiveStatus
from graph_meetings_archive.outcome.summary import Failure, Summary
from graph_meetings_archive.status import status_of
from graph_meetings_archive.storage.folder import ArchiveFolder, Identity, open_journal, require_tenant, service_of
from graph_meetings_archive.storage.kinds import KINDS
from graph_meetings_archive.storage.storage import Counts, Storage
from graph_meetings_blocking_archive.feeds.artifacts import ArtifactFeed
from graph_meetings_blocking_archive.feeds.attendance.attendance import update_attendance
from graph_meetings_blocking_archive.feeds.attendance.virtual_events import update_virtual_events
from graph_meetings_blocking_archive.feeds.call_records import update_call_records
from graph_meetings_blocking_archive.feeds.logs import DIRECT_ROUTING, PSTN, update_log
from graph_meetings_blocking_archive.feeds.run import Run
from graph_meetings_blocking_archive.feeds.user_ids import user_id_of
from graph_meetings_blocking_archive.storage.writer import Writer
from graph_meetings_runtime.blocking.concurrency import for_each
from graph_meetings_runtime.blocking.guards import ClientGuard
from graph_meetings_runtime.blocking.locks import Lock
from graph_meetings_runtime.numeric_arguments import checked_concurrency

T = TypeVar("T")


class Archive(ClientGuard):
    """A folder with the meeting artifacts of one tenant, in one format.

    Use it with `with`. Only one process at a time can update an archive; it can be read at any time.

    Args:
        folder: of the archive; it is created, readable for its owner only, if it does not exist.
        graph: the client of the service.
        format: of the rows: `sqlite`, `csv`, `jsonl`, `parquet` (needs the extra `[parquet]`) or `duckdb` (`[duckdb]`);
            by default the one that the archive has, `sqlite` for a new one.
        tenant: the id of the tenant; by default it is found in what the service sends.
        concurrency: how many organizers, calls or downloads are worked on at a time.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        graph: GraphMeetingsClient,
        *,
        format: FormatName | None = None,
        tenant: str | None = None,
        concurrency: int = 8,
    ) -> None:
        if format is not None:
            format_of(format)  # refuses an unknown one, and one whose library is missing
        self._folder = ArchiveFolder(Path(folder).absolute())
        self._graph = graph
        self._identity = Identity(format, service_of(graph.request_adapter.base_url), tenant)
        self._concurrency = checked_concurrency(concurrency)
        self._storage: Storage | None = None
        self._open = ExitStack()
        self._updating = Lock()

    def update(
        self,
        organizers: Iterable[str],
        *feeds: Feed,
        progress: Callable[[Summary], object] | None = None,
    ) -> Summary:
        """Archive what is new since the last update, and what failed then.

        An update that is interrupted, by Ctrl-C, a crash or a full disk, loses nothing and repeats nothing: the next
        one goes on. What fails for one organizer, one meeting or one content does not stop the others.

        Args:
            organizers: ids or user principal names of the users whose artifacts are archived; `()` if only feeds of
                the whole tenant are asked for. Names are looked up, which needs the permission User.ReadBasic.All.
            feeds: what is archived, such as `Recordings(content=True), CallRecords()`.
            progress: called with the summary so far after each step that was committed.

        Raises:
            ArchiveBusy: another update of this archive is running.
            ArchiveDamaged: a file of the archive is damaged.
            ArchiveMismatch: the folder has an archive of another tenant, format, service or release.
            ArchiveNotWritable: the disk is full, or the folder cannot be written.
            AuthenticationFailed: the credential returned no token, or the service does not accept it.
        """
        if isinstance(organizers, str):
            raise TypeError("organizers are a collection of ids or names: ['…'], not '…'")
        with self._updating.held():
            if self._storage is None:
                raise RuntimeError("open the archive first: `with Archive(…) as archive: …`")
            return self._update(self._storage, organizers, feeds, progress or _ignore)

    @staticmethod
    def status(folder: str | PathLike[str]) -> ArchiveStatus:
        """Return what an archive has, without asking the service. It can be asked for while an update runs.

        Args:
            folder: of the archive.

        Raises:
            FileNotFoundError: there is no archive.
            ArchiveDamaged: the archive's own records are damaged.
            ArchiveMismatch: it was written by a release whose journal differs.
            ArchiveNotWritable: SQLite cannot keep its locks in the folder.
        """
        return status_of(ArchiveFolder(Path(folder).absolute()))

    def __enter__(self) -> Self:
        """Open the archive, and finish what an interrupted update has left.

        Raises:
            ArchiveBusy: another update of this archive is running.
            ArchiveDamaged: a file of the archive is damaged.
            ArchiveMismatch: the folder has an archive of another tenant, format, service or release.
            ArchiveNotWritable: the disk is full, or the folder cannot be written.
            ModuleNotFoundError: the format needs an extra that is not installed.
        """
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, which lets others update it."""
        self._storage = None
        self._open.close()

    def _begin(self) -> None:
        with ExitStack() as opening:
            opening.enter_context(self._folder.locked())
            journal, name = open_journal(self._folder, self._identity)
            opening.callback(journal.close)
            if self._identity.tenant is not None:
                require_tenant(self._folder.root, journal, self._identity.tenant)
            if name not in FORMATS:
                raise ArchiveMismatch(
                    f"{self._folder.root} has an archive of the format {name!r}, which this release of graph-meetings "
                    "does not know; update graph-meetings"
                )
            keeper = format_of(name)(self._folder.root, self._folder.staging, journal)
            opening.callback(keeper.close)
            storage = Storage(journal, keeper, KINDS, self._folder.staging)
            storage.recover()
            self._storage = storage
            self._open = opening.pop_all()

    def _update(
        self,
        storage: Storage,
        organizers: Iterable[str],
        feeds: tuple[Feed, ...],
        progress: Callable[[Summary], object],
    ) -> Summary:
        report = Report(map(name_of, feeds))

        def committed(counts: Mapping[str, Counts]) -> None:
            for kind, each in counts.items():
                report.committed(feed_of_kind(kind), each.added, each.replaced, each.removed)
            progress(report.summary())

        writer = Writer(storage, committed)
        run = Run(self._graph, self._folder, storage, writer, report, self._concurrency)
        try:
            ids = _update_organizers(run, organizers, feeds)
            for feed in feeds:
                _update_tenant(run, feed, ids)
        finally:
            writer.flush()
        summary = report.summary()
        storage.end_update(summary)
        return summary


def _update_organizers(run: Run, organizers: Iterable[str], feeds: tuple[Feed, ...]) -> frozenset[str]:
    """Update the feeds that each organizer has, and return the organizers' ids in lower case."""
    ids: set[str] = set()
    theirs = [feed for feed in feeds if isinstance(feed, Recordings | Transcripts | Attendance)]

    def update(name: str) -> None:
        organizer = _attempt(run, theirs, name, partial(user_id_of, run.graph, name))
        if organizer is None or organizer.lower() in ids:
            return
        ids.add(organizer.lower())
        for feed in theirs:
            for work in _of_organizer(run, feed, organizer):
                _attempt(run, [feed], organizer, work)
        run.report.organizer_done()

    if theirs:
        for_each(update, organizers, run.concurrency)
    return frozenset(ids)


def _of_organizer(
    run: Run, feed: Recordings | Transcripts | Attendance, organizer: str
) -> Iterator[Callable[[], None]]:
    """Yield what has to be done for a feed of an organizer; if one part fails, the others are done."""
    if isinstance(feed, Attendance):
        if feed.virtual_events:
            yield partial(update_virtual_events, run, feed, organizer)
        return
    yield partial(_update_artifacts, run, feed, organizer, ad_hoc_calls=False)
    if feed.ad_hoc_calls:
        yield partial(_update_artifacts, run, feed, organizer, ad_hoc_calls=True)


def _update_artifacts(run: Run, feed: Recordings | Transcripts, organizer: str, *, ad_hoc_calls: bool) -> None:
    user = run.graph.users.by_user_id(organizer)
    calls = user.adhoc_calls if ad_hoc_calls else user.online_meetings
    if isinstance(feed, Recordings):
        recordings = calls.get_all_recordings(start_date_time=feed.since).delta()
        ArtifactFeed(run, recording_rows(), organizer, wants_content=feed.content, ad_hoc_calls=ad_hoc_calls).update(
            recordings
        )
    else:
        transcripts = calls.get_all_transcripts(start_date_time=feed.since).delta()
        ArtifactFeed(run, transcript_rows(), organizer, wants_content=feed.content, ad_hoc_calls=ad_hoc_calls).update(
            transcripts
        )


def _update_tenant(run: Run, feed: Feed, organizers: frozenset[str]) -> None:
    match feed:
        case CallRecords():
            _attempt(run, [feed], None, partial(update_call_records, run, feed))
        case Attendance():
            _attempt(run, [feed], None, partial(update_attendance, run, feed, organizers))
        case PstnCalls():
            _attempt(run, [feed], None, partial(update_log, run, PSTN, feed))
        case DirectRoutingCalls():
            _attempt(run, [feed], None, partial(update_log, run, DIRECT_ROUTING, feed))
        case _:
            pass


def _attempt(run: Run, feeds: Sequence[Feed], organizer: str | None, work: Callable[[], T]) -> T | None:
    """Do some work for feeds; what fails in the service is reported, and does not stop the rest."""
    try:
        return work()
    except AuthenticationFailed:
        raise
    except GraphError as error:
        for feed in feeds:
            run.report.failed(name_of(feed), organizer, error)
    except FieldError as error:  # an id, without which nothing can be asked for
        for feed in feeds:
            run.report.add(Failure(name_of(feed), organizer, f"{error}"))
    return None


def _ignore(_: Summary) -> None:
    """Show no progress."""
