"""Files that one process at a time writes, and that a power failure does not tear."""

import errno
import io
import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

_MOST_OPENINGS: Final = 5
# A link or a pipe that waits under the name is refused, not followed or waited for.
_AS_IT_IS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def open_locked(path: Path) -> io.FileIO:
    """Open a file to read it and to write at its end, make it where there is none, and lock it until it is closed.

    Raises:
        BlockingIOError: another download has it.
        OSError: it is no file of its own, or it cannot be opened.
    """
    for _ in range(_MOST_OPENINGS):
        file = io.FileIO(path, "a+", opener=open_as_it_is)
        try:
            _lock(file, path)
            if _is_own(file, path):
                return file
        except BaseException:
            file.close()
            raise
        file.close()
    raise BlockingIOError(f"another download writes {path}")


def _is_own(file: io.FileIO, path: Path) -> bool:
    """Whether an open file still has its name, and only that one."""
    opened = os.fstat(file.fileno())
    if not stat.S_ISREG(opened.st_mode):
        raise OSError(errno.EINVAL, "a download cannot be kept in what is no regular file; remove it", str(path))
    try:
        named = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    is_named = os.path.samestat(opened, named)
    if is_named and opened.st_nlink > 1:
        # It has the final name too: a process ended before it took this one away. Writing would spoil that file.
        path.unlink(missing_ok=True)
        return False
    return is_named


def open_as_it_is(path: str, flags: int) -> int:
    """Open what is under a name itself, as an `opener`; not what a link there leads to."""
    try:
        return os.open(path, flags | _AS_IT_IS, 0o666)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a download does not go through a symbolic link; remove it", path) from None
        raise


def _lock(file: io.FileIO, path: Path) -> None:
    """Keep every other download away from the file until it is closed, also when this process dies."""
    if sys.platform == "win32":
        return  # a file that is open cannot be replaced there
    try:
        with naming(path):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(f"another download writes {path}") from None


def sync_folder(folder: Path) -> None:
    """Have a new name on the disk."""
    if sys.platform == "win32":
        return  # it has no such call
    # The file is in place by now, and some file systems cannot do this.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def naming(path: Path) -> Generator[None]:
    """Put the file's name into an error of a file that is open, which has none."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise
