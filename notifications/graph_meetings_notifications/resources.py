"""The resources that can be subscribed to: paths, change types, lifetimes, permissions.

Source: https://learn.microsoft.com/graph/teams-changenotifications-callrecording-and-calltranscript
"""

import re
from datetime import timedelta
from typing import ClassVar, Final

from msgspec import Struct

_LONGEST_ID: Final = 1_000
_UNSAFE: Final = re.compile(r"[\s/?#'()%\\]|[^\x21-\x7e]")
_THREE_DAYS: Final = timedelta(minutes=4_320)
_CALL_RECORDS: Final = timedelta(minutes=4_230)


class Resource(Struct, frozen=True, kw_only=True):
    """A resource that can be subscribed to.

    Create one for resources without a function here, such as the meetings in which a Teams app is installed.

    Args:
        path: the `resource` of a subscription.
        change_types: its possible `changeType`s, separated by commas.
        longest_life: how far ahead its `expirationDateTime` can be. The service may shorten it: read its response.
        application: the least permission of an application that has no user.
        delegated: the least permission on behalf of a user; `None` if that is not possible.
        has_resource_data: whether notifications can include the resource.
    """

    path: str
    change_types: tuple[str, ...]
    longest_life: timedelta = _THREE_DAYS
    application: str | None = None
    delegated: str | None = None
    has_resource_data: bool = True


class _Artifacts:
    """The artifacts of one kind, which belong to online meetings or to ad hoc calls."""

    _name: ClassVar[str]
    _permission: ClassVar[str]

    @classmethod
    def of_tenant(cls) -> Resource:
        """Return the artifacts of all online meetings of the tenant."""
        return cls._all("communications/onlineMeetings")

    @classmethod
    def of_user(cls, user_id: str) -> Resource:
        """Return the artifacts of the online meetings that a user organizes.

        Args:
            user_id: of the organizer.

        Raises:
            ValueError: it is not a valid id.
        """
        return cls._all(f"users/{_id(user_id)}/onlineMeetings", cls._permission)

    @classmethod
    def of_meeting(cls, meeting_id: str) -> Resource:
        """Return the artifacts of one online meeting.

        Args:
            meeting_id: of the online meeting.

        Raises:
            ValueError: it is not a valid id.
        """
        return cls._of_one(f"communications/onlineMeetings/{_id(meeting_id)}")

    @classmethod
    def of_adhoc_calls(cls) -> Resource:
        """Return the artifacts of all ad hoc calls of the tenant."""
        return cls._all("communications/adhocCalls")

    @classmethod
    def of_adhoc_calls_of_user(cls, user_id: str) -> Resource:
        """Return the artifacts of the ad hoc calls of a user.

        Args:
            user_id: of the user.

        Raises:
            ValueError: it is not a valid id.
        """
        return cls._all(f"users/{_id(user_id)}/adhocCalls", cls._permission)

    @classmethod
    def of_adhoc_call(cls, call_id: str) -> Resource:
        """Return the artifacts of one ad hoc call.

        Args:
            call_id: of the call.

        Raises:
            ValueError: it is not a valid id.
        """
        return cls._of_one(f"communications/adhocCalls/{_id(call_id)}")

    @classmethod
    def _all(cls, collection: str, delegated: str | None = None) -> Resource:
        path = f"{collection}/getAll{cls._name.capitalize()}"
        return Resource(path=path, change_types=("created",), application=cls._permission, delegated=delegated)

    @classmethod
    def _of_one(cls, entity: str) -> Resource:
        path, permission = f"{entity}/{cls._name}", cls._permission
        return Resource(path=path, change_types=("created",), application=permission, delegated=permission)


class Recordings(_Artifacts):
    """Recordings, of online meetings or of ad hoc calls."""

    _name = "recordings"
    _permission = "OnlineMeetingRecording.Read.All"


class Transcripts(_Artifacts):
    """Transcripts, of online meetings or of ad hoc calls. The service sends those that begin after the subscription."""

    _name = "transcripts"
    _permission = "OnlineMeetingTranscript.Read.All"


class CallRecords:
    """Call records."""

    @staticmethod
    def of_tenant() -> Resource:
        """Return the call records of the tenant. `"updated"` alone sends their first versions, too."""
        return Resource(
            path="communications/callRecords",
            change_types=("created", "updated"),
            longest_life=_CALL_RECORDS,
            application="CallRecords.Read.All",
            has_resource_data=False,
        )


def _id(text: str) -> str:
    if not text or len(text) > _LONGEST_ID or _UNSAFE.search(text) or not text.strip("."):
        raise ValueError(
            f"{text[:40]!r} cannot be an id: it is empty, too long, or has characters that ids do not have"
        )
    return text
