"""Meetings, by id, join URL, meeting number or handle, or by the calls that were held in them."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from graph_meetings.blocking import GraphError, GraphMeetingsClient, OnlineMeeting, organizer_of
from graph_meetings_archive.command.finding.organizers import Organizer, calls_in, find_organizer, require_app
from graph_meetings_archive.command.output.columns import handle_of, is_handle
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.selection import Period

_NUMBER: Final = re.compile(r"\d[\d ]{7,18}\d", re.ASCII)
"""The meeting id that an invitation shows, such as `232 456 789 012 3`."""


def meeting_id(organizer: Organizer, name: str) -> str:
    """Return the id of a meeting from its id, join URL, number or handle.

    Raises:
        CommandFailed: the organizer has no such meeting.
    """
    if name.startswith(("http:", "https:")) or _NUMBER.fullmatch(name):
        return find_meeting(organizer, name).id
    return _with_handle(organizer, name) if is_handle(name) else name


def find_meeting(organizer: Organizer, name: str) -> OnlineMeeting:
    """Find a meeting by its id, its join URL, the number that its invitation shows, or its handle.

    Raises:
        CommandFailed: the organizer has no such meeting.
    """
    meetings = organizer.user.online_meetings
    if name.startswith(("http:", "https:")):
        found = _with_join_url(organizer, name)
    elif _NUMBER.fullmatch(name):
        number = name.replace(" ", "")
        found = next(iter(meetings.get(filter=f"joinMeetingIdSettings/joinMeetingId eq '{number}'").value), None)
    else:
        return meetings.by_online_meeting_id(meeting_id(organizer, name)).get()
    if found is None:
        raise CommandFailed(f"the organizer has no meeting {name}", status=1)
    return found


def _with_join_url(organizer: Organizer, url: str) -> OnlineMeeting | None:
    try:
        return organizer.user.online_meetings.find(url)
    except ValueError as error:
        raise CommandFailed(str(error)) from None


def _with_handle(organizer: Organizer, handle: str) -> str:
    if organizer.is_me:
        raise CommandFailed("a signed-in user has to give the whole id of a meeting, or its join URL")
    meetings = organizer.user.online_meetings
    for artifacts in (meetings.get_all_recordings(), meetings.get_all_transcripts()):
        for artifact in artifacts.list():
            if artifact.meeting_id is not None and handle_of(artifact.meeting_id) == handle:
                return artifact.meeting_id
    raise CommandFailed(
        f"no recording or transcript belongs to a meeting {handle}", hint="give its whole id or its join URL", status=1
    )


def meetings_held(
    graph: GraphMeetingsClient,
    organizer: Organizer | None,
    period: Period,
    failed: Callable[[str, GraphError], object],
) -> Iterator[tuple[Organizer, OnlineMeeting]]:
    """Yield the meetings in which calls were held in a period, each once, with their organizers.

    Args:
        graph: the client.
        organizer: of the meetings; `None` for everyone's.
        period: of the calls.
        failed: called with an organizer and an error if a meeting cannot be read.
    """
    if organizer is not None:
        require_app(organizer)
    seen: set[str] = set()
    for call in calls_in(graph, period):
        url, owner = call.join_web_url, organizer_of(call)
        if not url or url in seen or owner is None or (organizer is not None and owner != organizer.id):
            continue
        seen.add(url)
        try:
            meeting = graph.meeting_of(call)
        except GraphError as error:
            failed(owner, error)
            continue
        if meeting is not None:
            yield find_organizer(graph, owner), meeting
