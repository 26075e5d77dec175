"""The archive: a folder that updates bring up to date."""

from collections.abc import AsyncIterable, Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import Literal, Self, TypeAlias

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive.feeds.options import Feed
from graph_meetings_archive.outcome.status import ArchiveStatus
from graph_meetings_archive.outcome.summary import Summary

FormatName: TypeAlias = Literal["sqlite", "csv", "jsonl", "parquet", "duckdb"]


class Archive:
    """A folder with the meeting artifacts of one tenant, in one format.

    Use it with `async with`. Only one process at a time can update an archive; it can be read at any time.

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
        self._folder = Path(folder).absolute()
        self._graph = graph
        self._format = format
        self._tenant = tenant
        self._concurrency = concurrency

    async def update(
        self,
        organizers: Iterable[str] | AsyncIterable[str],
        *feeds: Feed,
        progress: Callable[[Summary], object] | None = None,
    ) -> Summary:
        """Archive what is new since the last update, and what failed then.

        An update that is interrupted, by Ctrl-C, a crash or a full disk, loses nothing and repeats nothing: the next
        one goes on. What fails for one organizer, one meeting or one content does not stop the others.

        Args:
            organizers: ids or user principal names of the users whose artifacts are archived; `()` if only feeds of
                the whole tenant are asked for.
            feeds: what is archived, such as `Recordings(content=True), CallRecords()`.
            progress: called with the summary so far after each step that was committed.

        Raises:
            ArchiveBusy: another update of this archive is running.
            ArchiveDamaged: a file of the archive is damaged.
            ArchiveMismatch: the folder has an archive of another tenant, format, service or release.
            ArchiveNotWritable: the disk is full, or the folder cannot be written.
            AuthenticationFailed: the credential returned no token, or the service does not accept it.
            ModuleNotFoundError: the format needs an extra that is not installed.
        """
        raise NotImplementedError

    @staticmethod
    def status(folder: str | PathLike[str]) -> ArchiveStatus:
        """Return what an archive has, without asking the service. It can be asked for while an update runs.

        Args:
            folder: of the archive.

        Raises:
            FileNotFoundError: there is no archive.
            ArchiveDamaged: the archive's own records are damaged.
            ArchiveMismatch: it was written by a newer release.
        """
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Open the archive; see `update` for what it raises."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it, which lets others update it."""
