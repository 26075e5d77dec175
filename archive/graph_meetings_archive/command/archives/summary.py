"""Summaries of exports, before and after."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import asdict

from graph_meetings_archive import Failure, Summary
from graph_meetings_archive.command.output.columns import number, size, text
from graph_meetings_archive.command.output.messages import complain, note
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.usage.options import FeedName
from graph_meetings_archive.tables import Column, ColumnType, Schema

_MOST_NAMES: Final = 5

_SCHEMA: Final = Schema(
    (
        Column("feed", ColumnType.TEXT, "What was archived."),
        Column("added", ColumnType.INTEGER, "Rows that are new, in all tables of the feed."),
        Column("replaced", ColumnType.INTEGER, "Rows that took the place of an earlier version."),
        Column("removed", ColumnType.INTEGER, "Recordings or transcripts that the service has removed."),
        Column("files", ColumnType.INTEGER, "Contents that were downloaded."),
        Column("size", ColumnType.INTEGER, "Bytes of those contents."),
        Column("lost", ColumnType.INTEGER, "Contents that the service does not have any more."),
        Column("failed", ColumnType.INTEGER, "What could not be archived; the next export tries it again."),
    )
)
_COLUMNS: Final = (
    text("Feed", "feed", width=20),
    number("Rows added", "added", width=10),
    number("Replaced", "replaced", width=8),
    number("Removed", "removed", width=7),
    number("Files", "files", width=6),
    size("Size", "size"),
    number("Failed", "failed", width=6),
)


def print_summary(summary: Summary) -> None:
    """Print a row for each feed, and the failures."""
    rows = ({**asdict(feed), "failed": len(feed.failures)} for feed in summary.feeds)
    print_rows(rows, _SCHEMA, _COLUMNS, None)
    complain_of(summary.failures)


def complain_of(failures: Sequence[Failure]) -> None:
    """Print failures, each once for all organizers that it affected."""
    alike: dict[tuple[str, str | None], list[Failure]] = {}
    for failure in failures:
        alike.setdefault((failure.reason, failure.advice), []).append(failure)
    for (reason, advice), same in alike.items():
        complain(f"{_subject(same)}: {reason}", hint=advice)


def _subject(failures: Sequence[Failure]) -> str:
    feeds = ", ".join(dict.fromkeys(failure.feed.replace("_", " ") for failure in failures))
    names = list(dict.fromkeys(failure.organizer for failure in failures if failure.organizer))
    if not names:
        return feeds
    others = len(names) - _MOST_NAMES
    shown = ", ".join(names[:_MOST_NAMES]) + (f" and {others} more" if others > 0 else "")
    return f"{feeds} of {shown}"


def print_plan(folder: Path, feeds: Sequence[FeedName], organizers: Sequence[str]) -> None:
    """Print what would be exported."""
    schema = Schema((Column("feed", ColumnType.TEXT, "What."), Column("organizer", ColumnType.TEXT, "Whose.")))
    per_organizer = {"recordings", "transcripts", "attendance"}
    rows = (
        {"feed": feed, "organizer": organizer}
        for feed in dict.fromkeys(feeds)
        for organizer in (organizers if feed in per_organizer else ["the whole tenant"])
    )
    print_rows(rows, schema, (text("Feed", "feed", width=20), text("Organizer", "organizer")), None)
    note(f"nothing was written to {folder}")
