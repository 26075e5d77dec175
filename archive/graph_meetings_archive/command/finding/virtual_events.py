"""Webinars and town halls, and their sessions."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from graph_meetings.blocking import GraphMeetingsClient, VirtualEvent, VirtualEventTownhall, VirtualEventWebinar
from graph_meetings_archive.command.finding.organizers import Organizer
from graph_meetings_archive.command.output.columns import handle_of, is_handle
from graph_meetings_archive.command.usage.failures import CommandFailed

if TYPE_CHECKING:
    from graph_meetings.blocking.request_builders import VirtualEventSessionsRequestBuilder

EventKind: TypeAlias = Literal["webinar", "townhall"]
Event: TypeAlias = VirtualEventWebinar | VirtualEventTownhall

ALL: Final = "all"
_ORGANIZER: Final = "organizer"


def events_of(graph: GraphMeetingsClient, kind: EventKind, organizer: Organizer | None) -> Iterator[Event]:
    """Yield the webinars or town halls of an organizer, or all whose organizers have an access policy."""
    events = graph.solutions.virtual_events
    builder = events.webinars if kind == "webinar" else events.townhalls
    if organizer is None:
        yield from builder.list()
    elif organizer.is_me:
        yield from builder.get_by_user_role(role=_ORGANIZER).list()
    else:
        yield from builder.get_by_user_id_and_role(user_id=organizer.id, role=_ORGANIZER).list()


def events_named(
    graph: GraphMeetingsClient, kind: EventKind, name: str, organizer: Organizer | None
) -> Iterator[Event]:
    """Yield the webinar or town hall with an id or a handle, or those of an organizer if the name is `all`.

    Raises:
        CommandFailed: there is none with this handle.
        GraphError: there is none with this id, or it cannot be read.
    """
    if name == ALL:
        yield from events_of(graph, kind, organizer)
    elif is_handle(name):
        yield _with_handle(graph, kind, name, organizer)
    elif kind == "webinar":
        yield graph.solutions.virtual_events.webinars.by_virtual_event_webinar_id(name).get()
    else:
        yield graph.solutions.virtual_events.townhalls.by_virtual_event_townhall_id(name).get()


def _with_handle(graph: GraphMeetingsClient, kind: EventKind, handle: str, organizer: Organizer | None) -> Event:
    for event in events_of(graph, kind, organizer):
        if handle_of(event.id) == handle:
            return event
    raise CommandFailed(
        f"no {kind} has the id {handle}", hint=f"graph-meetings {kind}s list shows those that can be read", status=1
    )


def sessions_of(graph: GraphMeetingsClient, event: Event) -> "VirtualEventSessionsRequestBuilder":
    """Return the request builder of the sessions of an event."""
    events = graph.solutions.virtual_events
    if isinstance(event, VirtualEventWebinar):
        return events.webinars.by_virtual_event_webinar_id(event.id).sessions
    return events.townhalls.by_virtual_event_townhall_id(event.id).sessions


def organizer_of_event(event: VirtualEvent) -> str | None:
    """Return the id of the user who organizes an event, if the service names one."""
    user = None if event.created_by is None else event.created_by.user
    return None if user is None else user.id
