"""The status of an archive."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from graph_meetings_archive import Archive, FeedStatus
from graph_meetings_archive.command.archives.summary import complain_of
from graph_meetings_archive.command.output.columns import Row, moment, number, size, text
from graph_meetings_archive.command.output.messages import note
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.usage.options import RowFormat
from graph_meetings_archive.tables import Column, ColumnType, Schema

_SCHEMA: Final = Schema(
    (
        Column("feed", ColumnType.TEXT, "What was archived."),
        Column("last_update", ColumnType.MOMENT, "When an export last went through it."),
        Column("items", ColumnType.INTEGER, "How many recordings, calls and so on the archive has."),
        Column("removed", ColumnType.INTEGER, "How many of them the service has removed since."),
        Column("files", ColumnType.INTEGER, "How many contents it has."),
        Column("size", ColumnType.INTEGER, "Bytes of those contents."),
        Column("missing", ColumnType.INTEGER, "How many contents it does not have."),
        Column("next_expiry", ColumnType.MOMENT, "When the oldest recording without its content expires."),
        Column("failed", ColumnType.INTEGER, "What the last export could not archive."),
    )
)
_COLUMNS: Final = (
    text("Feed", "feed", width=20),
    moment("Last export", "last_update"),
    number("Items", "items", width=8),
    size("Size", "size"),
    number("Missing", "missing", width=7),
    number("Failed", "failed", width=6),
)


def show_status(folder: Path, format: RowFormat | None) -> int:
    """Print the status of an archive and return the exit status: 1 if the last export failed in part.

    Raises:
        FileNotFoundError: there is no archive.
        ArchiveError: it is damaged, or of a newer release.
    """
    status = Archive.status(folder)
    print_rows(map(_row, status.feeds), _SCHEMA, _COLUMNS, format)
    note(f"{status.format} archive of tenant {status.tenant or 'not known yet'}")
    note(f"from {status.service}")
    if status.is_busy:
        note("an export is running")
    for feed in status.feeds:
        if feed.next_expiry is not None:
            note(_expiry(feed.missing, feed.next_expiry))
    failures = [failure for feed in status.feeds for failure in feed.failures]
    complain_of(failures)
    return 1 if failures else 0


def _row(feed: FeedStatus) -> Row:
    return {
        "feed": feed.feed,
        "last_update": feed.last_update,
        "items": feed.items,
        "removed": feed.removed,
        "files": feed.files,
        "size": feed.size,
        "missing": feed.missing,
        "next_expiry": feed.next_expiry,
        "failed": len(feed.failures),
    }


def _expiry(missing: int, moment: datetime) -> str:
    days = (moment - datetime.now(UTC)).days
    when = f"in {days} days" if days > 1 else "within a day" if days >= 0 else "by now"
    what = "recording is" if missing == 1 else "recordings are"
    return f"{missing} {what} not downloaded; the first expires {when}: export recordings --content"
