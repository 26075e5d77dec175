"""What a forked process leaves to its parent, and what it needs for itself."""

import os
import random
import sys
import threading
from typing import Final
from uuid import UUID

_RANDOM: Final = random.Random()  # noqa: S311  no secret depends on it
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_RANDOM.seed)


def belongs_to_parent(thing: object) -> RuntimeError:
    """Return the error for something that was made before the process was forked."""
    return RuntimeError(
        f"this {type(thing).__name__} was created before the process was forked, and belongs to its parent: create "
        "another one in the child"
    )


class ProcessLock:
    """A lock between threads that is open in a forked process, even if a thread of its parent held it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()

    @property
    def of_this_process(self) -> threading.Lock:
        """The lock, for `with`. It is Python's own, so that Ctrl-C cannot strike between acquiring it and the block."""
        if self._process != os.getpid():
            self._lock, self._process = threading.Lock(), os.getpid()
        return self._lock


def new_request_id() -> str:
    """Return a UUID that no other request has, not even in a forked process.

    `uuid4` is a system call, which lets other threads take over: that cost 32 threads a tenth of their requests per
    second.
    """
    return str(UUID(int=_RANDOM.getrandbits(128), version=4))
