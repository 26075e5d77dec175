# Made by codegen from overrides/graph_meetings_runtime/meetings/meeting_of_call.py; do not edit.
"""Finding the meeting of a call record."""

from typing import Protocol, TypeVar

from graph_meetings_blocking_runtime.meetings.meeting_collection_request_builder import MeetingCollectionRequestBuilder
from graph_meetings_runtime.log import LOG
from graph_meetings_runtime.meetings.call_organizer import organizer_of
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.requests.keys import EntityKey

M = TypeVar("M", bound=Model)


class HasMeetings(Protocol[M]):
    """Leads to the meetings of one user, like a generated builder."""

    @property
    def online_meetings(self) -> MeetingCollectionRequestBuilder[M]:
        """The meetings."""
        ...


class HasUsers(Protocol[M]):
    """Leads to users, like a generated builder."""

    def by_user_id(self, user_id: EntityKey) -> HasMeetings[M]:
        """Return the builder of one user."""
        ...


class LeadsToMeetings(Protocol[M]):
    """Leads to the meetings of all users, like a generated client."""

    @property
    def users(self) -> HasUsers[M]:
        """The users."""
        ...


def find_meeting(users: HasUsers[M], record: Model) -> M | None:
    """Find the meeting that a call record is about; see `GraphClient.meeting_of`."""
    organizer = organizer_of(record)
    join_url = record.raw.get("joinWebUrl")
    if isinstance(join_url, str) and organizer:
        return users.by_user_id(organizer).online_meetings.find(join_url)
    reason = "its organizer is not a user" if join_url else "it was a call, not a meeting"
    LOG.info("no meeting for call record %s: %s", record.raw.get("id"), reason)
    return None
