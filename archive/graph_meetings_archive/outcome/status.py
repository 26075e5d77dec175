"""What an archive has, read without the service."""

from datetime import datetime

from msgspec import Struct

from graph_meetings_archive.outcome.summary import Failure


class FeedStatus(Struct, frozen=True):
    """What an archive has of one feed.

    Args:
        feed: the name of the feed, such as `recordings`.
        last_update: when an update last went through the feed, in UTC by the clock of that machine.
        items: how many recordings, calls and so on it has.
        removed: how many of them the service has removed since.
        files: how many contents it has.
        size: bytes of those contents.
        missing: how many contents it does not have: not asked for, failed, or gone before they could be downloaded.
        next_expiry: when the oldest recording whose content is missing expires, if it has the usual 120 days.
        failures: of the last update.
    """

    feed: str
    last_update: datetime | None
    items: int
    removed: int
    files: int
    size: int
    missing: int
    next_expiry: datetime | None
    failures: tuple[Failure, ...]


class ArchiveStatus(Struct, frozen=True):
    """What an archive has.

    Args:
        folder: the archive.
        format: `sqlite`, `csv`, `jsonl`, `parquet` or `duckdb`.
        tenant: the id of the tenant, if it is known.
        service: the root of the service that it was exported from.
        is_busy: whether an update is running now.
        feeds: one for each feed that was ever asked for.
    """

    folder: str
    format: str
    tenant: str | None
    service: str
    is_busy: bool
    feeds: tuple[FeedStatus, ...]
