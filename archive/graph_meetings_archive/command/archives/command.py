"""The options of `export` and `status`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from graph_meetings_archive.command.usage.options import HERE, PLAIN, ArchiveFormat, Connection, FeedName, Flag, Output
from graph_meetings_archive.command.usage.selection import Concurrency


def export(
    *feeds: FeedName,
    to: Path,
    organizer: Annotated[list[str] | None, Parameter(env_var="GRAPH_MEETINGS_ORGANIZER")] = None,
    organizers_from: str | None = None,
    since: str | None = None,
    format: ArchiveFormat | None = None,
    content: Flag = False,
    ad_hoc_calls: Flag = False,
    virtual_events: Flag = False,
    watch: str | None = None,
    dry_run: Flag = False,
    concurrency: Concurrency = 8,
    connection: Connection = HERE,
) -> int:
    """Archive what is new since the last export, and what failed then.

    An interruption loses and repeats nothing: the next export continues. A failure for one organizer does not stop the
    others; failures are listed at the end. A summary goes to stdout: a table on a terminal, jsonl in a pipe.

    Args:
        feeds: What to archive. Recordings, transcripts and attendance are those of the organizers. Call records and
            telephone calls are those of the whole tenant.
        to: Folder of the archive; it is created if it does not exist.
        organizer: Id or user principal name of an organizer; can be repeated.
        organizers_from: More organizers: `users` of the tenant, members of `group:ID`, organizers of `call-records`, or
            a file with an id or user principal name on each line.
        since: Start of the first export: a date, today or yesterday, a time like 2026-01-31T14:00Z, or 7d.
        format: Format of the rows. Default: that of the archive, and sqlite for a new one.
        content: Also download videos and transcripts. What was said is then archived as rows, too.
        ad_hoc_calls: Also archive recordings and transcripts of calls outside meetings.
        virtual_events: Also archive the attendance of webinars and town halls. Each export asks for the reports of
            every session.
        watch: Export again at this interval, such as 15m, until Ctrl-C.
        dry_run: Show what would be exported, and write nothing.
        concurrency: How many organizers or downloads at a time.
    """
    from graph_meetings_archive.command.archives.export import Export  # noqa: PLC0415  --help does not need it

    asked = Export(
        connection=connection,
        folder=to,
        feeds=feeds,
        organizers=tuple(organizer or ()),
        organizers_from=organizers_from,
        since=since,
        format=format,
        content=content,
        ad_hoc_calls=ad_hoc_calls,
        virtual_events=virtual_events,
        concurrency=concurrency,
    )
    return asked.show_plan() if dry_run else asked.run(watch)


def status(archive: Path, *, output: Output = PLAIN) -> int:
    """Show what an archive has: rows, bytes, failures, and what expires when.

    Args:
        archive: Folder of the archive.
    """
    from graph_meetings_archive.command.archives.status import show_status  # noqa: PLC0415  as above

    return show_status(archive, output.format)
