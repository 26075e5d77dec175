"""Meetings looked up by join URL, which the service does for their organizers only.

Source: https://github.com/microsoftgraph/microsoft-graph-docs/issues/17234
"""

from graph_meetings_emulator.data.entities import Entity, EntitySet
from graph_meetings_emulator.http.errors import forbidden
from graph_meetings_emulator.odata.filters import required_values
from graph_meetings_emulator.odata.query import Query

_MEETINGS = ("onlineMeetings",)


def check_nothing_found(root: Entity, entities: EntitySet, query: Query) -> None:
    """Refuse a search that found nothing because the meeting with this join URL is another user's.

    Raises:
        ServiceError: 403.
    """
    if entities.path != _MEETINGS or query.filter is None:
        return
    url = required_values(query.filter).get("joinweburl")
    meetings = root.descendants(("users", *_MEETINGS))
    if url is not None and any(meeting.properties.get("joinWebUrl") == url for meeting in meetings):
        raise forbidden("3003: User does not have access to lookup meeting.")
