"""Exports, once or repeatedly."""

import asyncio
import sys
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph_meetings import AuthenticationFailed, GraphError, GraphMeetingsClient
from graph_meetings_archive import Archive, Summary
from graph_meetings_archive.command.archives.feeds import OF_ORGANIZERS, feeds_named
from graph_meetings_archive.command.archives.summary import print_plan, print_summary
from graph_meetings_archive.command.finding.organizers import ME
from graph_meetings_archive.command.finding.people import names_of
from graph_meetings_archive.command.output.failed_requests import complain_of_request
from graph_meetings_archive.command.output.messages import note
from graph_meetings_archive.command.output.progress import showing_progress
from graph_meetings_archive.command.service.client import open_async_client
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.moments import parse_moment, parse_span
from graph_meetings_archive.command.usage.options import ArchiveFormat, Connection, FeedName
from graph_meetings_archive.command.usage.stopping import run_until_stopped

_LIBRARIES: Final = frozenset({"pyarrow", "duckdb"})


@dataclass(frozen=True, kw_only=True)
class Export:
    """What to export.

    Args:
        connection: to the service.
        folder: of the archive.
        feeds: what to archive.
        organizers: whose artifacts to archive.
        organizers_from: the source of more organizers.
        since: the start of the first export, as typed.
        format: of the rows.
        content: whether to download contents, too.
        ad_hoc_calls: whether to archive recordings and transcripts of calls outside meetings, too.
        virtual_events: whether to archive the attendance of webinars and town halls, too.
        concurrency: the most organizers or downloads at a time.
    """

    connection: Connection
    folder: Path
    feeds: tuple[FeedName, ...]
    organizers: tuple[str, ...]
    organizers_from: str | None
    since: str | None
    format: ArchiveFormat | None
    content: bool
    ad_hoc_calls: bool
    virtual_events: bool
    concurrency: int

    def show_plan(self) -> int:
        """Print what would be exported and return the exit status."""
        run_until_stopped(self._plan())
        return 0

    def run(self, watch: str | None) -> int:
        """Export and return the exit status: 1 if something failed.

        Args:
            watch: the time between exports, or `None` for a single one.

        Raises:
            CommandFailed: the options do not fit together.
            ArchiveError: the archive cannot be used.
        """
        self._check()
        pause = None if watch is None else parse_span(watch, "--watch").total_seconds()
        try:
            return run_until_stopped(self._run(pause))
        except ModuleNotFoundError as missing:
            if missing.name not in _LIBRARIES:
                raise
            raise CommandFailed(str(missing)) from None

    def _check(self) -> None:
        if not self.feeds:
            raise CommandFailed("nothing to export", hint="name what to archive: recordings, transcripts, call-records")
        if ME in self.organizers:
            raise CommandFailed(
                "a signed-in user cannot export",
                hint="sign in as an app, with --auth secret for example; or recordings download --meeting URL",
            )
        of_organizers = [feed for feed in self.feeds if feed in OF_ORGANIZERS]
        if of_organizers and not self.organizers and self.organizers_from is None:
            raise CommandFailed(
                f"{of_organizers[0]} of whom?", hint="--organizer ann@contoso.com, or --organizers-from users"
            )

    async def _plan(self) -> None:
        self._check()
        async with open_async_client(self.connection) as graph:
            names = [name async for name in names_of(graph, self.organizers, self.organizers_from)]
            print_plan(self.folder, self.feeds, names)

    async def _run(self, pause: float | None) -> int:
        async with (
            open_async_client(self.connection) as graph,
            Archive(self.folder, graph, format=self.format, concurrency=self.concurrency) as archive,
        ):
            if pause is None:
                return await self._round(graph, archive)
            while True:
                try:
                    await self._round(graph, archive)
                except AuthenticationFailed:
                    raise
                except GraphError as error:  # the list of people, for example
                    complain_of_request(error)
                sys.stdout.flush()
                await asyncio.sleep(pause)

    async def _round(self, graph: GraphMeetingsClient, archive: Archive) -> int:
        """Export once and return the exit status."""
        summary = await self._update(archive, names_of(graph, self.organizers, self.organizers_from))
        print_summary(summary)
        return 0 if summary.is_complete else 1

    async def _update(self, archive: Archive, organizers: AsyncIterable[str]) -> Summary:
        since = None if self.since is None else parse_moment(self.since, "--since")
        feeds = feeds_named(
            self.feeds,
            content=self.content,
            since=since,
            ad_hoc_calls=self.ad_hoc_calls,
            virtual_events=self.virtual_events,
        )
        with showing_progress() as show:
            try:
                return await archive.update(organizers, *feeds, progress=show)
            except asyncio.CancelledError:
                note("what has arrived is kept; the next export resumes")
                raise
