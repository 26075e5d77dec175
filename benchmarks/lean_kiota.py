"""What Kiota would generate for recordings at its leanest: dataclasses and setter lambdas, for comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from kiota_abstractions.serialization import Parsable, ParseNode, SerializationWriter

Deserializers = dict[str, Callable[[ParseNode], None]]


@dataclass
class LeanModel(Parsable):
    """A Kiota model without a backing store."""

    additional_data: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def create_from_discriminator_value(cls, parse_node: ParseNode) -> Self:  # noqa: ARG003  Kiota's signature
        """Make an empty model."""
        return cls()

    def get_field_deserializers(self) -> Deserializers:
        """Give a setter for each property."""
        return {}

    def serialize(self, writer: SerializationWriter) -> None:
        """Write nothing; only reading is measured."""


@dataclass
class LeanIdentity(LeanModel):
    """An identity."""

    id: str | None = None
    display_name: str | None = None
    user_identity_type: str | None = None

    def get_field_deserializers(self) -> Deserializers:
        """Give a setter for each property."""
        return {
            "id": lambda node: setattr(self, "id", node.get_str_value()),
            "displayName": lambda node: setattr(self, "display_name", node.get_str_value()),
            "userIdentityType": lambda node: setattr(self, "user_identity_type", node.get_str_value()),
        }


@dataclass
class LeanIdentitySet(LeanModel):
    """An identity set."""

    application: LeanIdentity | None = None
    device: LeanIdentity | None = None
    user: LeanIdentity | None = None

    def get_field_deserializers(self) -> Deserializers:
        """Give a setter for each property."""
        return {
            "application": lambda node: setattr(self, "application", node.get_object_value(LeanIdentity)),
            "device": lambda node: setattr(self, "device", node.get_object_value(LeanIdentity)),
            "user": lambda node: setattr(self, "user", node.get_object_value(LeanIdentity)),
        }


@dataclass
class LeanRecording(LeanModel):
    """A recording."""

    id: str | None = None
    call_id: str | None = None
    content_correlation_id: str | None = None
    created_date_time: datetime | None = None
    end_date_time: datetime | None = None
    meeting_id: str | None = None
    meeting_organizer: LeanIdentitySet | None = None
    recording_content_url: str | None = None

    def get_field_deserializers(self) -> Deserializers:
        """Give a setter for each property."""
        return {
            "id": lambda node: setattr(self, "id", node.get_str_value()),
            "callId": lambda node: setattr(self, "call_id", node.get_str_value()),
            "contentCorrelationId": lambda node: setattr(self, "content_correlation_id", node.get_str_value()),
            "createdDateTime": lambda node: setattr(self, "created_date_time", node.get_datetime_value()),
            "endDateTime": lambda node: setattr(self, "end_date_time", node.get_datetime_value()),
            "meetingId": lambda node: setattr(self, "meeting_id", node.get_str_value()),
            "meetingOrganizer": lambda node: setattr(self, "meeting_organizer", node.get_object_value(LeanIdentitySet)),
            "recordingContentUrl": lambda node: setattr(self, "recording_content_url", node.get_str_value()),
        }


@dataclass
class LeanPage(LeanModel):
    """A page of recordings."""

    value: list[LeanRecording] | None = None

    def get_field_deserializers(self) -> Deserializers:
        """Give a setter for each property."""
        return {"value": lambda node: setattr(self, "value", node.get_collection_of_object_values(LeanRecording))}
