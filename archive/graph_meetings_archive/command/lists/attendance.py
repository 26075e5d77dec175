"""The command `graph-meetings attendance`."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from cyclopts import App

from graph_meetings.blocking import GraphError, MeetingAttendanceReport
from graph_meetings_archive import tables
from graph_meetings_archive.command.finding.meetings import meeting_id, meetings_held
from graph_meetings_archive.command.finding.organizers import Organizer, find_organizer
from graph_meetings_archive.command.lists.problems import Problems
from graph_meetings_archive.command.output.columns import Row, handle, moment, number, seconds, span, text
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Flag, Output
from graph_meetings_archive.command.usage.selection import ANY_TIME, MeetingName, OrganizerName, Period, Top

app: Final = App(name="attendance")

_PEOPLE: Final = (
    text("Attendee", "identity_display_name", "email_address"),
    text("Role", "role", width=9),
    seconds("Stayed", "total_attendance_in_seconds"),
    handle("Report", "report_id"),
    handle("Meeting", "meeting_id"),
)
_REPORTS: Final = (
    moment("Start", "meeting_start_date_time"),
    span("Length", "meeting_start_date_time", "meeting_end_date_time"),
    number("Attendees", "total_participant_count", width=9),
    handle("Report", "id"),
    handle("Meeting", "meeting_id"),
)


@app.command(name="list")
def list_attendance(
    *,
    organizer: OrganizerName,
    meeting: MeetingName = None,
    reports: Flag = False,
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> int:
    """List who attended someone's meetings, and for how long.

    Without a meeting, meetings are found by the records of calls, as `meetings list` does.

    Args:
        reports: List the reports only: one row for each time that a meeting was held.
    """
    table, columns = (tables.attendance_reports, _REPORTS) if reports else (tables.attendance, _PEOPLE)
    problems = Problems()
    with open_client(connection) as graph:
        whose = find_organizer(graph, organizer)
        held = meetings_held(graph, whose, period, problems.add)
        meetings = (each.id for _, each in held) if meeting is None else iter([meeting_id(whose, meeting)])

        def rows() -> Iterator[Row]:
            for each in meetings:
                try:
                    for report in _reports(whose, each, period, with_records=not reports):
                        yield from table.rows(report, organizer_id=whose.id, meeting_id=each)
                except GraphError as error:
                    problems.add(whose.id, error)

        print_rows(islice(rows(), top), table.schema, columns, output.format)
    return problems.report()


def _reports(
    organizer: Organizer, meeting: str, period: Period, *, with_records: bool
) -> Iterator[MeetingAttendanceReport]:
    reports = organizer.user.online_meetings.by_online_meeting_id(meeting).attendance_reports
    for report in reports.list():
        if not period.has(report.meeting_start_date_time):
            continue
        if with_records:
            builder = reports.by_meeting_attendance_report_id(report.id)
            yield builder.get(expand=[MeetingAttendanceReport.attendance_records])
        else:
            yield report
