"""People, by id, by user principal name, or by where they come from."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph_meetings import GraphMeetingsClient as AsyncClient
from graph_meetings.blocking import (
    AuthenticationFailed,
    CallRecord,
    GraphError,
    GraphMeetingsClient,
    Identity,
    NotFound,
)
from graph_meetings_archive.command.output.columns import Row
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.selection import Period

if TYPE_CHECKING:
    from graph_meetings.blocking.request_builders import UserItemRequestBuilder

_ME: Final = "me"
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Organizer:
    """A user whose meetings are meant.

    Args:
        id: of the user; `me` for the signed-in one.
        user: the requests under the user's path.
    """

    id: str
    user: "UserItemRequestBuilder"

    @property
    def is_me(self) -> bool:
        """Whether it is the signed-in user, who may read single meetings only."""
        return self.id == _ME


def find_organizer(graph: GraphMeetingsClient, name: str) -> Organizer:
    """Find a user.

    Raises:
        CommandFailed: there is no such user.
        GraphError: the user cannot be looked up.
    """
    if name == _ME:
        return Organizer(name, graph.me)
    user = name if _ID.fullmatch(name) else _id_of(graph, name)
    return Organizer(user, graph.users.by_user_id(user))


def _id_of(graph: GraphMeetingsClient, name: str) -> str:
    try:
        found: str = graph.users.by_user_id(name).get(select=["id"]).id
    except NotFound:
        raise CommandFailed(
            f"there is no user {name}", hint="graph-meetings organizers list shows who there is", status=1
        ) from None
    return found


async def known_ids(
    graph: AsyncClient, names: AsyncIterable[str], unknown: dict[str, GraphError]
) -> AsyncIterator[str]:
    """Yield the ids of users.

    Args:
        graph: the client.
        names: ids or user principal names.
        unknown: receives the names of users that cannot be looked up, and why.

    Raises:
        AuthenticationFailed: there is no token.
    """
    async for name in names:
        try:
            yield name if _ID.fullmatch(name) else (await graph.users.by_user_id(name).get(select=["id"])).id
        except AuthenticationFailed:
            raise
        except GraphError as error:
            unknown[name] = error


def people_from(graph: GraphMeetingsClient, source: str, period: Period) -> Iterator[Row]:
    """Yield people.

    Args:
        graph: the client.
        source: `users`, `call-records`, or a file with an id or a user principal name on each line.
        period: of the calls.

    Raises:
        CommandFailed: the source is not known, or the file cannot be read.
    """
    match source:
        case "users":
            for user in graph.users.list(select=["id", "displayName", "userPrincipalName", "mail"]):
                yield _row(user.id, user.display_name, user.user_principal_name, user.mail)
        case "call-records":
            yield from _people_of_calls(graph, period)
        case _:
            for name in names_in(Path(source)):
                user = graph.users.by_user_id(name).get(select=["id", "displayName", "userPrincipalName", "mail"])
                yield _row(user.id, user.display_name, user.user_principal_name, user.mail)


def names_in(file: Path) -> list[str]:
    """Return the names in a file: one on each line, without blank lines and what follows a `#`.

    Raises:
        CommandFailed: it cannot be read.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise CommandFailed(
            f"cannot read {file}", hint="name users, call-records, or a text file with a name on each line"
        ) from None
    names = (line.partition("#")[0].strip() for line in lines)
    return [name for name in names if name]


def calls_in(graph: GraphMeetingsClient, period: Period) -> Iterator[CallRecord]:
    """Yield the calls that started in a period."""
    calls, start, end = graph.communications.call_records, period.start, period.end
    since = None if start is None else CallRecord.start_date_time >= start
    until = None if end is None else CallRecord.start_date_time < end
    both = since & until if since is not None and until is not None else since or until
    yield from calls.list() if both is None else calls.list(filter=both)


def _people_of_calls(graph: GraphMeetingsClient, period: Period) -> Iterator[Row]:
    seen: set[str] = set()
    for call in calls_in(graph, period):
        user, owner = user_of(call), organizer_of_call(call)
        if user is not None and owner is not None and owner not in seen:
            seen.add(owner)
            yield _row(owner, user.display_name, None, None)


def organizer_of_call(call: CallRecord) -> str | None:
    """Return the id of the user who organized a call; `None` if it was a telephone number, for example."""
    user = user_of(call)
    return None if user is None else user.id


def user_of(call: CallRecord) -> Identity | None:
    """Return the user who organized a call, if it was one."""
    organizer = call.organizer_v2
    identity = None if organizer is None else organizer.identity
    user = None if identity is None else identity.user
    return user if user is not None and user.id else None


def _row(id: str | None, name: str | None, principal_name: str | None, mail: str | None) -> Row:
    return {"id": id, "display_name": name, "user_principal_name": principal_name, "mail": mail}
