"""Exports: what is asked for, once or again and again."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph_meetings import AuthenticationFailed, GraphError, GraphMeetingsClient
from graph_meetings_archive import (
    Archive,
    Attendance,
    CallRecords,
    DirectRoutingCalls,
    Feed,
    PstnCalls,
    Recordings,
    Summary,
    Transcripts,
    organizers_from_call_records,
    organizers_from_group,
    organizers_from_users,
)
from graph_meetings_archive.command.archives.summary import print_plan, print_summary
from graph_meetings_archive.command.finding.organizers import GROUP, ME, names_in
from graph_meetings_archive.command.output.failed_requests import complain_of_request
from graph_meetings_archive.command.output.messages import note
from graph_meetings_archive.command.output.progress import showing_progress
from graph_meetings_archive.command.service.client import open_async_client
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.moments import parse_moment, parse_span
from graph_meetings_archive.command.usage.options import ArchiveFormat, Connection, FeedName

if TYPE_CHECKING:
    from datetime import datetime

_OF_ORGANIZERS: Final = frozenset[FeedName]({"recordings", "transcripts", "attendance"})
_LIBRARIES: Final = frozenset({"pyarrow", "duckdb"})


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is to be exported.

    Args:
        connection: to the service.
        folder: of the archive.
        feeds: what to archive.
        organizers: whose.
        organizers_from: where more organizers come from.
        since: the moment from which on the first export starts, as it was typed.
        format: of the rows.
        content: whether contents are downloaded, too.
        concurrency: how many organizers or downloads at a time.
    """

    connection: Connection
    folder: Path
    feeds: tuple[FeedName, ...]
    organizers: tuple[str, ...]
    organizers_from: str | None
    since: str | None
    format: ArchiveFormat | None
    content: bool
    concurrency: int

    def show_plan(self) -> int:
        """Print what would be exported and return the exit status."""
        asyncio.run(self._plan())
        return 0

    def run(self, watch: str | None) -> int:
        """Export and return the exit status: 1 if something failed.

        Args:
            watch: how long to wait before the next export; `None` for a single one.

        Raises:
            CommandFailed: the options do not fit together.
            ArchiveError: the archive cannot be used.
        """
        self._check()
        pause = None if watch is None else parse_span(watch, "--watch").total_seconds()
        try:
            return asyncio.run(self._run(pause))
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
        of_organizers = [feed for feed in self.feeds if feed in _OF_ORGANIZERS]
        if of_organizers and not self.organizers and self.organizers_from is None:
            raise CommandFailed(
                f"{of_organizers[0]} of whom?", hint="--organizer ann@contoso.com, or --organizers-from users"
            )

    async def _plan(self) -> None:
        self._check()
        async with open_async_client(self.connection) as graph:
            print_plan(self.folder, self.feeds, [name async for name in self._names(graph)])

    async def _run(self, pause: float | None) -> int:
        _stop_like_ctrl_c()
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
        summary = await self._update(archive, self._names(graph))
        print_summary(summary)
        return 0 if summary.is_complete else 1

    async def _update(self, archive: Archive, organizers: AsyncIterable[str]) -> Summary:
        with showing_progress() as show:
            try:
                return await archive.update(organizers, *self._feeds(), progress=show)
            except asyncio.CancelledError:
                note("what has arrived is kept; the next export goes on")
                raise

    async def _names(self, graph: GraphMeetingsClient) -> AsyncIterator[str]:
        for name in self.organizers:
            yield name
        match self.organizers_from:
            case None:
                return
            case "users":
                more = organizers_from_users(graph)
            case "call-records":
                more = organizers_from_call_records(graph)
            case group if group.startswith(GROUP):
                more = organizers_from_group(graph, group.removeprefix(GROUP))
            case file:
                for name in names_in(Path(file)):
                    yield name
                return
        async for name in more:
            yield name

    def _feeds(self) -> list[Feed]:
        since = None if self.since is None else parse_moment(self.since, "--since")
        make: Mapping[FeedName, Callable[[datetime | None], Feed]] = {
            "recordings": lambda since: Recordings(content=self.content, since=since),
            "transcripts": lambda since: Transcripts(content=self.content, since=since),
            "attendance": lambda since: Attendance(since=since),
            "call-records": lambda since: CallRecords(since=since),
            "pstn-calls": lambda since: PstnCalls(since=since),
            "direct-routing-calls": lambda since: DirectRoutingCalls(since=since),
        }
        return [make[name](since) for name in dict.fromkeys(self.feeds)]


def _stop_like_ctrl_c() -> None:
    """Let a service manager's SIGTERM stop an export as Ctrl-C does."""
    try:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, signal.raise_signal, signal.SIGINT)
    except (NotImplementedError, RuntimeError):
        return  # Windows has none, and only the main thread can
