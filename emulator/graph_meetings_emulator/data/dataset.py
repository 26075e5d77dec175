"""The data set: users, their meetings and calls and what belongs to them, made up from a seed."""

from datetime import datetime, timedelta
from typing import TypeAlias, cast

from graph_meetings_emulator.data.attendance_json import AttendanceFactory
from graph_meetings_emulator.data.call_json import CallRecordFactory
from graph_meetings_emulator.data.conversation import Conversation
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.data.fake_values import FakeValues
from graph_meetings_emulator.data.log_json import LOGS
from graph_meetings_emulator.data.media import Media, Mp4
from graph_meetings_emulator.data.meeting_json import MeetingFactory
from graph_meetings_emulator.data.store import EntityPath, Store
from graph_meetings_runtime.json_codec import JsonObject

SizeRange: TypeAlias = int | tuple[int, int]
Start: TypeAlias = datetime | str | None
"""An aware datetime or an RFC 3339 text; `None` for a made-up one in the first half of 2026."""

_COMMUNICATIONS = ("communications",)
_EVENTS = ("solutions", "virtualEvents")


class Dataset(Store):
    """The entities that the service answers from.

    Args:
        seed: decides everything that the methods make up.
    """

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__()
        self._fake = FakeValues(seed)
        tenant = self._fake.tenant
        self._meetings = MeetingFactory(self._fake)
        # Each from a sequence of its own, so that more of one kind leaves the others as they were.
        self._texts = MeetingFactory(FakeValues(f"{seed}/texts", tenant))
        self._calls = CallRecordFactory(FakeValues(f"{seed}/calls", tenant))
        self._logs = FakeValues(f"{seed}/logs", tenant)
        self._attendance = AttendanceFactory(FakeValues(f"{seed}/attendance", tenant))

    @classmethod
    def generate(  # noqa: PLR0913  counts, all by keyword
        cls,
        *,
        seed: int = 1,
        organizers: int = 2,
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
    ) -> "Dataset":
        """Make up a data set; the same arguments give the same data.

        Args:
            seed: decides every id, time, text and byte.
            organizers: number of users.
            meetings: for each organizer.
            recordings: for each meeting.
            content_size: of each recording in bytes: a number, or the least and the greatest.
            transcripts: for each meeting; the first ones belong to its recordings.
            adhoc_calls: for each organizer, each with a recording and a transcript.
            call_records: in all.
            log_rows: for each log.
            attendance_reports: for each meeting.
            webinars: in all, each with a session and an attendance report.
            townhalls: likewise.
        """
        dataset = cls(seed=seed)
        for _ in range(organizers):
            organizer = dataset.add_organizer()
            for _ in range(meetings):
                meeting = dataset.add_meeting(organizer)
                for _ in range(recordings):
                    dataset.add_recording(organizer, meeting, content_size=content_size)
                for _ in range(transcripts):
                    dataset.add_transcript(organizer, meeting)
                for _ in range(attendance_reports):
                    dataset.add_attendance_report(("users", organizer, "onlineMeetings", meeting))
            for _ in range(adhoc_calls):
                dataset.add_adhoc_call(organizer, content_size=content_size)
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

    @property
    def organizers(self) -> tuple[str, ...]:
        """The users' ids."""
        return self.ids(("users",))

    def meetings(self, organizer_id: str) -> tuple[str, ...]:
        """List the ids of a user's meetings."""
        return self.ids(("users", organizer_id, "onlineMeetings"))

    def recordings(self, organizer_id: str) -> list[JsonObject]:
        """List all recordings of a user's meetings."""
        return self.descendants(("users", organizer_id), "onlineMeetings", "recordings")

    def transcripts(self, organizer_id: str) -> list[JsonObject]:
        """List all transcripts of a user's meetings."""
        return self.descendants(("users", organizer_id), "onlineMeetings", "transcripts")

    @property
    def call_records(self) -> list[JsonObject]:
        """All call records."""
        return self.descendants(_COMMUNICATIONS, "callRecords")

    def add_organizer(self) -> str:
        """Add a made-up user, and return the id; the first one is `/me`."""
        user = self.add(("users",), self._fake.user())
        self.root.singles.setdefault("me", user)
        return user.id

    def add_meeting(self, organizer_id: str) -> str:
        """Add a made-up meeting, and return its id."""
        organizer = self.find(("users", organizer_id)).properties
        return self.add(("users", organizer_id, "onlineMeetings"), self._meetings.meeting(organizer)).id

    def add_recording(
        self,
        organizer_id: str,
        meeting_id: str | None = None,
        *,
        content_size: SizeRange = 1_000_000,
        created: Start = None,
    ) -> JsonObject:
        """Add a made-up recording, and return its JSON; `replace` changes it.

        Args:
            organizer_id: the user.
            meeting_id: by default the user's first meeting.
            content_size: in bytes: a number, or the least and the greatest.
            created: when; by default some time after the meeting's last recording.
        """
        meeting = self._meeting(organizer_id, meeting_id)
        siblings = meeting.collections.get("recordings", {})
        recording = self._meetings.recording(organizer_id, meeting.properties, len(siblings), created)
        path = ("users", organizer_id, "onlineMeetings", meeting.id, "recordings")
        return self.add(path, recording, streams={"content": self._mp4(recording, content_size)}).properties

    def add_transcript(
        self, organizer_id: str, meeting_id: str | None = None, *, recording: JsonObject | None = None
    ) -> JsonObject:
        """Add a made-up transcript, and return its JSON.

        Args:
            organizer_id: the user.
            meeting_id: by default the user's first meeting.
            recording: what it belongs to; by default the first of the meeting's recordings without a transcript.
        """
        meeting = self._meeting(organizer_id, meeting_id)
        transcripts, recordings = (
            [entity.properties for entity in meeting.collections.get(name, {}).values()]
            for name in ("transcripts", "recordings")
        )
        taken = [transcript["contentCorrelationId"] for transcript in transcripts]
        free = (item for item in recordings if item["contentCorrelationId"] not in taken)
        transcript = self._texts.transcript(
            organizer_id, meeting.properties, len(transcripts), recording or next(free, None)
        )
        path = ("users", organizer_id, "onlineMeetings", meeting.id, "transcripts")
        return self.add(path, transcript, streams=self._conversation(organizer_id, transcript)).properties

    def add_adhoc_call(self, user_id: str, *, content_size: SizeRange = 1_000_000) -> str:
        """Add a made-up ad hoc call of a user with a recording and a transcript, and return its id."""
        call = self.add(("users", user_id, "adhocCalls"), self._texts.adhoc_call())
        recording, transcript = self._texts.adhoc_artifacts(user_id, call.properties)
        path = ("users", user_id, "adhocCalls", call.id)
        self.add((*path, "recordings"), recording, streams={"content": self._mp4(recording, content_size)})
        self.add((*path, "transcripts"), transcript, streams=self._conversation(user_id, transcript))
        return call.id

    def add_call_record(  # noqa: PLR0913  all by keyword
        self,
        *,
        organizer_id: str | None = None,
        start: Start = None,
        participants: int = 4,
        sessions: int = 2,
        segments: int = 1,
        by_phone: bool = False,
    ) -> JsonObject:
        """Add a made-up call record with all that it contains, and return its JSON.

        Args:
            organizer_id: the user; by default the first one.
            start: when the call began.
            participants: number of participants, the organizer included.
            sessions: number of sessions.
            segments: for each session.
            by_phone: whether `organizer_v2` is a telephone number.
        """
        factory = self._calls
        organizer = self.find(("users", organizer_id or self.organizers[0])).properties
        people = factory.participants(organizer, participants)
        record = self.add(
            (*_COMMUNICATIONS, "callRecords"), factory.record(organizer, people, factory.fake.start(start))
        )
        path = (*_COMMUNICATIONS, "callRecords", record.id)
        by = factory.phone_organizer() if by_phone else factory.organizer(organizer)
        self.add_single((*path, "organizer_v2"), by)
        for participant in people:
            self.add((*path, "participants_v2"), participant)
        for number in range(sessions):
            session = self.add(
                (*path, "sessions"), factory.session(record.properties, people[number % len(people)], number)
            )
            for _ in range(segments):
                self.add((*path, "sessions", session.id, "segments"), factory.segment(session.properties))
        return record.properties

    def add_log_rows(self, function: str, count: int = 1, *, start: Start = None) -> list[JsonObject]:
        """Add made-up rows to a log, and return their JSON.

        Args:
            function: the function that gives the log, such as `getPstnCalls`.
            count: how many.
            start: when the first one was, the others one minute apart; by default each at a time of its own.
        """
        rows: list[JsonObject] = []
        for number in range(count):
            moment = self._logs.start(start) + (timedelta(minutes=number) if start else timedelta(0))
            rows.append(self.add((*_COMMUNICATIONS, function), LOGS[function](self._logs, moment, number)).properties)
        return rows

    def add_virtual_event(
        self,
        kind: str = "webinars",
        *,
        organizer_id: str | None = None,
        start: Start = None,
        sessions: int = 1,
        attendees: int = 4,
    ) -> str:
        """Add a made-up webinar, or a town hall, whose sessions have an attendance report each; return its id.

        Args:
            kind: `webinars` or `townhalls`.
            organizer_id: the user; by default the first one.
            start: when the first session was, the others one day apart.
            sessions: number of sessions.
            attendees: of each session.
        """
        factory, organizer_id = self._attendance, organizer_id or self.organizers[0]
        moment = factory.fake.start(start)
        event = self.add((*_EVENTS, kind), factory.virtual_event(self.find(("users", organizer_id)).properties, moment))
        for number in range(sessions):
            day = moment + timedelta(days=number)
            path = (*_EVENTS, kind, event.id, "sessions")
            session = self.add(path, factory.session(event.properties, day))
            self.add_attendance_report((*path, session.id), attendees=attendees, start=day)
        return event.id

    def add_attendance_report(self, path: EntityPath, *, attendees: int = 4, start: Start = None) -> JsonObject:
        """Add a made-up attendance report with its records, and return its JSON.

        Args:
            path: the meeting, or the session of a virtual event.
            attendees: number of records, the organizer's included.
            start: when the meeting began; by default when it was to.
        """
        factory, parent = self._attendance, self.find(path)
        is_event = path[: len(_EVENTS)] == _EVENTS
        moment = factory.fake.start(start if start or is_event else str(parent.properties["startDateTime"]))
        organizer = self._organizer_of(parent)
        report = self.add((*path, "attendanceReports"), factory.report(attendees, moment, is_event=is_event))
        for record in factory.records(organizer, attendees, moment, is_event=is_event):
            self.add((*path, "attendanceReports", report.id, "attendanceRecords"), record)
        return report.properties

    def content(self, organizer_id: str, meeting_id: str, recording_id: str) -> Media:
        """Give a recording's content."""
        path = ("users", organizer_id, "onlineMeetings", meeting_id, "recordings", recording_id)
        return self.find(path).streams["content"][0]

    def _meeting(self, organizer_id: str, meeting_id: str | None) -> Entity:
        return self.find(("users", organizer_id, "onlineMeetings", meeting_id or self.meetings(organizer_id)[0]))

    def _organizer_of(self, meeting: Entity) -> JsonObject:
        """Give the user to whom a meeting, or the event of a session, belongs."""
        owner = meeting.parent if meeting.parent is not None else meeting
        created_by = cast("dict[str, dict[str, str]]", owner.properties.get("createdBy"))
        return self.find(("users", created_by["user"]["id"])).properties if created_by else owner.properties

    def _mp4(self, recording: JsonObject, size: SizeRange) -> Mp4:
        return Mp4(str(recording["id"]), size if isinstance(size, int) else self._fake.number(*size))

    def _conversation(self, user_id: str, transcript: JsonObject) -> dict[str, tuple[Media, ...]]:
        organizer = str(self.find(("users", user_id)).properties["displayName"])
        others = [str(self._texts.fake.user()["displayName"]) for _ in range(2)]
        return Conversation(str(transcript["id"]), (organizer, *others), str(transcript["createdDateTime"])).streams()
