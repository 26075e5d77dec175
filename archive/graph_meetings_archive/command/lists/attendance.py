"""The command `graph-meetings attendance`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from cyclopts import App, Parameter

from graph_meetings.blocking import GraphError, GraphMeetingsClient, MeetingAttendanceReport
from graph_meetings_archive import tables
from graph_meetings_archive.command.finding.meetings import meeting_id, meetings_held
from graph_meetings_archive.command.finding.organizers import Organizer, find_organizer
from graph_meetings_archive.command.finding.virtual_events import (
    ALL,
    EventKind,
    events_named,
    organizer_of_event,
    sessions_of,
)
from graph_meetings_archive.command.lists.problems import Problems
from graph_meetings_archive.command.output.columns import Row, handle, moment, number, seconds, span, text
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Flag, Output
from graph_meetings_archive.command.usage.selection import ANY_TIME, AnyOrganizerName, MeetingName, Period, Top

if TYPE_CHECKING:
    from graph_meetings.blocking.request_builders import MeetingAttendanceReportsRequestBuilder

app: Final = App(name="attendance")

EventName: TypeAlias = Annotated[
    str | None,
    Parameter(help="Its id, full or as a table shows it; or `all`, of the organizer or of everyone."),
]

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


@dataclass(frozen=True)
class _Attended:
    """A meeting, or a session of a virtual event.

    Args:
        id: of the meeting or session.
        organizer: the id of its organizer, if known.
        reports: the request builder of its attendance reports.
    """

    id: str
    organizer: str | None
    reports: "MeetingAttendanceReportsRequestBuilder"


@app.command(name="list")
def list_attendance(
    *,
    organizer: AnyOrganizerName = None,
    meeting: MeetingName = None,
    webinar: EventName = None,
    townhall: EventName = None,
    reports: Flag = False,
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> int:
    """List who attended meetings, a webinar or a town hall, and for how long.

    Without `--meeting`, `--webinar` or `--townhall`, meetings are found through call records, as in `meetings list`.
    For a webinar or a town hall, the meeting in a row is the session that was attended.

    Args:
        reports: List reports instead of people: one row for each time that a meeting was held.
    """
    events: dict[EventKind, str | None] = {"webinar": webinar, "townhall": townhall}
    _check(organizer, meeting, events)
    table, columns = (tables.attendance_reports, _REPORTS) if reports else (tables.attendance, _PEOPLE)
    problems = Problems()
    with open_client(connection) as graph:
        whose = None if organizer is None else find_organizer(graph, organizer)

        def attended() -> Iterator[_Attended]:
            for kind, name in events.items():
                if name is not None:
                    yield from _sessions(graph, kind, name, whose, problems)
            if whose is not None and not any(events.values()):
                yield from _meetings(graph, whose, meeting, period, problems)

        def rows() -> Iterator[Row]:
            for each in attended():
                try:
                    for report in _reports(each, period, with_records=not reports):
                        yield from table.rows(report, organizer_id=each.organizer, meeting_id=each.id)
                except GraphError as error:
                    problems.add(each.organizer or each.id, error)

        print_rows(islice(rows(), top), table.schema, columns, output.format)
    return problems.report()


def _check(organizer: str | None, meeting: str | None, events: dict[EventKind, str | None]) -> None:
    if meeting is not None and any(events.values()):
        raise CommandFailed("--meeting does not go with --webinar or --townhall", hint="leave one of them out")
    if organizer is None and not any(events.values()):
        raise CommandFailed(
            "no organizer, webinar or town hall", hint=f"--organizer ann@contoso.com, --webinar ID, or --webinar {ALL}"
        )


def _meetings(
    graph: GraphMeetingsClient, organizer: Organizer, meeting: str | None, period: Period, problems: Problems
) -> Iterator[_Attended]:
    if meeting is not None:
        ids = iter([meeting_id(organizer, meeting)])
    else:
        ids = (held.id for _, held in meetings_held(graph, organizer, period, problems.add))
    for id_ in ids:
        reports = organizer.user.online_meetings.by_online_meeting_id(id_).attendance_reports
        yield _Attended(id_, organizer.id, reports)


def _sessions(
    graph: GraphMeetingsClient, kind: EventKind, name: str, organizer: Organizer | None, problems: Problems
) -> Iterator[_Attended]:
    for event in events_named(graph, kind, name, organizer):
        sessions, owner = sessions_of(graph, event), organizer_of_event(event)
        try:
            for session in sessions.list():
                reports = sessions.by_virtual_event_session_id(session.id).attendance_reports
                yield _Attended(session.id, owner, reports)
        except GraphError as error:
            problems.add(owner or event.id, error)


def _reports(attended: _Attended, period: Period, *, with_records: bool) -> Iterator[MeetingAttendanceReport]:
    for report in attended.reports.list():
        if not period.has(report.meeting_start_date_time):
            continue
        if with_records:
            builder = attended.reports.by_meeting_attendance_report_id(report.id)
            report.raw["attendanceRecords"] = [record.raw for record in builder.attendance_records.list()]
        yield report
