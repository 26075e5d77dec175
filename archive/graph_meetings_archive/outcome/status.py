"""The status of an archive, read without the service."""

from datetime import datetime

from msgspec import Struct

from graph_meetings_archive.outcome.summary import Failure


class FeedStatus(Struct, frozen=True):
    """The status of one feed of an archive.

    Args:
        feed: the name of the feed, such as `recordings`.
        last_update: when the feed was last updated, in UTC by the clock of that machine.
        items: the number of recordings, calls, and so on.
        removed: how many of them the service has since removed.
        files: the number of contents.
        size: the size of these contents in bytes.
        missing: the number of contents that it lacks: not requested, failed, or gone before they could be downloaded.
        next_expiry: when the oldest recording whose content is missing expires, after the usual 120 days.
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
    """The status of an archive.

    Args:
        folder: the archive.
        format: `sqlite`, `csv`, `jsonl`, `parquet` or `duckdb`.
        tenant: the id of the tenant, if known.
        service: the root of the service that it was exported from.
        is_busy: whether an update is running now.
        feeds: one for each feed that was ever requested.
    """

    folder: str
    format: str
    tenant: str | None
    service: str
    is_busy: bool
    feeds: tuple[FeedStatus, ...]
