"""Made-up webinars and town halls with presenters and registrations; attendance reports of meetings and sessions."""

from datetime import timedelta
from typing import cast

from graph_meetings_emulator.data.attendance_json import EVENT_TYPES, AttendanceFactory
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.data.fake_values import Start
from graph_meetings_emulator.data.store import EntityPath
from graph_meetings_emulator.data.users import UserData
from graph_meetings_runtime.json_codec import JsonObject

_EVENTS = ("solutions", "virtualEvents")


class AttendanceData(UserData):
    """Virtual events and attendance reports."""

    def __init__(self, *, seed: int = 1, until: Start = None) -> None:
        super().__init__(seed=seed, until=until)
        self._attendance = AttendanceFactory(self._sequence("attendance"))

    def add_virtual_event(
        self,
        kind: str = "webinars",
        *,
        organizer_id: str | None = None,
        start: Start = None,
        sessions: int = 1,
        attendees: int = 4,
    ) -> str:
        """Add a made-up webinar or town hall with sessions and presenters, and return its id.

        Each session has an attendance report, and each of its attendees but the organizer registered.

        Args:
            kind: `webinars` or `townhalls`.
            organizer_id: the user; by default the first one.
            start: the time of the first session, with the others one day apart.
            sessions: number of sessions.
            attendees: number of attendees per session.
        """
        factory, organizer_id = self._attendance, organizer_id or self.organizers[0]
        moment = factory.fake.start(start)
        organizer = self.find(("users", organizer_id)).properties
        event = self.add((*_EVENTS, kind), factory.virtual_event(organizer, moment, kind))
        self.add((*_EVENTS, "events"), {"@odata.type": EVENT_TYPES[kind], **event.properties})
        path = (*_EVENTS, kind, event.id)
        for number in range(sessions):
            day = moment + timedelta(days=number)
            session = self.add((*path, "sessions"), factory.session(event.properties, day))
            self.add_attendance_report((*path, "sessions", session.id), attendees=attendees, start=day)
        for presenter in factory.presenters(organizer, kind):
            self.add((*path, "presenters"), presenter)
        for record in self.descendants(path, "sessions", "attendanceReports", "attendanceRecords"):
            if record["registrationId"]:
                self.add((*path, "registrations"), factory.registration(record, moment))
        return event.id

    def add_attendance_report(self, path: EntityPath, *, attendees: int = 4, start: Start = None) -> JsonObject:
        """Add a made-up attendance report with its records, and return its JSON.

        Args:
            path: the meeting, or the session of a virtual event.
            attendees: number of records, including the organizer's.
            start: when the meeting started; by default when it was scheduled.
        """
        factory, parent = self._attendance, self.find(path)
        is_event = path[: len(_EVENTS)] == _EVENTS
        moment = factory.fake.start(start if start or is_event else str(parent.properties["startDateTime"]))
        organizer = self._organizer_of(parent)
        report = self.add((*path, "attendanceReports"), factory.report(attendees, moment, is_event=is_event))
        for record in factory.records(organizer, attendees, moment, is_event=is_event):
            self.add((*path, "attendanceReports", report.id, "attendanceRecords"), record)
        return report.properties

    def _organizer_of(self, meeting: Entity) -> JsonObject:
        """Return the user that a meeting, or the event of a session, belongs to."""
        owner = meeting.parent if meeting.parent is not None else meeting
        created_by = cast("dict[str, dict[str, str]]", owner.properties.get("createdBy"))
        return self.find(("users", created_by["user"]["id"])).properties if created_by else owner.properties
