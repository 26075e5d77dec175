"""What the tenant's administrators decide, and the errors that follow from it.

Source: https://learn.microsoft.com/graph/cloud-communication-online-meeting-application-access-policy and the pages
of callTranscript and callRecord.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, cast

from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import bad_request, forbidden, not_found
from graph_meetings_emulator.odata.schema import odata_type
from graph_meetings_emulator.odata.timestamps import parse_timestamp
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.operation import Operation

AccessCheck: TypeAlias = Callable[[Entity], None]
"""A check of each entity in a path; raises `ServiceError`."""

_ARTIFACTS = ("recordings", "transcripts")
_TRANSCRIPT = "microsoft.graph.callTranscript"

_POLICY_USER = {
    "users": ("id",),
    "webinars": ("createdBy", "user", "id"),
    "townhalls": ("createdBy", "user", "id"),
    "events": ("createdBy", "user", "id"),
}
"""By collection: where an entity names the user who needs an application access policy."""

_LISTED_BY_POLICY = frozenset({"webinars", "townhalls", "events"})
"""Collections whose lists leave out the entities of users without an application access policy."""

_RETAINED_FROM = {"callRecords": "endDateTime"}
"""By collection: the property with the time from which an entity is retained."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Tenant:
    """The settings of the tenant, which can change at any time.

    Attributes:
        transcripts_disabled: whether access to transcripts through Graph is disabled.
        speaker_attribution_allowed: whether the content of transcripts may name the speakers.
        access_policy_missing_for: ids of users without an application access policy.
        meetings_without_calendar: ids of meetings that are in no calendar, because they were made through the API:
            their recordings and transcripts cannot be read.
        meetings_of_others: ids of meetings that the caller was not invited to.
        call_record_retention: how long call records are available after the end of the call; `None` for ever. Graph
            has 30 days.
        clock: returns the current time.
    """

    transcripts_disabled: bool = False
    speaker_attribution_allowed: bool = True
    access_policy_missing_for: set[str] = field(default_factory=set[str])
    meetings_without_calendar: set[str] = field(default_factory=set[str])
    meetings_of_others: set[str] = field(default_factory=set[str])
    call_record_retention: timedelta | None = None
    clock: Callable[[], datetime] = _now

    def now(self) -> datetime:
        """Return the current time."""
        return self.clock()

    def check_models(self, models: Iterable[type[Model]]) -> None:
        """Refuse types of objects that the tenant has disabled.

        Raises:
            ServiceError: 403.
        """
        if not self.transcripts_disabled:
            return
        if any(odata_type(model) == _TRANSCRIPT for model in models):
            raise forbidden(
                "Graph access to transcripts is turned off for this tenant.", "GraphAccessToTranscriptsDisabled"
            )

    def check_speakers(self, *, are_named: bool) -> None:
        """Refuse content that names the speakers unless the tenant allows it.

        Raises:
            ServiceError: 403.
        """
        if are_named and not self.speaker_attribution_allowed:
            raise forbidden(
                "Speaker attribution is turned off for this tenant; ask for the unattributed format.",
                "SpeakerAttributionNotAllowed",
            )

    def check_for(self, operation: Operation, *, is_delegated: bool = False) -> AccessCheck | None:
        """Return the check of the entities in the path of an operation; `None` if there is nothing to check.

        Args:
            operation: the operation.
            is_delegated: whether a user signed in, who needs no application access policy.
        """
        policies_count = operation.permissions.needs_access_policy and not is_delegated
        needs_policy = bool(self.access_policy_missing_for) and policies_count
        has_artifacts = any(f"/onlineMeetings/{{id}}/{name}" in operation.path for name in _ARTIFACTS)
        refuses_meetings = has_artifacts and bool(self.meetings_without_calendar or self.meetings_of_others)
        if not needs_policy and not refuses_meetings and self.call_record_retention is None:
            return None

        def check(entity: Entity) -> None:
            if needs_policy and _policy_user(entity) in self.access_policy_missing_for:
                raise forbidden("No application access policy found for this app")
            if refuses_meetings and entity.container == "onlineMeetings":
                self._check_meeting(entity.id)
            is_retained = self.retention_predicate(entity.container)
            if is_retained is not None and not is_retained(entity):
                raise not_found("Could not find the requested call record.", "NotFound")

        return check

    def _check_meeting(self, meeting_id: str) -> None:
        if meeting_id in self.meetings_of_others:
            raise forbidden("3003: User does not have access to lookup meeting.")
        if meeting_id in self.meetings_without_calendar:
            raise bad_request("No iCalUid found. This is only supported for calendar backed OnlineMeeting.")

    def retention_predicate(self, container: str) -> Callable[[Entity], bool] | None:
        """Return a predicate for the entities of a collection that are still retained; `None` if all are."""
        name = _RETAINED_FROM.get(container)
        if name is None or self.call_record_retention is None:
            return None
        limit = parse_timestamp((self.clock() - self.call_record_retention).isoformat())
        return lambda entity: parse_timestamp(str(entity.properties[name])) >= limit

    def policy_predicate(
        self, operation: Operation, container: str, *, is_delegated: bool = False
    ) -> Callable[[Entity], bool] | None:
        """Return a predicate for what lists show: virtual events whose organizer has an access policy.

        Source: https://learn.microsoft.com/graph/api/virtualeventsroot-list-webinars
        """
        if container not in _LISTED_BY_POLICY or is_delegated or not operation.permissions.needs_access_policy:
            return None
        missing = self.access_policy_missing_for
        return (lambda entity: _policy_user(entity) not in missing) if missing else None


def _policy_user(entity: Entity) -> str | None:
    value: Any = entity.properties
    for name in _POLICY_USER.get(entity.container, ("",)):
        value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
