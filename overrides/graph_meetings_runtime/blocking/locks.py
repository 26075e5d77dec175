"""A lock that works in forked processes, too."""

import os
from threading import Event, get_ident
from typing import Final
from weakref import ref

from graph_meetings_runtime.blocking.waiting import refuse_to_go_on
from graph_meetings_runtime.fork import ProcessLock
from graph_meetings_runtime.http.connections.time_left import seconds_left

_LOOK_AGAIN: Final = 1.0  # seconds


class Lock:
    """A lock for threads: `with lock.held(): …`. Waiting for it ends when the current call runs out of time.

    Ctrl-C may interrupt a thread between acquiring the lock and entering the block. The lock therefore refers to its
    holder weakly; and if a traceback keeps the holder alive, its thread is not locked out: asking again releases it.
    """

    def __init__(self) -> None:
        self._holder: ref[_Hold] | None = None
        self._changing = ProcessLock()

    def held(self) -> "_Hold":
        """Return a context that holds the lock."""
        return _Hold(self)

    def taken_before(self, hold: "_Hold") -> Event | None:
        """Give the lock to a thread; if another one holds it, return an event that is set once the lock is free."""
        with self._changing.of_this_process:
            holder = None if self._holder is None else self._holder()
            if holder is None or holder.process != hold.process or holder.thread == hold.thread:
                self._holder = ref(hold)
                return None
            return holder.is_over

    def free(self) -> None:
        """Release the lock."""
        self._holder = None


class _Hold:
    """One thread's turn at holding the lock."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self.is_over = Event()
        self.process = os.getpid()
        self.thread = get_ident()

    def __enter__(self) -> None:
        while (is_free := self._lock.taken_before(self)) is not None:
            left = seconds_left()
            is_free.wait(_LOOK_AGAIN if left is None else min(left, _LOOK_AGAIN))
            refuse_to_go_on()

    def __exit__(self, *_: object) -> None:
        self._lock.free()
        self.is_over.set()
