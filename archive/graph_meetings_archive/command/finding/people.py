"""The people that an export or a watch is about, by name or from a source."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from pathlib import Path

from graph_meetings import AuthenticationFailed, GraphError, GraphMeetingsClient
from graph_meetings_archive import organizers_from_call_records, organizers_from_group, organizers_from_users
from graph_meetings_archive.command.finding.organizers import GROUP, names_in
from graph_meetings_archive.command.output.failed_requests import message_of
from graph_meetings_archive.command.output.messages import complain
from graph_meetings_archive.feeds.user_ids import user_id_of


class People:
    """People, who are looked up again each time; problems with a name are reported once.

    Args:
        graph: the client.
        names: of some people.
        source: of more people, as in `names_of`.
    """

    def __init__(self, graph: GraphMeetingsClient, names: tuple[str, ...], source: str | None) -> None:
        self._graph = graph
        self._names = names
        self._source = source
        self._told: set[str] = set()

    async def ids(self) -> AsyncGenerator[str]:
        """Iterate over their ids.

        Raises:
            AuthenticationFailed: there is no token.
        """
        async for name in names_of(self._graph, self._names, self._source):
            try:
                found = await user_id_of(self._graph, name)
            except AuthenticationFailed:
                raise
            except GraphError as error:
                self._tell(name, error)
            else:
                yield found

    def _tell(self, name: str, error: GraphError) -> None:
        if name not in self._told:
            self._told.add(name)
            complain(f"{name}: {message_of(error)}", hint=error.hint)


async def names_of(graph: GraphMeetingsClient, names: Iterable[str], source: str | None) -> AsyncIterator[str]:
    """Yield ids and user principal names.

    Args:
        graph: the client.
        names: of some people.
        source: of more people: `users`, `call-records`, `group:ID`, or a file.

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
