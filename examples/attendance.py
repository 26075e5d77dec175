"""Print who attended a meeting or a session of a webinar: every report with its records.

    python examples/attendance.py meeting ORGANIZER MEETING
    python examples/attendance.py webinar WEBINAR SESSION

ORGANIZER is a user's id, or `me` for the signed-in user. The program signs in as examples/recordings.py does.
"""

import argparse
import asyncio
import sys
from datetime import datetime

from graph_meetings import (
    AttendanceRecord,
    AzureCommunicationServicesUserIdentity,
    GraphError,
    GraphMeetingsClient,
    MeetingAttendanceReport,
)
from graph_meetings.request_builders import MeetingAttendanceReportsRequestBuilder
from recordings import connect

Attendance = list[tuple[MeetingAttendanceReport, list[AttendanceRecord]]]


def reports_of_meeting(
    graph: GraphMeetingsClient, organizer: str, meeting: str
) -> MeetingAttendanceReportsRequestBuilder:
    """Return the builder of a meeting's reports: there is one for each time the meeting was held."""
    user = graph.me if organizer == "me" else graph.users.by_user_id(organizer)
    return user.online_meetings.by_online_meeting_id(meeting).attendance_reports


def reports_of_webinar(
    graph: GraphMeetingsClient, webinar: str, session: str
) -> MeetingAttendanceReportsRequestBuilder:
    """Return the builder of the reports of a webinar's session."""
    event = graph.solutions.virtual_events.webinars.by_virtual_event_webinar_id(webinar)
    return event.sessions.by_virtual_event_session_id(session).attendance_reports


async def attendance(reports: MeetingAttendanceReportsRequestBuilder) -> Attendance:
    """Fetch reports with their records, which a list of reports does not include."""
    found: Attendance = []
    async for report in reports.list():
        records = reports.by_meeting_attendance_report_id(str(report.id)).attendance_records
        found.append((report, [record async for record in records.list()]))
    return found


def line(record: AttendanceRecord) -> str:
    """Describe an attendee in one line."""
    match record.identity:
        case AzureCommunicationServicesUserIdentity() as guest:
            who = f"{guest.display_name} (by Azure Communication Services)"
        case None:
            who = "someone"
        case identity:
            who = f"{identity.display_name}"
    address = f" <{record.email_address}>" if record.email_address else ""
    intervals = record.attendance_intervals or []
    times = [f"{clock(interval.join_date_time)} to {clock(interval.leave_date_time)}" for interval in intervals]
    registration = record.external_registration_information
    source = f", registered through {registration.referrer}" if registration and registration.referrer else ""
    return f"  {record.role}: {who}{address}, {record.total_attendance_in_seconds} s{source}: {'; '.join(times)}"


def clock(moment: datetime | None) -> str:
    """Format a time of day in UTC; the service does not always notice that someone left."""
    return f"{moment:%H:%M:%S}" if moment else "?"


async def run(options: argparse.Namespace) -> None:
    """Print the attendance of a meeting or a webinar's session."""
    async with connect() as graph:
        name = reports_of_meeting if options.kind == "meeting" else reports_of_webinar
        for report, records in await attendance(name(graph, options.owner, options.held)):
            print(f"{report.meeting_start_date_time} to {report.meeting_end_date_time}")
            print(f"{report.total_participant_count} participants")
            for record in records:
                print(line(record))


def parser() -> argparse.ArgumentParser:
    """Build the command line parser."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("kind", choices=["meeting", "webinar"])
    options.add_argument("owner", help="id of the organizer or the webinar")
    options.add_argument("held", help="id of the meeting or the webinar's session")
    return options


def main() -> int:
    """Run the command line and return its exit status."""
    try:
        asyncio.run(run(parser().parse_args()))
    except GraphError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
