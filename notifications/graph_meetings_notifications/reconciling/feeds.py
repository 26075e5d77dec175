"""The deltas that show what notifications of a resource have missed.

Source: https://learn.microsoft.com/graph/api/callrecording-delta
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypeAlias

from msgspec import Struct

from graph_meetings import CallRecording, CallTranscript, GraphMeetingsClient
from graph_meetings_runtime.delta.delta_request_builder import DeltaRequestBuilder

Artifact: TypeAlias = CallRecording | CallTranscript
Delta: TypeAlias = DeltaRequestBuilder[CallRecording] | DeltaRequestBuilder[CallTranscript]

CALL_RECORDS: Final = "communications/callRecords"
_ARTIFACTS: Final = re.compile(
    r"(?:communications|users/(?P<user>[^/]+))/(?P<owner>onlineMeetings|adhocCalls)/"
    r"(?:getAll(?P<all>Recordings|Transcripts)|(?P<id>[^/]+)/(?P<kind>recordings|transcripts))"
)


class Artifacts(Struct, frozen=True):
    """The recordings or transcripts of a resource.

    Args:
        kind: `recordings` or `transcripts`.
        owner: `onlineMeetings` or `adhocCalls`.
        user: their organizer, or `None` for anyone.
        owner_id: of one meeting or call, or `None` for all.
    """

    kind: str
    owner: str
    user: str | None
    owner_id: str | None

    @property
    def needs_organizers(self) -> bool:
        """Whether the resource does not name their organizer."""
        return self.user is None

    @property
    def odata_type(self) -> str:
        """As notifications name it."""
        return "#Microsoft.Graph.callRecording" if self.kind == "recordings" else "#Microsoft.Graph.callTranscript"

    def users(self, organizers: Iterable[str]) -> list[str]:
        """Return whose deltas to read."""
        return list(organizers) if self.user is None else [self.user]

    def delta(self, graph: GraphMeetingsClient, user: str, since: datetime) -> Delta:
        """Return the delta of a user's artifacts, for those that began after a moment."""
        of_user = graph.users.by_user_id(user)
        match self.owner, self.kind:
            case "onlineMeetings", "recordings":
                return of_user.online_meetings.get_all_recordings(start_date_time=since).delta()
            case "onlineMeetings", _:
                return of_user.online_meetings.get_all_transcripts(start_date_time=since).delta()
            case _, "recordings":
                return of_user.adhoc_calls.get_all_recordings(start_date_time=since).delta()
            case _:
                return of_user.adhoc_calls.get_all_transcripts(start_date_time=since).delta()

    def includes(self, artifact: Artifact) -> bool:
        """Return whether an artifact of the delta is one of these."""
        return self.owner_id is None or self.owner_id == self._owner_id(artifact)

    def path(self, user: str, artifact: Artifact) -> str:
        """Return the path of an artifact, as notifications have it."""
        return f"users/{user}/{self.owner}('{self._owner_id(artifact)}')/{self.kind}('{artifact.id}')"

    def _owner_id(self, artifact: Artifact) -> str | None:
        return artifact.meeting_id if self.owner == "onlineMeetings" else artifact.call_id


def artifacts_of(resource: str) -> Artifacts | None:
    """Return the artifacts of a resource, or `None` if it has no delta.

    Args:
        resource: its path.
    """
    found = _ARTIFACTS.fullmatch(resource)
    if found is None:
        return None
    kind = (found["all"] or found["kind"]).lower()
    return Artifacts(kind, found["owner"], found["user"], found["id"])
