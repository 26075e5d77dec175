"""The commands `graph-meetings call-records` and `graph-meetings pstn-calls`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from cyclopts import App

from graph_meetings.blocking import DirectRoutingLogRow, GraphMeetingsClient, PstnCallLogRow, organizer_of
from graph_meetings_archive import tables
from graph_meetings_archive.command.finding.organizers import ME, calls_in, find_organizer
from graph_meetings_archive.command.output.columns import moment, seconds, span, text
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Flag, Output
from graph_meetings_archive.command.usage.selection import ANY_TIME, AnyOrganizerName, Period, Top

call_records: Final = App(name="call-records")
pstn_calls: Final = App(name="pstn-calls")

_CALLS: Final = (
    moment("Start", "start_date_time"),
    span("Length", "start_date_time", "end_date_time"),
    text("Organizer", "organizer_user_display_name", "organizer_phone_id", "organizer_id"),
    text("Call", "id", width=36),
)
_PHONE_CALLS: Final = (
    moment("Start", "start_date_time"),
    seconds("Length", "duration"),
    text("User", "user_display_name", "user_principal_name"),
    text("Caller", "caller_number", width=14),
    text("Callee", "callee_number", width=14),
)
_MONTH: Final = timedelta(days=30)
_LONGEST: Final = timedelta(days=90)
"""What the service allows in one request."""


@call_records.command(name="list")
def list_call_records(
    *,
    organizer: AnyOrganizerName = None,
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """List the calls and meetings of the tenant, or those of an organizer.

    The service keeps them for 30 days. For call quality: `graph-meetings export call-records`.
    """
    with open_client(connection) as graph:
        if organizer == ME:
            raise CommandFailed("a signed-in user cannot read the records of calls", hint="sign in as an app: --auth")
        whose = None if organizer is None else find_organizer(graph, organizer).id
        calls = (call for call in calls_in(graph, period) if whose is None or organizer_of(call) == whose)
        print_rows(tables.calls.rows(islice(calls, top)), tables.calls.schema, _CALLS, output.format)


@pstn_calls.command(name="list")
def list_pstn_calls(
    *,
    direct_routing: Flag = False,
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """List telephone calls over plans of Microsoft or an operator; by default those of the last 30 days.

    Args:
        direct_routing: List those over the tenant's own session border controllers instead.
    """
    table = tables.direct_routing_calls if direct_routing else tables.pstn_calls
    with open_client(connection) as graph:
        calls = islice(_phone_calls(graph, period, direct_routing=direct_routing), top)
        print_rows(table.rows(calls), table.schema, _PHONE_CALLS, output.format)


def _phone_calls(
    graph: GraphMeetingsClient, period: Period, *, direct_routing: bool
) -> Iterator[PstnCallLogRow | DirectRoutingLogRow]:
    records, seen = graph.communications.call_records, set[str]()
    for start, end in _windows(period):
        function = records.get_direct_routing_calls if direct_routing else records.get_pstn_calls
        for call in function(from_date_time=start, to_date_time=end).list():
            # Windows include both ends, so a call can be in two of them.
            if call.id is not None and call.id not in seen and period.has(call.start_date_time):
                seen.add(call.id)
                yield call


def _windows(period: Period) -> Iterator[tuple[datetime, datetime]]:
    end = period.end or datetime.now(UTC)
    start = period.start or end - _MONTH
    while start < end:
        stop = min(start + _LONGEST, end)
        yield start, stop
        start = stop
