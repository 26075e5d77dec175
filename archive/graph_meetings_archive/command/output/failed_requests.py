"""Messages about failed requests."""

from typing import Final

from graph_meetings_archive.command.output.messages import complain, note
from graph_meetings_runtime.errors import AuthenticationFailed, GraphError

_SIGN_IN: Final = (
    "choose how to sign in with --auth, or try --emulator, which needs no tenant; --log-level info shows what was tried"
)


def complain_of_request(error: GraphError) -> None:
    """Print the service's message, what to do about it, and the ids that Microsoft support asks for."""
    if isinstance(error, AuthenticationFailed) and error.status is None:
        # The first line: in the others, azure-identity lists everything that it tried.
        complain(message_of(error).partition("\n")[0], hint=_SIGN_IN)
        return
    complain(message_of(error), hint=error.hint)
    names = [error.request, error.request_id and f"request-id {error.request_id}"]
    if any(names):
        note(f"({', '.join(name for name in names if name)})")


def message_of(error: GraphError) -> str:
    """Return the status, the code and the message."""
    head = " ".join(str(part) for part in (error.status, error.code) if part is not None)
    return ": ".join(part for part in (head, error.message) if part) or type(error).__name__
