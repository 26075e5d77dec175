"""Files that only one process at a time can have open, and other means for files to survive a crash.

The lock is `flock` on Unix and a locked byte on Windows. On either, the system releases it when its holder dies. A
process that is forked while a lock is held does not inherit it: the child's copy of the file is closed at once, so that
the lock ends with the parent.
"""

import errno
import io
import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from weakref import WeakSet

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_MAX_OPENINGS: Final = 5
# A link or a pipe in the file's place must be refused, not followed or waited for.
_AS_IT_IS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
# Far beyond any content, because Windows keeps others from reading and writing locked bytes.
_LOCKED_BYTE: Final = 1 << 40


class LockedFile(io.FileIO):
    """A file opened for reading and for writing at its end, locked until it is closed; created if it does not exist.

    Args:
        path: of the file.
        mode: its permissions if it is created.

    Raises:
        BlockingIOError: someone else holds the lock.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, mode: int) -> None:
        self._is_locked = False
        super().__init__(path, "a+", opener=lambda name, flags: open_as_it_is(name, flags, mode))
        _OPEN.add(self)
        try:
            with naming(path):
                self._lock()
        except BaseException:
            self.close()
            raise
        self._is_locked = True

    def is_named(self, path: Path) -> bool:
        """Return whether a path leads to this file, and not to another one that has replaced it."""
        try:
            return os.path.samestat(os.fstat(self.fileno()), path.stat(follow_symlinks=False))
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Close the file, which releases the lock."""
        if sys.platform == "win32" and self._is_locked and not self.closed:
            # Windows would release it as well, but not at once.
            self._is_locked = False
            os.lseek(self.fileno(), _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(self.fileno(), msvcrt.LK_UNLCK, 1)
        super().close()

    def _lock(self) -> None:
        if sys.platform == "win32":
            os.lseek(self.fileno(), _LOCKED_BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(self.fileno(), msvcrt.LK_NBLCK, 1)
            except PermissionError as error:
                raise BlockingIOError(errno.EAGAIN, "someone else has the file") from error
        else:
            fcntl.flock(self, fcntl.LOCK_EX | fcntl.LOCK_NB)


# For the fork handler: a lock belongs to the open file, which a forked child shares.
_OPEN: Final[WeakSet[LockedFile]] = WeakSet()


def open_locked(path: Path, busy: BlockingIOError, *, mode: int = 0o666) -> LockedFile:
    """Open and lock a file that has this name and no other.

    Args:
        path: of the file.
        busy: raised if someone else holds the lock.
        mode: its permissions if it is created.

    Raises:
        BlockingIOError: someone else holds the lock.
        OSError: it is not a regular file, or cannot be opened.
    """
    for _ in range(_MAX_OPENINGS):
        try:
            file = LockedFile(path, mode)
        except BlockingIOError:
            raise busy from None
        try:
            if _is_usable(file, path):
                return file
        except BaseException:
            file.close()
            raise
        file.close()  # its last holder was just removing or renaming it
    raise busy


@contextmanager
def hold_lock(path: Path, busy: BlockingIOError) -> Generator[None]:
    """Hold a lock for the duration of a block: an empty file next to what it protects, removed at the end.

    Args:
        path: of the lock file.
        busy: raised if someone else holds the lock.

    Raises:
        BlockingIOError: someone else holds the lock.
        OSError: the file cannot be created.
    """
    file = open_locked(path, busy, mode=0o600)
    try:
        yield
    finally:
        # While it is still locked, so that others who have opened it see that the path no longer leads to it.
        if sys.platform != "win32" and not file.closed:  # closed in a forked child, whose parent has the lock
            path.unlink(missing_ok=True)
        file.close()


def open_as_it_is(path: str, flags: int, mode: int = 0o666) -> int:
    """Open a file, but do not follow a symbolic link; an `opener` for `open`.

    Raises:
        OSError: the path is a symbolic link, or cannot be opened.
    """
    try:
        return os.open(path, flags | _AS_IT_IS, mode)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a symbolic link is in the place of the file; remove it", path) from None
        raise


def sync_folder(folder: Path) -> None:
    """Write a folder's new names to the disk, if the system can do that."""
    if sys.platform == "win32":
        return
    # The file is in place by now, and some file systems refuse this.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def naming(path: Path) -> Generator[None]:
    """Add the name of a file to the errors of an open file, which lack it."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def _is_usable(file: LockedFile, path: Path) -> bool:
    """Return whether the file still has its name, and no other."""
    opened = os.fstat(file.fileno())
    if not stat.S_ISREG(opened.st_mode):
        raise OSError(errno.EINVAL, "something other than a regular file is in its place; remove it", str(path))
    if not file.is_named(path):
        return False
    if opened.st_nlink > 1:
        # It also has its final name, because a process was killed before it removed this one. Writing would damage that
        # file.
        if sys.platform == "win32":
            file.close()  # Windows does not remove open files
        path.unlink(missing_ok=True)
        return False
    return True


def _close_inherited() -> None:
    for file in list(_OPEN):
        file.close()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_close_inherited)
