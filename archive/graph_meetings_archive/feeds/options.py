"""What an update is asked for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from msgspec import Struct

OVERLAP: Final = timedelta(days=3)


class Recordings(Struct, frozen=True, kw_only=True):
    """The recordings of each organizer's meetings, by delta.

    Args:
        content: whether the videos are downloaded, too.
        since: only recordings created after that moment; it counts when an organizer is first exported.
        ad_hoc_calls: whether recordings of the organizers' calls outside of meetings are archived, too. That needs the
            permission CallRecordings.Read.All.

    Source: https://learn.microsoft.com/graph/api/callrecording-delta
    """

    content: bool = False
    since: datetime | None = None
    ad_hoc_calls: bool = False


class Transcripts(Struct, frozen=True, kw_only=True):
    """The transcripts of each organizer's meetings, by delta.

    Args:
        content: whether the texts are downloaded, too, and their cues become rows.
        since: only transcripts created after that moment; it counts when an organizer is first exported.
        ad_hoc_calls: whether transcripts of the organizers' calls outside of meetings are archived, too. That needs the
            permission CallTranscripts.Read.All.

    Source: https://learn.microsoft.com/graph/api/calltranscript-delta
    """

    content: bool = False
    since: datetime | None = None
    ad_hoc_calls: bool = False


class MeetingReference(Struct, frozen=True):
    """A meeting, by its id or by its join URL.

    Args:
        organizer: id of the user who organized it.
        id: of the meeting.
        join_url: of the meeting.
    """

    organizer: str
    id: str | None = None
    join_url: str | None = None


class Attendance(Struct, frozen=True, kw_only=True):
    """Who attended the meetings that have ended, of the organizers that are exported.

    The meetings are found by the call records of the tenant, unless they are given. Beside the reports, the meetings
    themselves are archived.

    Args:
        meetings: the meetings, of whichever organizer.
        since: only meetings whose calls started after that moment, and reports of webinars and town halls that began
            then or later; the service has call records of 30 days.
        overlap: how far before the latest known call each update looks again, because records come late.
        virtual_events: whether the attendance of the organizers' webinars and town halls is archived, too. Each update
            asks for the reports of every session, because one that is opened again has another report long after its
            end. That needs the permission VirtualEvent.Read.All.

    Source: https://learn.microsoft.com/graph/api/meetingattendancereport-list
    """

    meetings: Iterable[MeetingReference] | None = None
    since: datetime | None = None
    overlap: timedelta = OVERLAP
    virtual_events: bool = False


class CallRecords(Struct, frozen=True, kw_only=True):
    """The call records of the tenant with participants, sessions, segments and streams, each in its highest version.

    Args:
        since: only calls that started at that moment or later; the service has call records of 30 days.
        overlap: how far before the latest known call each update looks again, because records come late and are
            revised.

    Source: https://learn.microsoft.com/graph/api/callrecords-cloudcommunications-list-callrecords
    """

    since: datetime | None = None
    overlap: timedelta = OVERLAP


class PstnCalls(Struct, frozen=True, kw_only=True):
    """The log of calls over telephone plans of the tenant.

    Args:
        since: only calls that started at that moment or later; by default those of the last 90 days.
        overlap: how far before the latest known call each update looks again, because rows come late.

    Source: https://learn.microsoft.com/graph/api/callrecords-callrecord-getpstncalls
    """

    since: datetime | None = None
    overlap: timedelta = OVERLAP


class DirectRoutingCalls(Struct, frozen=True, kw_only=True):
    """The log of calls over the tenant's own trunks.

    Args:
        since: only calls that started at that moment or later; by default those of the last 90 days.
        overlap: how far before the latest known call each update looks again, because rows come late.

    Source: https://learn.microsoft.com/graph/api/callrecords-callrecord-getdirectroutingcalls
    """

    since: datetime | None = None
    overlap: timedelta = OVERLAP


Feed: TypeAlias = Recordings | Transcripts | Attendance | CallRecords | PstnCalls | DirectRoutingCalls

_NAMES: Final[dict[type[Feed], str]] = {
    Recordings: "recordings",
    Transcripts: "transcripts",
    Attendance: "attendance",
    CallRecords: "call_records",
    PstnCalls: "pstn_calls",
    DirectRoutingCalls: "direct_routing_calls",
}
_FEEDS_OF_KINDS: Final = {"attendance_reports": "attendance", "meetings": "attendance", "calls": "call_records"}


def name_of(feed: Feed) -> str:
    """Return the name of a feed, as summaries have it."""
    return _NAMES[type(feed)]


def feed_of_kind(kind: str) -> str:
    """Return the name of the feed that a kind of units comes with."""
    return _FEEDS_OF_KINDS.get(kind, kind)
