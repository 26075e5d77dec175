"""The dataset: users, their meetings and calls, and everything that belongs to them, made up from a seed."""

from typing import Self

from graph_meetings_emulator.data.attendance import AttendanceData
from graph_meetings_emulator.data.call_records import CallRecordData
from graph_meetings_emulator.data.fake_values import Start
from graph_meetings_emulator.data.log_json import LOGS
from graph_meetings_emulator.data.meetings import MeetingData, SizeRange


class Dataset(MeetingData, CallRecordData, AttendanceData):
    """The data that the service answers from.

    Args:
        seed: decides everything that the methods make up.
        until: the present, before which everything made up happens; `None` for the first half of 2026.
    """

    @classmethod
    def generate(  # noqa: PLR0913  keyword-only numbers
        cls,
        *,
        seed: int = 1,
        until: Start = None,
        organizers: int = 2,
        groups: int = 1,
        meetings: int = 3,
        recordings: int = 4,
        content_size: SizeRange = (100_000, 2_000_000),
        transcripts: int = 1,
        adhoc_calls: int = 1,
        call_records: int = 3,
        log_rows: int = 3,
        attendance_reports: int = 1,
        webinars: int = 1,
        townhalls: int = 1,
    ) -> Self:
        """Make up a dataset; the same arguments give the same data.

        Args:
            seed: decides every id, time, text and byte.
            until: the present. Everything happens before it, and of each kind something happens the day before and,
                if there are several, the month before; `None` for the first half of 2026.
            organizers: number of users.
            groups: number of groups, each with all users as members.
            meetings: number of meetings per user.
            recordings: number of recordings per meeting.
            content_size: the size of each recording in bytes, or a range as its least and greatest size.
            transcripts: number of transcripts per meeting; the first ones belong to its recordings.
            adhoc_calls: number of ad hoc calls per user, each with a recording and a transcript.
            call_records: total number of call records.
            log_rows: number of rows per log.
            attendance_reports: number of attendance reports per meeting.
            webinars: total number of webinars, each with a session and an attendance report.
            townhalls: total number of town halls, likewise.
        """
        dataset = cls(seed=seed, until=until)
        for _ in range(organizers):
            organizer = dataset.add_organizer()
            for _ in range(meetings):
                meeting = dataset.add_meeting(organizer, occurrences=max(recordings, transcripts, 1))
                for _ in range(recordings):
                    dataset.add_recording(organizer, meeting, content_size=content_size)
                for _ in range(transcripts):
                    dataset.add_transcript(organizer, meeting)
                for _ in range(attendance_reports):
                    dataset.add_attendance_report(("users", organizer, "onlineMeetings", meeting))
            for _ in range(adhoc_calls):
                dataset.add_adhoc_call(organizer, content_size=content_size)
        for _ in range(groups):
            dataset.add_group()
        if organizers:
            dataset._add_tenant_wide(call_records, log_rows, webinars, townhalls)
        return dataset

    def _add_tenant_wide(self, call_records: int, log_rows: int, webinars: int, townhalls: int) -> None:
        for number in range(call_records):
            organizer = self.organizers[number % len(self.organizers)]
            self.add_call_record(organizer_id=organizer, by_phone=number % 3 == 1)
        for log in LOGS:
            self.add_log_rows(log, log_rows)
        for kind, count in (("webinars", webinars), ("townhalls", townhalls)):
            for _ in range(count):
                self.add_virtual_event(kind)
