"""What `export` and `status` are called with."""

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

    Nothing is lost or repeated by an interruption: the next export goes on. What fails for one organizer does not
    stop the others; it is listed at the end. A summary goes to stdout: a table on a terminal, jsonl in a pipe.

    Args:
        feeds: What to archive. Recordings and transcripts are those of the organizers, and so is attendance. Call
            records and telephone calls are the whole tenant's.
        to: Folder of the archive; it is created if it does not exist.
        organizer: Id or user principal name of an organizer; can be repeated.
        organizers_from: More organizers: `users` of the tenant, members of `group:ID`, organizers of `call-records`, or
            a file with an id or user principal name on each line.
        since: At the first export, only from this moment on: a date, yesterday, a time like 2026-01-31T14:00Z,
            or 7d.
        format: Of the rows; by default the one that the archive has, and sqlite for a new one.
        content: Download the videos and transcripts, too. What was said then becomes rows as well.
        ad_hoc_calls: Recordings and transcripts of calls outside of meetings, too.
        virtual_events: Attendance of webinars and town halls, too.
        watch: Export again and again, this long after each other, such as 15m, until Ctrl-C.
        dry_run: Say what would be exported, and write nothing.
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
    """Say what an archive has: rows, bytes, failures, and what expires when.

    Args:
        archive: Folder of the archive.
    """
    from graph_meetings_archive.command.archives.status import show_status  # noqa: PLC0415  as above

    return show_status(archive, output.format)
