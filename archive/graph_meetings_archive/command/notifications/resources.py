"""Resources that can be subscribed to, by the names that people use."""

import re
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import WatchedFeed
from graph_meetings_notifications import CallRecords, Recordings, Resource, Transcripts

ResourceWord: TypeAlias = Literal["recordings", "transcripts", "adhoc-recordings", "adhoc-transcripts", "call-records"]

_ARTIFACTS: Final = re.compile(
    r"/?(?:communications|users/(?P<user>[^/]+))/(?P<owner>onlineMeetings|adhocCalls)/"
    r"(?:getAll(?P<all>Recordings|Transcripts)|(?P<one>[^/]+)/(?P<of_one>recordings|transcripts))",
    re.IGNORECASE,
)
_CALL_RECORDS: Final = "communications/callrecords"
_VIRTUAL_EVENTS: Final = "solutions/virtualevents/"
_DAY: Final = timedelta(days=1)
"""How long a subscription to virtual events lives: https://learn.microsoft.com/graph/changenotifications-for-virtualevent"""


def resource_of(word: ResourceWord, user: str | None = None, meeting: str | None = None) -> Resource:
    """Return the resource with a name.

    Args:
        word: the name.
        user: the id of a user, to subscribe only to theirs.
        meeting: the id of a meeting, to subscribe only to its artifacts.

    Raises:
        CommandFailed: there is no such resource.
    """
    try:
        match word:
            case "call-records":
                return _call_records(user, meeting)
            case "adhoc-recordings" | "adhoc-transcripts":
                return _of_adhoc_calls(Recordings if word == "adhoc-recordings" else Transcripts, user, meeting)
            case _:
                return _of_meetings(Recordings if word == "recordings" else Transcripts, user, meeting)
    except ValueError as error:
        raise CommandFailed(str(error)) from None


def words_of(feed: WatchedFeed, *, ad_hoc_calls: bool) -> tuple[ResourceWord, ...]:
    """Return the names of the resources of a feed.

    Args:
        feed: the feed to watch.
        ad_hoc_calls: whether to include recordings and transcripts of calls outside meetings.
    """
    match feed:
        case "recordings" if ad_hoc_calls:
            return ("recordings", "adhoc-recordings")
        case "transcripts" if ad_hoc_calls:
            return ("transcripts", "adhoc-transcripts")
        case _:
            return (feed,)


def _call_records(user: str | None, meeting: str | None) -> Resource:
    if user is not None or meeting is not None:
        raise CommandFailed(
            "a subscription to call records is about the whole tenant", hint="leave out --user and --meeting"
        )
    return CallRecords.of_tenant()


def _of_adhoc_calls(kind: type[Recordings] | type[Transcripts], user: str | None, meeting: str | None) -> Resource:
    if meeting is not None:
        raise CommandFailed("an ad hoc call has no meeting", hint="leave out --meeting, or name recordings")
    return kind.of_adhoc_calls() if user is None else kind.of_adhoc_calls_of_user(user)


def _of_meetings(kind: type[Recordings] | type[Transcripts], user: str | None, meeting: str | None) -> Resource:
    if meeting is not None:
        return kind.of_meeting(meeting)
    return kind.of_tenant() if user is None else kind.of_user(user)


def longest_life(path: str) -> timedelta | None:
    """Return the longest lifetime of a subscription, or `None` if it is not documented."""
    name = path.strip("/").lower()
    if name == _CALL_RECORDS:
        return CallRecords.of_tenant().longest_life
    if name.startswith(_VIRTUAL_EVENTS):
        return _DAY
    return Recordings.of_tenant().longest_life if _ARTIFACTS.fullmatch(name) else None


def described(path: str) -> str:
    """Describe the resource of a subscription: `recordings of the tenant`."""
    if path.strip("/").lower() == _CALL_RECORDS:
        return "call records of the tenant"
    match = _ARTIFACTS.fullmatch(path)
    if match is None:
        return path
    is_adhoc = match["owner"].lower() == "adhoccalls"
    what = f"{'ad hoc ' if is_adhoc else ''}{(match['all'] or match['of_one']).lower()}"
    if match["one"]:
        return f"{what} of {'call' if is_adhoc else 'meeting'} {match['one']}"
    return f"{what} of user {match['user']}" if match["user"] else f"{what} of the tenant"
