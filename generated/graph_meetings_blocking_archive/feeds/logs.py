# Made by codegen from archive/graph_meetings_archive/feeds/logs.py; do not edit.
"""The logs of telephone calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, TypeVar

import msgspec

from graph_meetings import DirectRoutingLogRow, PstnCallLogRow, tables
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.feeds.options import DirectRoutingCalls, PstnCalls
from graph_meetings_archive.feeds.windows import Window, later
from graph_meetings_archive.outcome.summary import Failure
from graph_meetings_archive.storage.kinds import DIRECT_ROUTING_CALLS, PSTN_CALLS
from graph_meetings_archive.storage.rows import rows_by_owner
from graph_meetings_archive.storage.unit import Batch, Kind, Unit, digest, unit_id
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_blocking_archive.feeds.run import Run
from graph_meetings_blocking_runtime.requests.collection_request_builder import FunctionRequestBuilder
from graph_meetings_runtime.tables.table import Table

L = TypeVar("L", PstnCallLogRow, DirectRoutingLogRow)

_LONGEST: Final = timedelta(days=30)
"""The service takes 90 days at most."""

_BY_DEFAULT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Log(Generic[L]):
    """A log.

    Args:
        kind: of its rows.
        table: makes rows.
        between: asks for the rows of calls that started between two moments.
    """

    kind: Kind
    table: Table
    between: Callable[[GraphMeetingsClient, datetime, datetime], FunctionRequestBuilder[L]]


PSTN: Final[Log[PstnCallLogRow]] = Log(
    PSTN_CALLS,
    tables.pstn_calls,
    lambda graph, start, end: graph.communications.call_records.get_pstn_calls(from_date_time=start, to_date_time=end),
)
DIRECT_ROUTING: Final[Log[DirectRoutingLogRow]] = Log(
    DIRECT_ROUTING_CALLS,
    tables.direct_routing_calls,
    lambda graph, start, end: graph.communications.call_records.get_direct_routing_calls(
        from_date_time=start, to_date_time=end
    ),
)


def update_log(run: Run, log: Log[L], options: PstnCalls | DirectRoutingCalls) -> None:
    """Archive the rows that are new.

    Raises:
        GraphError: the service failed; what came before that is archived.
        ArchiveError: the archive cannot be written.
    """
    feed = log.kind.name
    state = run.storage.place(feed)
    window = Window(options.since, None) if state is None else msgspec.convert(state, Window)
    now = datetime.now(UTC)
    since = options.since or window.since
    start = window.start(since, options.overlap) or now - _BY_DEFAULT
    latest: datetime | None = None
    malformed = Malformed(run.report, feed)
    if start > now:
        run.report.add(_clock_is_behind(feed, now, start))
        return
    while start < now:
        end = min(start + _LONGEST, now)
        for page in whole(log.between(run.graph, start, end).list()):
            units, last = _units(log, page.value, malformed)
            latest = later(latest, last)
            run.writer.add(Batch(units))
        start = end
    if malformed:  # the next update reads the same rows again
        return
    run.writer.add(Batch(places={feed: msgspec.to_builtins(window.after(since, latest))}))


def _units(log: Log[L], items: Sequence[L], malformed: Malformed) -> tuple[list[Unit], datetime | None]:
    """Return the units of rows of the log, and when the latest call started."""
    feed, stored = log.kind.name, log.kind.tables[0]
    rows = rows_by_owner(log.table, stored, items, malformed)
    marks = {str(item.raw.get("id")): digest(item.to_json()) for item in items}
    units = [
        Unit(unit_id(feed, key), feed, key, malformed.mark(key[0], marks[key[0]]), (each,))
        for key, each in rows.items()
    ]
    position = stored.names.index("start_date_time")
    starts = [row[position] for each in rows.values() for row in each]
    return units, max((start for start in starts if isinstance(start, datetime)), default=None)


def _clock_is_behind(feed: str, now: datetime, start: datetime) -> Failure:
    return Failure(
        feed,
        None,
        f"the clock of this machine says {now:%Y-%m-%d %H:%M} UTC, but the archive has calls of {start:%Y-%m-%d %H:%M}",
        "set the clock, then update again; nothing was read",
    )
