"""Pages as the service sends them, made up by the emulator's data set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph_meetings import AttendanceRecord, CallRecording, PstnCallLogRow, Session
from graph_meetings_emulator import Dataset
from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.models.model import Model
from tools.benchmarks.measuring.settings import Settings


@dataclass(frozen=True, slots=True)
class Payload:
    """A page of a collection.

    Args:
        name: name, such as `recordings`.
        what: description, with the number of items.
        model: model class of the items.
        items: the decoded items.
    """

    name: str
    what: str
    model: type[Model]
    items: Sequence[JsonObject]

    @property
    def content(self) -> bytes:
        """The page as JSON."""
        return encode_json({"value": self.items})


def payloads(settings: Settings) -> Iterator[Payload]:
    """Yield a page of each collection."""
    count = settings.scaled(1000)
    yield Payload("recordings", f"{count:,} recordings", CallRecording, recordings(count))
    yield Payload("attendance", f"{count:,} attendance records", AttendanceRecord, _attendance_records(count))
    few = settings.scaled(60)
    what = f"{few} sessions with segments and media"
    yield Payload("sessions", what, Session, _sessions(few))
    yield Payload("pstn", f"{count:,} PSTN rows", PstnCallLogRow, _pstn_rows(count))


def recordings(count: int) -> list[JsonObject]:
    """Return recordings of one organizer."""
    dataset = _empty_dataset()
    for _ in range(count):
        dataset.add_recording(dataset.organizers[0])
    return dataset.recordings(dataset.organizers[0])


def meetings(count: int) -> list[JsonObject]:
    """Return meetings of one organizer."""
    dataset = _empty_dataset()
    organizer = dataset.organizers[0]
    ids = [dataset.add_meeting(organizer) for _ in range(count)]
    return [dataset.find(("users", organizer, "onlineMeetings", meeting)).properties for meeting in ids]


def call_record() -> JsonObject:
    """Return a call record with its participants, sessions and segments."""
    dataset = _empty_dataset()
    record = dataset.add_call_record(sessions=4, segments=2)
    call = str(record["id"])
    participants = dataset.descendants(("communications", "callRecords", call), "participants_v2")
    return {**record, "participants_v2": [*participants], "sessions": [*_sessions_of(dataset, call)]}


def _attendance_records(count: int) -> list[JsonObject]:
    dataset = _empty_dataset()
    organizer = dataset.organizers[0]
    meeting = ("users", organizer, "onlineMeetings", dataset.meetings(organizer)[0])
    dataset.add_attendance_report(meeting, attendees=count)
    return dataset.descendants(meeting, "attendanceReports", "attendanceRecords")


def _sessions(count: int) -> list[JsonObject]:
    dataset = _empty_dataset()
    record = dataset.add_call_record(sessions=count, segments=1)
    return _sessions_of(dataset, str(record["id"]))


def _sessions_of(dataset: Dataset, call: str) -> list[JsonObject]:
    path = ("communications", "callRecords", call, "sessions")
    return [
        {**dataset.find((*path, session)).properties, "segments": [*dataset.descendants((*path, session), "segments")]}
        for session in dataset.ids(path)
    ]


def _pstn_rows(count: int) -> list[JsonObject]:
    return _empty_dataset().add_log_rows("getPstnCalls", count)


def _empty_dataset() -> Dataset:
    """Return a data set with one organizer and one meeting."""
    dataset = Dataset()
    dataset.add_meeting(dataset.add_organizer())
    return dataset
