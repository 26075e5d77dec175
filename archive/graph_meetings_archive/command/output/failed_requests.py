"""A failed request in words."""

from graph_meetings_archive.command.output.messages import complain, note
from graph_meetings_runtime.errors import GraphError


def complain_of_request(error: GraphError) -> None:
    """Print what the service said, what to do about it, and what Microsoft support asks for."""
    complain(message_of(error), hint=error.hint)
    names = [error.request, error.request_id and f"request-id {error.request_id}"]
    if any(names):
        note(f"({', '.join(name for name in names if name)})")


def message_of(error: GraphError) -> str:
    """Return the status, the code and the message."""
    head = " ".join(str(part) for part in (error.status, error.code) if part is not None)
    return ": ".join(part for part in (head, error.message) if part) or type(error).__name__
