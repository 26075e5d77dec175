"""The people that an export or a watch is about, by name or by where they come from."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import organizers_from_call_records, organizers_from_group, organizers_from_users
from graph_meetings_archive.command.finding.organizers import GROUP, names_in


async def names_of(graph: GraphMeetingsClient, names: Iterable[str], source: str | None) -> AsyncIterator[str]:
    """Yield ids and user principal names.

    Args:
        graph: the client.
        names: of some people.
        source: where more people come from: `users`, `call-records`, `group:ID`, or a file.

    Raises:
        CommandFailed: the file cannot be read.
    """
    for name in names:
        yield name
    match source:
        case None:
            return
        case "users":
            more = organizers_from_users(graph)
        case "call-records":
            more = organizers_from_call_records(graph)
        case group if group.startswith(GROUP):
            more = organizers_from_group(graph, group.removeprefix(GROUP))
        case file:
            for name in names_in(Path(file)):
                yield name
            return
    async for name in more:
        yield name
