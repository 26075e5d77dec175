"""The areas of the service, and one cheap request for each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, Protocol

from graph_meetings.blocking import CallRecord, GraphMeetingsClient, OnlineMeeting, Permissions

_HOUR: Final = timedelta(hours=1)
_NO_MEETING: Final = "https://teams.microsoft.com/l/meetup-join/none"


class _Builder(Protocol):
    @property
    def permissions(self) -> Permissions | None: ...


@dataclass(frozen=True)
class Area:
    """An area of the service.

    Args:
        name: of the area.
        permissions: the permissions that a request needs.
        ask: sends a request; `None` if it would need an id that is not known.
        missing: what to do in that case.
    """

    name: str
    permissions: Permissions
    ask: Callable[[], object] | None
    missing: str = ""


@dataclass(frozen=True)
class Subject:
    """The user whose meetings are requested.

    Args:
        user: an organizer, if known; the signed-in user if it is `me`.
        meeting: the id of one of the organizer's meetings, if known.
    """

    user: str | None
    meeting: str | None

    @property
    def is_me(self) -> bool:
        """Whether it is the signed-in user."""
        return self.user == "me"


def areas_of(graph: GraphMeetingsClient, subject: Subject) -> Iterator[Area]:
    """Iterate over the areas that can be checked."""
    now = datetime.now(UTC)
    calls = graph.communications.call_records
    log = calls.get_pstn_calls(from_date_time=now - _HOUR, to_date_time=now)
    users = graph.users
    yield _area("users", users, partial(users.get, top=1, select=["id"]))
    yield from _areas_of_a_user(graph, subject)
    yield _area("call records", calls, partial(calls.get, filter=CallRecord.start_date_time >= now - _HOUR))
    yield _area("PSTN calls", log, log.get)
    webinars = graph.solutions.virtual_events.webinars
    yield _area("webinars", webinars, webinars.get)


def _areas_of_a_user(graph: GraphMeetingsClient, subject: Subject) -> Iterator[Area]:
    user = graph.me if subject.is_me else graph.users.by_user_id(subject.user or "none")
    without_user = "" if subject.user else "name an organizer: --organizer ID"
    meetings = user.online_meetings
    find = partial(meetings.get, filter=OnlineMeeting.join_web_url == _NO_MEETING)
    yield _area("meetings", meetings, find, without_user)

    meeting = meetings.by_online_meeting_id(subject.meeting or "none")
    without_meeting = without_user or ("" if subject.meeting else "name a meeting: --meeting ID")
    if subject.is_me:
        yield _area("recordings", meeting.recordings, meeting.recordings.get, without_meeting)
        yield _area("transcripts", meeting.transcripts, meeting.transcripts.get, without_meeting)
    else:
        recordings, transcripts = meetings.get_all_recordings(), meetings.get_all_transcripts()
        yield _area("recordings", recordings, partial(recordings.get, top=1), without_user)
        yield _area("transcripts", transcripts, partial(transcripts.get, top=1), without_user)
        calls = user.adhoc_calls
        recordings, transcripts = calls.get_all_recordings(), calls.get_all_transcripts()
        yield _area("ad hoc recordings", recordings, partial(recordings.get, top=1), without_user)
        yield _area("ad hoc transcripts", transcripts, partial(transcripts.get, top=1), without_user)
    reports = meeting.attendance_reports
    yield _area("attendance", reports, reports.get, without_meeting)


def _area(name: str, builder: _Builder, ask: Callable[[], object], missing: str = "") -> Area:
    return Area(name, builder.permissions or Permissions(), None if missing else ask, missing)
