"""The feeds of an archive, as people name them."""

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
        names: of them.
        content: whether contents are downloaded, too.
        since: the moment from which on the first export starts.
        ad_hoc_calls: whether recordings and transcripts of calls outside of meetings are archived, too.
        virtual_events: whether attendance of webinars and town halls is archived, too.
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
