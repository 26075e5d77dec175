"""The command `graph-meetings meetings`."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from cyclopts import App

from graph_meetings_archive import tables
from graph_meetings_archive.command.finding.meetings import find_meeting, meetings_held
from graph_meetings_archive.command.finding.organizers import find_organizer
from graph_meetings_archive.command.lists.problems import Problems
from graph_meetings_archive.command.output.columns import Row, handle, moment, span, text
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Output
from graph_meetings_archive.command.usage.selection import ANY_TIME, AnyOrganizerName, OrganizerName, Period, Top

app: Final = App(name="meetings")

_COLUMNS: Final = (
    moment("Start", "start_date_time"),
    span("Length", "start_date_time", "end_date_time"),
    text("Subject", "subject"),
    handle("Meeting", "id"),
)


@app.command(name="list")
def list_meetings(
    *,
    organizer: AnyOrganizerName = None,
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> int:
    """List the meetings in which there was a call.

    The service lists no meetings, so they are found by the records of calls, which it keeps for 30 days. Reading
    those needs CallRecords.Read.All. Without an organizer, everyone's meetings are listed.
    """
    problems = Problems()
    with open_client(connection) as graph:
        whose = None if organizer is None else find_organizer(graph, organizer)

        def rows() -> Iterator[Row]:
            for owner, meeting in meetings_held(graph, whose, period, problems.add):
                yield from tables.meetings.rows(meeting, organizer_id=owner.id)

        print_rows(islice(rows(), top), tables.meetings.schema, _COLUMNS, output.format)
    return problems.report()


@app.command(name="find")
def find_one_meeting(
    name: str,
    *,
    organizer: OrganizerName,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """Find a meeting.

    Args:
        name: Its join URL, the meeting id that its invitation shows, such as 232456789012, or its id, full or as a
            table shows it.
    """
    with open_client(connection) as graph:
        owner = find_organizer(graph, organizer)
        meeting = find_meeting(owner, name)
        print_rows(tables.meetings.rows(meeting), tables.meetings.schema, _COLUMNS, output.format)
