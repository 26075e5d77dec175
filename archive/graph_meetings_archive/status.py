"""The status of an archive, from its journal."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from graph_meetings_archive.feeds.options import feed_of_kind
from graph_meetings_archive.outcome.errors import ArchiveDamaged
from graph_meetings_archive.outcome.status import ArchiveStatus, FeedStatus
from graph_meetings_archive.outcome.summary import Failure
from graph_meetings_archive.storage.folder import ArchiveFolder
from graph_meetings_archive.storage.journal import RESTORE, Journal

_LIFE: Final = timedelta(days=120)
"""Of a recording, unless the administrator has set another one."""

_COUNTED: Final = """SELECT kind, count(*), sum(is_removed), sum(coalesce(has_content, 0)), sum(content_size),
        sum(has_content = 0 AND NOT is_removed), min(CASE WHEN has_content = 0 AND NOT is_removed THEN created END)
    FROM graph_meetings_units GROUP BY kind"""


def status_of(folder: ArchiveFolder) -> ArchiveStatus:
    """Return what an archive has.

    Raises:
        FileNotFoundError: there is no archive.
        ArchiveDamaged: its journal is damaged.
        ArchiveMismatch: it was written by a release whose journal differs.
        ArchiveNotWritable: SQLite cannot keep its locks in the folder.
    """
    name = folder.format
    if name is None:
        raise FileNotFoundError(f"{folder.root} has no archive")
    with Journal(folder.journal(name), is_read_only=True) as journal:
        about = journal.about()
        counted = journal.execute(_COUNTED)
        updates = journal.execute("SELECT feed, at, failures FROM graph_meetings_updates")
    items = {feed_of_kind(row[0]): row for row in counted if row[0] != "meetings"}
    ends = {feed: (datetime.fromtimestamp(at, UTC), _failures(folder, text)) for feed, at, text in updates}
    feeds = tuple(_feed(name, items.get(name), ends.get(name)) for name in sorted({*items, *ends}))
    return ArchiveStatus(
        str(folder.root), name, about.get("tenant"), about["service"], is_busy=folder.is_busy, feeds=feeds
    )


def _feed(name: str, row: tuple[object, ...] | None, end: tuple[datetime, tuple[Failure, ...]] | None) -> FeedStatus:
    _, *numbers, oldest = row or (name, 0, 0, 0, 0, 0, None)
    items, removed, files, size, missing = (number if isinstance(number, int) else 0 for number in numbers)
    expires = datetime.fromtimestamp(oldest, UTC) + _LIFE if name == "recordings" and isinstance(oldest, int) else None
    at, failures = end or (None, ())
    return FeedStatus(name, at, items, removed, files, size, missing, expires, failures)


def _failures(folder: ArchiveFolder, text: str) -> tuple[Failure, ...]:
    try:
        return msgspec.json.decode(text, type=tuple[Failure, ...])
    except msgspec.DecodeError as error:
        raise ArchiveDamaged(f"the journal of {folder.root} is damaged ({error}); {RESTORE}") from error
