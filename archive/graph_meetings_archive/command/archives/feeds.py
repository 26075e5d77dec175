"""The feeds of an archive, by the names that people use."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from graph_meetings_archive import (
    Attendance,
    CallRecords,
    DirectRoutingCalls,
    Feed,
    PstnCalls,
    Recordings,
    Transcripts,
)
from graph_meetings_archive.command.usage.options import FeedName

OF_ORGANIZERS: Final = frozenset[FeedName]({"recordings", "transcripts", "attendance"})
"""The feeds that are read for each organizer."""


def feeds_named(
    names: Iterable[FeedName],
    *,
    content: bool = False,
    since: datetime | None = None,
    ad_hoc_calls: bool = False,
    virtual_events: bool = False,
) -> list[Feed]:
    """Return feeds, each once.

    Args:
        names: of the feeds.
        content: whether to download contents, too.
        since: the start of the first export.
        ad_hoc_calls: whether to archive recordings and transcripts of calls outside meetings, too.
        virtual_events: whether to archive the attendance of webinars and town halls, too.
    """
    make: Mapping[FeedName, Callable[[], Feed]] = {
        "recordings": lambda: Recordings(content=content, since=since, ad_hoc_calls=ad_hoc_calls),
        "transcripts": lambda: Transcripts(content=content, since=since, ad_hoc_calls=ad_hoc_calls),
        "attendance": lambda: Attendance(since=since, virtual_events=virtual_events),
        "call-records": lambda: CallRecords(since=since),
        "pstn-calls": lambda: PstnCalls(since=since),
        "direct-routing-calls": lambda: DirectRoutingCalls(since=since),
    }
    return [make[name]() for name in dict.fromkeys(names)]
