"""People, by id, by user principal name, or from a source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph_meetings.blocking import CallRecord, GraphMeetingsClient, NotFound, User, organizer_of
from graph_meetings_archive.command.output.columns import Row
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.selection import Period
from graph_meetings_blocking_archive.feeds.user_ids import user_id_of

if TYPE_CHECKING:
    from graph_meetings.blocking.request_builders import UserItemRequestBuilder

_EARLIEST: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Long before the 30 days for which the service keeps call records."""

GROUP: Final = "group:"
"""Precedes the id of a group, and means its members."""

_FIELDS: Final = ("id", "displayName", "userPrincipalName", "mail")
ME: Final = "me"


@dataclass(frozen=True)
class Organizer:
    """A user, as an organizer of meetings.

    Args:
        id: of the user; `me` for the signed-in one.
        user: the request builder of the user.
    """

    id: str
    user: "UserItemRequestBuilder"

    @property
    def is_me(self) -> bool:
        """Whether it is the signed-in user, who can only read single meetings."""
        return self.id == ME


def find_organizer(graph: GraphMeetingsClient, name: str) -> Organizer:
    """Find a user.

    Raises:
        CommandFailed: there is no such user.
        GraphError: the user cannot be looked up.
    """
    if name == ME:
        return Organizer(name, graph.me)
    try:
        user = user_id_of(graph, name)
    except NotFound:
        raise CommandFailed(
            f"there is no user {name}", hint="graph-meetings organizers list shows who there is", status=1
        ) from None
    return Organizer(user, graph.users.by_user_id(user))


def require_app(organizer: Organizer) -> None:
    """Refuse the signed-in user for requests that only an app can send.

    Raises:
        CommandFailed: it is the signed-in user.
    """
    if organizer.is_me:
        raise CommandFailed(
            "a signed-in user can read one meeting at a time", hint="--meeting with its id or its join URL"
        )


def people_from(graph: GraphMeetingsClient, source: str, period: Period) -> Iterator[Row]:
    """Yield people.

    Args:
        graph: the client.
        source: `users`, `call-records`, `group:ID`, or a file with an id or a user principal name on each line.
        period: of the calls.

    Raises:
        CommandFailed: the source is unknown, or the file cannot be read.
    """
    match source:
        case "users":
            yield from map(_row_of, graph.users.list(select=_FIELDS))
        case "call-records":
            yield from _people_of_calls(graph, period)
        case _ if source.startswith(GROUP):
            members = graph.groups.by_group_id(source.removeprefix(GROUP)).transitive_members.graph_user
            yield from map(_row_of, members.list(select=_FIELDS))
        case _:
            for name in names_in(Path(source)):
                yield _row_of(graph.users.by_user_id(name).get(select=_FIELDS))


def names_in(file: Path) -> list[str]:
    """Return the names in a file, one per line, without blank lines and comments after `#`.

    Raises:
        CommandFailed: it cannot be read.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise CommandFailed(
            f"cannot read {file}", hint="name users, call-records, group:ID, or a text file with a name on each line"
        ) from None
    names = (line.partition("#")[0].strip() for line in lines)
    return [name for name in names if name]


def calls_in(graph: GraphMeetingsClient, period: Period) -> Iterator[CallRecord]:
    """Yield the calls that started in a period."""
    calls, start, end = graph.communications.call_records, period.start, period.end
    if start is None and end is None:
        yield from calls.list()
        return
    condition = CallRecord.start_date_time >= (start or _EARLIEST)
    yield from calls.list(filter=condition if end is None else condition & (CallRecord.start_date_time < end))


def _people_of_calls(graph: GraphMeetingsClient, period: Period) -> Iterator[Row]:
    seen: set[str] = set()
    for call in calls_in(graph, period):
        owner = organizer_of(call)
        if owner is not None and owner not in seen:
            seen.add(owner)
            yield _row(owner, _organizer_name(call), None, None)


def _organizer_name(call: CallRecord) -> str | None:
    organizer = call.organizer_v2
    identity = None if organizer is None else organizer.identity
    user = None if identity is None else identity.user
    return None if user is None else user.display_name


def _row_of(user: User) -> Row:
    return _row(user.id, user.display_name, user.user_principal_name, user.mail)


def _row(id: str | None, name: str | None, principal_name: str | None, mail: str | None) -> Row:
    return {"id": id, "display_name": name, "user_principal_name": principal_name, "mail": mail}
