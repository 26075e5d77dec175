"""Files that only their owner can read, from the moment they exist."""

import errno
import os
import stat
from pathlib import Path
from secrets import token_hex
from typing import Final

from graph_meetings_runtime.file_lock import naming, open_as_it_is, sync_folder
from graph_meetings_runtime.warn import warn_caller

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_TEMPORARY: Final = ".making-"


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that is either complete or missing, even after a crash. The caller must hold the folder's lock.

    Raises:
        OSError: it cannot be written, or exists.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "the file exists", str(path))
    temporary = path.with_name(f"{_TEMPORARY}{token_hex(8)}")
    descriptor = open_as_it_is(str(temporary), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with naming(temporary), os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_unfinished(folder: Path) -> None:
    """Remove unfinished files that a crash left behind. The caller must hold the folder's lock."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        path.unlink(missing_ok=True)


def read_private(path: Path, limit: int) -> bytes:
    """Read a file, after making it readable only for its owner.

    Raises:
        OSError: it cannot be read.
        ValueError: it is longer than the limit.

    Warns:
        UserWarning: others could read it.
    """
    with path.open("rb") as file:
        _protect(path, os.fstat(file.fileno()).st_mode)
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is longer than {limit} bytes")
    return content


def _protect(path: Path, mode: int) -> None:
    if os.name == "nt" or not mode & _OTHERS:
        return
    try:
        path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
    except OSError:  # another user owns it, or the disk is read-only
        advice = "its owner has to run chmod 600 on it"
    else:
        advice = "it has been made readable for its owner only"
    warn_caller(f"other users of this machine could read the private key {path}; {advice}", UserWarning)
