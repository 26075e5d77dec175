"""The text that proves who sent a notification, in a file that only its owner can read."""

from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_notifications.encryption.private_files import write_private

_LONGEST: Final = 128
"""Characters of a client state that the service accepts."""


def client_state_in(file: Path) -> str:
    """Return the client state in a file, which is created if it does not exist.

    Raises:
        CommandFailed: the file cannot be read or created, or has no client state.
    """
    try:
        state = _read(file) if file.exists() else _make(file)
    except (OSError, UnicodeDecodeError):
        raise CommandFailed(
            f"cannot read or make {file}", hint="--client-state-file names a text file in a folder of yours"
        ) from None
    if not 0 < len(state) <= _LONGEST:
        raise CommandFailed(
            f"{file} has {len(state)} characters; a client state has 1 to {_LONGEST}",
            hint="remove the file, and another one is made",
        )
    return state


def _read(file: Path) -> str:
    with file.open(encoding="utf-8") as opened:
        return opened.read(10 * _LONGEST).strip()


def _make(file: Path) -> str:
    state = token_urlsafe(32)
    write_private(file, state.encode())
    return state
