"""Made-up call records and the rows of call logs."""

from datetime import timedelta

from graph_meetings_emulator.data.call_json import CallRecordFactory
from graph_meetings_emulator.data.fake_values import Start
from graph_meetings_emulator.data.log_json import LOGS
from graph_meetings_emulator.data.users import UserData
from graph_meetings_runtime.json_codec import JsonObject

_COMMUNICATIONS = ("communications",)
_MOST_IN_A_CALL = 2


class CallRecordData(UserData):
    """Call records and call logs."""

    def __init__(self, *, seed: int = 1, until: Start = None) -> None:
        super().__init__(seed=seed, until=until)
        self._calls = CallRecordFactory(self._sequence("calls"))
        self._logs = self._sequence("logs")

    @property
    def call_records(self) -> list[JsonObject]:
        """All call records."""
        return self.descendants(_COMMUNICATIONS, "callRecords")

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
        """Add a made-up call record with everything that it contains, and return its JSON.

        Args:
            organizer_id: the user; by default the first one.
            start: when the call started.
            participants: number of participants, including the organizer.
            sessions: number of sessions.
            segments: number of segments per session.
            by_phone: whether `organizer_v2` is a telephone number.
        """
        factory = self._calls
        organizer = self.find(("users", organizer_id or self.organizers[0])).properties
        people = factory.participants(organizer, participants)
        join_url = self._join_url(str(organizer["id"])) if len(people) > _MOST_IN_A_CALL else None
        record = self.add(
            (*_COMMUNICATIONS, "callRecords"), factory.record(organizer, people, factory.fake.start(start), join_url)
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

    def _join_url(self, organizer_id: str) -> str:
        """Return the URL of one of a user's meetings, each in turn, or of one that is no more."""
        meetings = self.descendants(("users", organizer_id), "onlineMeetings")
        if not meetings:
            return f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{self._calls.fake.guid()}%40thread.v2/0"
        number = len(self.find(_COMMUNICATIONS).collections.get("callRecords", {}))
        return str(meetings[number % len(meetings)]["joinWebUrl"])

    def add_log_rows(self, function: str, count: int = 1, *, start: Start = None) -> list[JsonObject]:
        """Add made-up rows to a log and return their JSON.

        Args:
            function: the function that returns the log, such as `getPstnCalls`.
            count: number of rows.
            start: the time of the first row, with the others one minute apart; by default each at a random time.
        """
        rows: list[JsonObject] = []
        for number in range(count):
            moment = self._logs.start(start) + (timedelta(minutes=number) if start else timedelta(0))
            rows.append(self.add((*_COMMUNICATIONS, function), LOGS[function](self._logs, moment, number)).properties)
        return rows
