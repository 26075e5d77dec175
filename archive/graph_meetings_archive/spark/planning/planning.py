"""From options to partitions, on the driver."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from graph_meetings import CallRecord
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.feeds.options import MeetingReference
from graph_meetings_archive.spark.planning.organizers import organizer_ids
from graph_meetings_archive.spark.planning.work import MeetingWork, OrganizerWork, Period, PeriodWork, Work
from graph_meetings_archive.spark.request.options import OptionError, Options
from graph_meetings_archive.spark.request.service import open_client, require_token
from graph_meetings_blocking_archive.feeds.attendance.meetings import meeting_of_call
from graph_meetings_blocking_archive.feeds.pages import whole

T = TypeVar("T")

OF_ORGANIZERS: Final = frozenset({"recordings", "transcripts", "transcript_cues"})
OF_MEETINGS: Final = frozenset({"meetings", "attendance_reports", "attendance", "attendance_intervals"})
LOGS: Final = frozenset({"pstn_calls", "direct_routing_calls"})
_KEPT: Final = timedelta(days=30)
"""How long the service keeps call records."""
_KEPT_IN_LOGS: Final = timedelta(days=90)
_LONGEST: Final = timedelta(days=30)
"""Of a period, because the service refuses to return 90 days of logs at once."""
_MARGIN: Final = timedelta(hours=1)
"""How far the moment at which a call began may lie from that of its attendance report."""


def plan(options: Options, now: datetime | None = None) -> list[Work]:
    """Return what the partitions read, no row in two of them.

    Args:
        options: of the read.
        now: the end of the read, unless an option sets it; by default the current time.

    Raises:
        OptionError: an option cannot be used with the table, or the credential returns no token.
        GraphError: the service failed while organizers or meetings were looked up.
    """
    end = options.until or now or datetime.now(UTC)
    if options.since is not None and options.since >= end:  # Spark's filters exclude all rows
        return []
    if options.table in OF_ORGANIZERS:
        period = Period(options.since, end)
        with _checked_client(options) as graph:
            ids = organizer_ids(graph, options)
        return [OrganizerWork(each, period) for each in _parts(ids, options.organizers_per_partition)]
    if options.table in OF_MEETINGS:
        period = Period(options.since or end - _KEPT, end)
        with _checked_client(options) as graph:
            meetings = _meetings(graph, period, frozenset(map(str.lower, organizer_ids(graph, options))))
        return [MeetingWork(each, period) for each in _parts(meetings, options.organizers_per_partition)]
    refuse_organizers(options)
    with _checked_client(options):
        kept = _KEPT_IN_LOGS if options.table in LOGS else _KEPT
        return [PeriodWork(each) for each in _periods(options.since or end - kept, end, options.hours_per_partition)]


def shares_of(options: Options, partitions: int) -> int:
    """Return how many partitions are read at a time; the rate is divided among them."""
    return max(1, min(options.parallelism, partitions))


def refuse_organizers(options: Options) -> None:
    """Raise an error if organizers are given for a table without them.

    Raises:
        OptionError: they are given.
    """
    if options.organizers is not None:
        raise OptionError(
            f"the table {options.table!r} is of the whole tenant; remove option 'organizers', and filter the rows"
        )


def _checked_client(options: Options) -> GraphMeetingsClient:
    require_token(options)
    return open_client(options)


def _meetings(graph: GraphMeetingsClient, period: Period, organizers: frozenset[str]) -> list[MeetingReference]:
    """Return the meetings of the organizers in which calls took place, each once."""
    start, end = CallRecord.start_date_time, period.end + _MARGIN
    after = (start >= (period.start or end) - _MARGIN) & (start < end)
    found: dict[tuple[str, str | None], MeetingReference] = {}
    for page in whole(graph.communications.call_records.list(filter=after)):
        for record in page.value:
            meeting = meeting_of_call(record)
            if meeting is not None and meeting.organizer.lower() in organizers:
                found.setdefault((meeting.organizer.lower(), meeting.join_url), meeting)
    return list(found.values())


def _parts(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    return (tuple(items[first : first + size]) for first in range(0, len(items), size))


def _periods(start: datetime, end: datetime, hours: int) -> Iterator[Period]:
    length = min(timedelta(hours=hours), _LONGEST)
    while start < end:
        yield Period(start, min(start + length, end))
        start += length
