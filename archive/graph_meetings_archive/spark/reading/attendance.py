"""Meetings and their attendance reports."""

from graph_meetings import FieldError, GraphError, OnlineMeeting
from graph_meetings_archive.feeds.options import MeetingReference
from graph_meetings_archive.spark.planning.work import Period
from graph_meetings_archive.spark.reading.rows import Rows, moment_of
from graph_meetings_blocking_archive.feeds.attendance.meetings import add_attendees, has_ended, meeting_at
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_runtime.tables.arrow import ArrowTable


def attendance_of(rows: Rows, reference: MeetingReference, period: Period) -> list[ArrowTable]:
    """Return the rows of a meeting; none if it has expired.

    Raises:
        GraphError: a request failed, and the organizer must not be skipped.
    """
    try:
        meeting = meeting_at(rows.graph, reference)
        if meeting is None:
            return []
        if rows.options.table == "meetings":
            return rows.of([meeting], organizer_id=reference.organizer)
        return _reports(rows, reference.organizer, meeting, period)
    except (GraphError, FieldError) as error:
        return rows.failed(f"a meeting of {reference.organizer}", error)


def _reports(rows: Rows, organizer: str, meeting: OnlineMeeting, period: Period) -> list[ArrowTable]:
    of_meeting = rows.graph.users.by_user_id(organizer).online_meetings.by_online_meeting_id(meeting.id)
    reports = {
        report.id: report
        for page in whole(of_meeting.attendance_reports.list())
        for report in page.value
        if has_ended(report) and period.has(moment_of(report, "meeting_start_date_time"))
    }
    if rows.options.table != "attendance_reports":
        for report in reports.values():
            add_attendees(of_meeting.attendance_reports, report)
    return rows.of(reports.values(), organizer_id=organizer, meeting_id=meeting.id)
