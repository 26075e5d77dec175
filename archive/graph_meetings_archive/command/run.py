"""Running commands, with messages instead of tracebacks, and exit statuses."""

import gc
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Final

from cyclopts import CycloptsError, MissingArgumentError, UnknownCommandError

from graph_meetings_archive.command.app import new_app
from graph_meetings_archive.command.output.messages import complain, warn
from graph_meetings_archive.command.output.terminal import out
from graph_meetings_archive.command.usage.failures import CommandFailed

_ARROW_MEMORY: Final = ("ARROW_DEFAULT_MEMORY_POOL", "system")
"""Arrow's own allocator keeps free memory: some 50 MiB for Parquet."""

_ALLOCATIONS_PER_COLLECTION: Final = 10_000
"""A page is thousands of objects without cycles. Looking for some takes an eighth of an export by default."""

FAILED: Final = 1
WRONG_USE: Final = 2
_INTERRUPTED: Final = 128 + 2  # as shells count signals: SIGINT
_BROKEN_PIPE: Final = 128 + 13  # SIGPIPE
_MISSING: Final = {
    "--archive": "name the folder of an archive, as in graph-meetings status archive",
    "--organizer": "say whose with --organizer; graph-meetings organizers list shows who is there",
    "--to": "name a folder with --to; it is created where it is missing",
}
"""What to do if an argument is missing."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status."""
    os.environ.setdefault(*_ARROW_MEMORY)
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = _show_warning
        try:
            status = _status_of(arguments)
            sys.stdout.flush()
        except BrokenPipeError:
            _forget_stdout()
            return _BROKEN_PIPE
        except KeyboardInterrupt:
            complain("interrupted")
            return _INTERRUPTED
        return status


def _status_of(arguments: Sequence[str]) -> int:
    try:
        result = new_app()(
            arguments, console=out(), exit_on_error=False, print_error=False, result_action="return_value"
        )
    except CycloptsError as error:
        complain(str(error), hint=_how_to_use(error, arguments))
        return WRONG_USE
    except CommandFailed as error:
        complain(str(error), hint=error.hint)
        return error.status
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        complain(_of_system(error))
        return FAILED
    except Exception as error:
        status = _status_of_failure(error)
        if status is None:
            raise
        return status
    return result if isinstance(result, int) else 0


def _status_of_failure(error: Exception) -> int | None:
    """Report an error of the service or the archive; return `None` for an error in this program."""
    # Imported only after a failure: showing help needs no client.
    from graph_meetings import DeltaStoreError  # noqa: PLC0415  imported when first needed
    from graph_meetings_archive import ArchiveError, ArchiveMismatch  # noqa: PLC0415  imported when first needed
    from graph_meetings_archive.command.output.failed_requests import complain_of_request  # noqa: PLC0415  imported when first needed
    from graph_meetings_notifications.errors import NotificationError  # noqa: PLC0415  imported when first needed
    from graph_meetings_runtime.errors import AuthenticationFailed, GraphError, NotAvailableInCloud  # noqa: PLC0415  imported when first needed

    if isinstance(error, ArchiveError):
        complain(str(error))
        return WRONG_USE if isinstance(error, ArchiveMismatch) else FAILED
    if isinstance(error, (NotificationError, DeltaStoreError)):
        complain(str(error))
        return FAILED
    if not isinstance(error, GraphError):
        return None
    complain_of_request(error)
    return WRONG_USE if isinstance(error, (AuthenticationFailed, NotAvailableInCloud)) else FAILED


def _how_to_use(error: CycloptsError, arguments: Sequence[str]) -> str:
    if isinstance(error, UnknownCommandError) and arguments and arguments[0].startswith("-"):
        return "options go after the command: graph-meetings recordings list --emulator"
    if isinstance(error, MissingArgumentError) and error.argument and error.argument.name in _MISSING:
        return _MISSING[error.argument.name]
    return f"{' '.join(['graph-meetings', *(error.command_chain or ())])} --help shows how to use it"


def _of_system(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    warn(str(message))


def _forget_stdout() -> None:
    """Prevent a second error when Python flushes the closed pipe at its end."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
