"""The events that handlers get: a typed record for each kind of notification."""

import re
from datetime import datetime
from typing import Any, Final, TypeAlias

from msgspec import Struct

from graph_meetings import CallRecord, CallRecording, CallTranscript
from graph_meetings_runtime.json_codec import JsonObject, JsonValue

_MEETING: Final = re.compile(r"\bonlineMeetings(?:\('([^']+)'\)|/([^/()]+))")
_CALL: Final = re.compile(r"\badhocCalls(?:\('([^']+)'\)|/([^/()]+))")
_USER: Final = re.compile(r"\busers(?:\('([^']+)'\)|/([^/()]+))")
_TYPES: Final = {"recordings": "callrecording", "transcripts": "calltranscript", "callrecords": "callrecord"}


class _Notification(Struct, frozen=True, kw_only=True):
    """The fields of every notification.

    Args:
        subscription_id: of the subscription that it was sent for. For events found by `reconcile`, the current one;
            empty if there was none.
        tenant_id: of the tenant that it is about, in lower case.
        received: when it arrived.
    """

    subscription_id: str
    tenant_id: str
    received: datetime


class RecordingCreated(_Notification, frozen=True, kw_only=True):
    """A recording is available.

    Args:
        recording: from the notification. It is complete if the subscription includes resource data; otherwise it has
            its id and what the path says about its meeting and organizer.
        resource: its path, as sent.
    """

    recording: CallRecording
    resource: str


class TranscriptCreated(_Notification, frozen=True, kw_only=True):
    """A transcript is available.

    Args:
        transcript: from the notification. It is complete if the subscription includes resource data; otherwise it has
            its id and what the path says about its meeting and organizer.
        resource: its path, as sent.
    """

    transcript: CallTranscript
    resource: str


class CallRecordChanged(_Notification, frozen=True, kw_only=True):
    """A call record is available, or has a new version.

    Args:
        call_record: with its id; get the rest with `graph.communications.call_records.by_call_record_id(…)`.
        change_type: `"created"` or `"updated"`; a first version may be sent as `"updated"`.
        resource: its path, as sent.
    """

    call_record: CallRecord
    change_type: str
    resource: str


class ResourceChanged(_Notification, frozen=True, kw_only=True):
    """Another resource has changed.

    Args:
        change_type: such as `"created"`.
        resource: its path, as sent.
        resource_data: what the notification says about it, as decoded JSON, decrypted if it was encrypted.
    """

    change_type: str
    resource: str
    resource_data: JsonObject


class SubscriptionNotice(_Notification, frozen=True, kw_only=True):
    """A lifecycle notification, about the subscription itself.

    Args:
        lifecycle_event: `"reauthorizationRequired"`: renew or reauthorize it, or it ends; `"subscriptionRemoved"`:
            create it again; `"missed"`: notifications were lost, so read what is new by delta or a list.
    """

    lifecycle_event: str


Event: TypeAlias = RecordingCreated | TranscriptCreated | CallRecordChanged | ResourceChanged | SubscriptionNotice


class StoredEvent(Struct, frozen=True, kw_only=True):
    """An event as an inbox stores it: verified and decrypted, but not typed.

    Args:
        subscription_id: as sent.
        tenant_id: in lower case.
        received: when it arrived.
        change_type: empty for a lifecycle notification.
        resource: its path, as sent; empty for a lifecycle notification.
        data: what is known about the resource, in JSON.
        lifecycle_event: as sent, `None` for a change.
    """

    subscription_id: str
    tenant_id: str
    received: datetime
    change_type: str = ""
    resource: str = ""
    data: JsonObject = {}
    lifecycle_event: str | None = None

    @property
    def resource_id(self) -> str | None:
        """The id of the resource, if the notification names one."""
        return _text(self.data.get("id"))

    @property
    def kind(self) -> str:
        """The type of the resource in lower case, without its namespace; taken from its path if necessary."""
        named = _text(self.data.get("@odata.type"))
        if named:
            return named.rpartition(".")[2].lower()
        names = (segment.partition("(")[0].lower() for segment in reversed(self.resource.split("/")))
        return next((_TYPES[name] for name in names if name in _TYPES), "")

    def typed(self) -> Event:
        """Return the event as handlers get it."""
        if self.lifecycle_event is not None:
            return SubscriptionNotice(lifecycle_event=self.lifecycle_event, **self._common())
        match self.kind:
            case "callrecording":
                recording = CallRecording.from_raw(self._artifact())
                return RecordingCreated(recording=recording, resource=self.resource, **self._common())
            case "calltranscript":
                transcript = CallTranscript.from_raw(self._artifact())
                return TranscriptCreated(transcript=transcript, resource=self.resource, **self._common())
            case "callrecord":
                record = CallRecord.from_raw(self.data)
                return CallRecordChanged(
                    call_record=record, change_type=self.change_type, resource=self.resource, **self._common()
                )
            case _:
                return ResourceChanged(
                    change_type=self.change_type, resource=self.resource, resource_data=self.data, **self._common()
                )

    def _common(self) -> dict[str, Any]:
        return {"subscription_id": self.subscription_id, "tenant_id": self.tenant_id, "received": self.received}

    def _artifact(self) -> JsonObject:
        """Return the data, completed with the ids that only the path has."""
        data = dict(self.data)
        for name, pattern in (("meetingId", _MEETING), ("callId", _CALL)):
            if data.get(name) is None and (found := _in_path(pattern, self.resource)):
                data[name] = found
        if data.get("meetingOrganizer") is None and (user := _in_path(_USER, self.resource)):
            data["meetingOrganizer"] = {"user": {"id": user}}
        return data


def _in_path(pattern: re.Pattern[str], resource: str) -> str | None:
    found = pattern.search(resource)
    id_ = found and (found[1] or found[2])
    return None if id_ is None or id_.startswith("getAll") else id_


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
