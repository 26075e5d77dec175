"""A lock between processes, that the kernel opens when its holder dies."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from graph_meetings_runtime.delta.store_errors import FeedBusy

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def locked(path: Path, busy: str) -> Generator[None]:
    """Hold a lock while the block runs; a file beside what it protects, which is removed again.

    Args:
        path: of that file.
        busy: what to say where someone else has the lock.

    Raises:
        FeedBusy: someone else has it.
        OSError: the file cannot be made.
    """
    descriptor = _acquired(path)
    if descriptor is None:
        raise FeedBusy(busy)
    try:
        yield
    finally:
        if sys.platform != "win32":
            # Still held: whoever has opened it meanwhile sees that the path no longer names it.
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquired(path: Path) -> int | None:
    """Open and lock the file; `None` where someone else has it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
            if _is_named(path, descriptor):
                return descriptor
        except (BlockingIOError, PermissionError):  # the second one is Windows'
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last holder was just removing it


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_named(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
