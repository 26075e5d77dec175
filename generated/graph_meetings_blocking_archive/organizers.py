# Made by codegen from archive/graph_meetings_archive/organizers.py; do not edit.
"""Where the ids of organizers come from."""

from collections.abc import Generator, Iterator
from datetime import datetime
from os import PathLike
from pathlib import Path

from graph_meetings import CallRecord, organizer_of
from graph_meetings.blocking import GraphMeetingsClient


def organizers_from_users(graph: GraphMeetingsClient) -> Generator[str]:
    """Iterate over the ids of all users of the tenant.

    Args:
        graph: the client of the service; the permission User.ReadBasic.All is needed.

    Source: https://learn.microsoft.com/graph/api/user-list
    """
    for user in graph.users.list(select=["id"]):
        yield user.id


def organizers_from_group(graph: GraphMeetingsClient, group_id: str) -> Generator[str]:
    """Iterate over the ids of the users in a group, and in groups within it.

    Args:
        graph: the client of the service; the permission GroupMember.ReadBasic.All is needed.
        group_id: the id of the group.

    Source: https://learn.microsoft.com/graph/api/group-list-transitivemembers
    """
    users = graph.groups.by_group_id(group_id).transitive_members.graph_user
    # The service casts only with both.
    for user in users.list(select=["id"], count=True, headers={"ConsistencyLevel": "eventual"}):
        yield user.id


def organizers_from_call_records(graph: GraphMeetingsClient, *, since: datetime | None = None) -> Generator[str]:
    """Iterate over the ids of those users who organized calls lately, each once.

    Args:
        graph: the client of the service; the permission CallRecords.Read.All is needed.
        since: only calls that started at that moment or later; the service has those of 30 days.

    Source: https://learn.microsoft.com/graph/api/callrecords-cloudcommunications-list-callrecords
    """
    seen: set[str] = set()
    calls = graph.communications.call_records
    records = calls.list() if since is None else calls.list(filter=CallRecord.start_date_time >= since)
    for record in records:
        organizer = organizer_of(record)
        if organizer is not None and organizer not in seen:
            seen.add(organizer)
            yield organizer


def organizers_from_file(path: str | PathLike[str]) -> Iterator[str]:
    """Iterate over the ids or user principal names in a text file, one on each line.

    Blank lines and what follows a `#` are left out.

    Args:
        path: of the file, in UTF-8.

    Raises:
        OSError: the file cannot be read.
    """
    for line in Path(path).read_text(encoding="utf-8-sig").splitlines():
        name = line.partition("#")[0].strip()
        if name:
            yield name
