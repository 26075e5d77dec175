"""What a forked process must leave to its parent, and what it needs of its own."""

import os
import threading


def belongs_to_parent(thing: object) -> RuntimeError:
    """Return the error for something that was made before the process was forked."""
    return RuntimeError(
        f"this {type(thing).__name__} was made before the process was forked, and its parent goes on with it: make "
        "another one in the child"
    )


class ProcessLock:
    """A lock between threads that a forked process finds open, even if a thread of its parent had it just then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()

    def acquire(self, seconds: float | None = None) -> bool:
        """Take the lock.

        Args:
            seconds: how long to wait for it at most, `None` for no limit.

        Returns:
            Whether it has been taken.
        """
        if self._process != os.getpid():
            self._lock, self._process = threading.Lock(), os.getpid()
        return self._lock.acquire(timeout=-1 if seconds is None else seconds)

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
