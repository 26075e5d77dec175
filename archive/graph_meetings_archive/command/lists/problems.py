"""Problems that do not stop a list."""

from graph_meetings.blocking import GraphError
from graph_meetings_archive.command.output.failed_requests import message_of
from graph_meetings_archive.command.output.messages import complain


class Problems:
    """Problems of organizers, each reported once."""

    def __init__(self) -> None:
        self._of: dict[str, GraphError] = {}

    def add(self, organizer: str, error: GraphError) -> None:
        """Remember a problem."""
        self._of.setdefault(organizer, error)

    def report(self) -> int:
        """Report them all and return the exit status."""
        for organizer, error in self._of.items():
            complain(f"{organizer}: {message_of(error)}", hint=error.hint)
        return 1 if self._of else 0
