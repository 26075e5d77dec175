# Made by codegen from archive/graph_meetings_archive/feeds/attendance/attendance_reports.py; do not edit.
"""The attendance reports of a meeting, or of a session of a virtual event."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from graph_meetings import MeetingAttendanceReport, tables
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.storage.kinds import ATTENDANCE_REPORTS
from graph_meetings_archive.storage.rows import rows_by_owner
from graph_meetings_archive.storage.unit import Batch, Unit, UnitId, digest, unit_id
from graph_meetings_blocking_archive.feeds.attendance.meetings import add_attendees, has_ended
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_blocking_archive.feeds.run import Run

if TYPE_CHECKING:
    from graph_meetings.blocking.request_builders import MeetingAttendanceReportsRequestBuilder

FEED: Final = "attendance"
_TABLES: Final = (tables.attendance_reports, tables.attendance, tables.attendance_intervals)


@dataclass(frozen=True, slots=True)
class Attended:
    """A meeting, or a session of a virtual event.

    Args:
        organizer: the id of its organizer.
        id: its own.
        reports: the requests under its reports.
        malformed: receives what is malformed.
        since: only reports on what started at that moment or later.
    """

    organizer: str
    id: str
    reports: "MeetingAttendanceReportsRequestBuilder"
    malformed: Malformed
    since: datetime | None = None

    def update(self, run: Run) -> None:
        """Archive the reports that are new.

        Raises:
            GraphError: the service failed.
            FieldError: a report has no id, or a time that cannot be read.
        """
        for page in whole(self.reports.list()):
            marks = {report.id: digest(report.to_json()) for report in page.value if self._is_wanted(report)}
            known = run.storage.known(map(_unit_id, marks))
            for report in page.value:
                earlier = known.get(_unit_id(report.id))
                if report.id not in marks or (earlier is not None and earlier.mark == marks[report.id]):
                    continue
                add_attendees(self.reports, report)
                units = self._units(report, marks[report.id])
                run.writer.add(Batch(units))

    def _is_wanted(self, report: MeetingAttendanceReport) -> bool:
        if not has_ended(report):
            return False
        start = None if self.since is None else report.meeting_start_date_time
        return self.since is None or start is None or start >= self.since

    def _units(self, report: MeetingAttendanceReport, mark: bytes) -> list[Unit]:
        key = (report.id,)
        parents = {"organizer_id": self.organizer, "meeting_id": self.id}
        by_table = [
            rows_by_owner(table, stored, [report], self.malformed, **parents)
            for table, stored in zip(_TABLES, ATTENDANCE_REPORTS.tables, strict=True)
        ]
        rows = tuple(rows.get(key, ()) for rows in by_table)
        mark = self.malformed.mark(report.id, mark)
        return [Unit(_unit_id(report.id), ATTENDANCE_REPORTS.name, key, mark, rows)]


def _unit_id(report: str) -> UnitId:
    return unit_id(ATTENDANCE_REPORTS.name, (report,))
