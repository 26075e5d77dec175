"""An event as a line: for people on a terminal, as JSON for programs."""

import sys
from datetime import datetime
from typing import Final

import msgspec

from graph_meetings import CallRecording, CallTranscript
from graph_meetings_archive.command.output.columns import handle_of
from graph_meetings_archive.command.output.terminal import is_terminal
from graph_meetings_notifications import (
    CallRecordChanged,
    Event,
    RecordingCreated,
    ResourceChanged,
    SubscriptionNotice,
    TranscriptCreated,
)
from graph_meetings_runtime.log import printable

_TITLES: Final = {
    "recording": "recording",
    "transcript": "transcript",
    "call_record": "call record",
    "other": "something",
}


def print_event(event: Event) -> None:
    """Print an event, and flush it so that readers see it immediately."""
    values = _values(event)
    if values is None:
        return
    sys.stdout.write(f"{_shown(values)}\n" if is_terminal() else f"{msgspec.json.encode(values).decode()}\n")
    sys.stdout.flush()


def organizer_of_event(event: Event) -> str | None:
    """Return the id of the organizer of a recording or transcript, if the notification says."""
    match event:
        case RecordingCreated(recording=artifact) | TranscriptCreated(transcript=artifact):
            return _organizer(artifact)
        case _:
            return None


def _values(event: Event) -> dict[str, object] | None:
    match event:
        case RecordingCreated(recording=recording):
            found = _of_artifact("recording", recording)
        case TranscriptCreated(transcript=transcript):
            found = _of_artifact("transcript", transcript)
        case CallRecordChanged(call_record=record):
            found = _found("call_record", record.id, change_type=event.change_type)
        case ResourceChanged():
            id_ = event.resource_data.get("id")
            found = _found("other", id_ if isinstance(id_, str) else None, change_type=event.change_type)
        case SubscriptionNotice():
            return None
    return {**found, "resource": event.resource, "tenant_id": event.tenant_id, "received": event.received}


def _of_artifact(kind: str, artifact: CallRecording | CallTranscript) -> dict[str, object]:
    return _found(
        kind,
        artifact.id,
        created=artifact.created_date_time,
        meeting_id=artifact.meeting_id,
        call_id=artifact.call_id,
        organizer_id=_organizer(artifact),
    )


def _found(
    kind: str,
    id_: str | None,
    *,
    change_type: str = "created",
    created: datetime | None = None,
    meeting_id: str | None = None,
    call_id: str | None = None,
    organizer_id: str | None = None,
) -> dict[str, object]:
    return {
        "kind": kind,
        "change_type": change_type,
        "id": id_,
        "created_date_time": created,
        "meeting_id": meeting_id,
        "call_id": call_id,
        "organizer_id": organizer_id,
    }


def _organizer(artifact: CallRecording | CallTranscript) -> str | None:
    user = None if artifact.meeting_organizer is None else artifact.meeting_organizer.user
    return None if user is None else user.id


def _shown(values: dict[str, object]) -> str:
    received, kind, id_ = values["received"], str(values["kind"]), values["id"]
    time = f"{received.astimezone():%Y-%m-%d %H:%M:%S}" if isinstance(received, datetime) else ""
    if kind in {"recording", "transcript"}:
        about = handle_of(str(id_)) + _shown_owner(values)
    else:
        about = printable(str(id_ or values["resource"]))
    return f"{time}  {_TITLES[kind]:11}  {about}"


def _shown_owner(values: dict[str, object]) -> str:
    owners = (("meeting", values["meeting_id"]), ("call", values["call_id"]))
    return next((f"  {name} {handle_of(str(id_))}" for name, id_ in owners if id_), "")
