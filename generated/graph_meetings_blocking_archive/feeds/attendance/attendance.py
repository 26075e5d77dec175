# Made by codegen from archive/graph_meetings_archive/feeds/attendance/attendance.py; do not edit.
"""Attendance: the reports of meetings that have ended."""

from collections.abc import Container, Generator
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from graph_meetings import CallRecord, FieldError, GraphError, OnlineMeeting, organizer_of, tables
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.feeds.options import Attendance, MeetingReference
from graph_meetings_archive.feeds.windows import Window, later
from graph_meetings_archive.outcome.summary import Failure
from graph_meetings_archive.storage.kinds import MEETINGS
from graph_meetings_archive.storage.rows import rows_by_owner
from graph_meetings_archive.storage.unit import Batch, Unit, digest, unit_id
from graph_meetings_blocking_archive.feeds.attendance.attendance_reports import FEED, Attended
from graph_meetings_blocking_archive.feeds.attendance.meetings import meeting_at, meeting_of_call
from graph_meetings_blocking_archive.feeds.call_records import start_of
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_blocking_archive.feeds.run import LATER, STOPS_A_FEED, Run
from graph_meetings_runtime.blocking.concurrency import for_each

if TYPE_CHECKING:
    from datetime import datetime


def update_attendance(run: Run, options: Attendance, organizers: Container[str]) -> None:
    """Archive the reports that are new, and the meetings that they are of.

    Args:
        run: the update.
        options: what is asked for.
        organizers: ids, in lower case, of those whose meetings are looked for.

    Raises:
        GraphError: the service failed; what came before that is archived.
        ArchiveError: the archive cannot be written.
    """

    def update(meeting: MeetingReference) -> None:
        try:
            if not _Meeting(run, meeting).update():
                failed.append(meeting)
        except STOPS_A_FEED:
            raise
        except GraphError as error:
            run.report.failed(FEED, meeting.organizer, error)
            failed.append(meeting)
        except FieldError as error:
            run.report.add(Failure(FEED, meeting.organizer, f"{error}"))
            failed.append(meeting)

    failed: list[MeetingReference] = []
    if options.meetings is not None:
        for_each(update, options.meetings, run.concurrency)
        return
    found = _FoundMeetings(run, options, organizers)
    with closing(found.iterate()) as meetings:
        for_each(update, meetings, run.concurrency)
    if not failed and found.is_whole:
        run.writer.add(Batch(places={FEED: msgspec.to_builtins(found.place())}))


class _FoundMeetings:
    """The meetings of calls, each once."""

    def __init__(self, run: Run, options: Attendance, organizers: Container[str]) -> None:
        self._run = run
        self._options = options
        self._organizers = organizers
        self._latest: datetime | None = None
        self.is_whole = True

    def iterate(self) -> Generator[MeetingReference]:
        """Iterate over them."""
        start = (self._window()).start(self._options.since, self._options.overlap)
        after = None if start is None else CallRecord.start_date_time >= start
        seen: set[MeetingReference] = set()
        for page in whole(self._run.graph.communications.call_records.list(filter=after)):
            for record in page.value:
                self._latest = later(self._latest, start_of(record))
                meeting = self._meeting(record)
                if meeting is not None and meeting not in seen:
                    seen.add(meeting)
                    yield meeting

    def _meeting(self, record: CallRecord) -> MeetingReference | None:
        """Return the meeting of a call, if one of the organizers has organized it."""
        if record.raw.get("joinWebUrl") is not None and not isinstance(record.raw["joinWebUrl"], str):
            self.is_whole = False
            reason = f"the join URL of the call record {record.raw.get('id')} is not a string"
            self._run.report.add(Failure(FEED, organizer_of(record), reason, LATER))
        meeting = meeting_of_call(record)
        return meeting if meeting is not None and meeting.organizer.lower() in self._organizers else None

    def place(self) -> Window:
        """Return where the feed goes on."""
        return (self._window()).after(self._options.since, self._latest)

    def _window(self) -> Window:
        state = self._run.storage.place(FEED)
        return Window(self._options.since, None) if state is None else msgspec.convert(state, Window)


class _Meeting:
    """One meeting."""

    def __init__(self, run: Run, reference: MeetingReference) -> None:
        self._run = run
        self._organizer = reference.organizer
        self._reference = reference
        self._meetings = run.graph.users.by_user_id(reference.organizer).online_meetings
        self._malformed = Malformed(run.report, FEED, reference.organizer)

    def update(self) -> bool:
        """Archive the meeting, and its reports that are new; return whether none of it was malformed."""
        meeting = meeting_at(self._run.graph, self._reference)
        if meeting is None:  # it has expired since
            return True
        self._run.writer.add(Batch(self._units(meeting)))
        builder = self._meetings.by_online_meeting_id(meeting.id).attendance_reports
        Attended(self._organizer, meeting.id, builder, self._malformed).update(self._run)
        return not self._malformed

    def _units(self, meeting: OnlineMeeting) -> list[Unit]:
        rows = rows_by_owner(
            tables.meetings, MEETINGS.tables[0], [meeting], self._malformed, organizer_id=self._organizer
        )
        mark = self._malformed.mark(meeting.id, digest(meeting.to_json()))
        return [Unit(unit_id(MEETINGS.name, key), MEETINGS.name, key, mark, (found,)) for key, found in rows.items()]
