# Made by codegen from archive/graph_meetings_archive/feeds/attendance/meetings.py; do not edit.
"""Meetings that calls took place in, and the reports on who attended them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graph_meetings import AttendanceRecord, CallRecord, MeetingAttendanceReport, NotFound, OnlineMeeting, organizer_of
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.feeds.options import MeetingReference
from graph_meetings_blocking_archive.feeds.pages import whole

if TYPE_CHECKING:
    from graph_meetings.blocking.request_builders import MeetingAttendanceReportsRequestBuilder


def meeting_of_call(record: CallRecord) -> MeetingReference | None:
    """Return the meeting that a call took place in, `None` if it was in none, or its organizer is no user."""
    url = record.raw.get("joinWebUrl")
    organizer = organizer_of(record)
    if organizer is None or not isinstance(url, str) or not url:
        return None
    return MeetingReference(organizer, join_url=url)


def meeting_at(graph: GraphMeetingsClient, reference: MeetingReference) -> OnlineMeeting | None:
    """Return a meeting, `None` if it has expired since.

    Raises:
        GraphError: the service failed.
    """
    meetings = graph.users.by_user_id(reference.organizer).online_meetings
    if reference.id is not None:
        return meetings.by_online_meeting_id(reference.id).get()
    try:
        return meetings.find(str(reference.join_url))
    except (NotFound, ValueError):  # the latter for a URL that is not one of Teams
        return None


def add_attendees(reports: "MeetingAttendanceReportsRequestBuilder", report: MeetingAttendanceReport) -> None:
    """Add to a report all who attended.

    Args:
        reports: the requests under the reports of the meeting.
        report: one of them.

    Raises:
        GraphError: the service failed.
    """
    records = reports.by_meeting_attendance_report_id(report.id).attendance_records
    attendees = _each_once([record for page in whole(records.list()) for record in page.value])
    report.raw["attendanceRecords"] = [record.raw for record in attendees]


def has_ended(report: MeetingAttendanceReport) -> bool:
    """Whether the meeting of a report is over, so that the report will not change any more."""
    return report.raw.get("meetingEndDateTime") is not None


def _each_once(records: Sequence[AttendanceRecord]) -> list[AttendanceRecord]:
    """Return records without those that came again on another page; most have no id to tell."""
    found: dict[object, AttendanceRecord] = {}
    for number, record in enumerate(records):
        id_ = record.raw.get("id")
        found.setdefault(id_ if isinstance(id_, str) else number, record)
    return list(found.values())
