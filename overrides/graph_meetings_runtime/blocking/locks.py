"""A lock that a forked process may use, too."""

from graph_meetings_runtime.fork import ProcessLock
from graph_meetings_runtime.http.connections.time_left import seconds_left


class Lock:
    """A lock for threads: `with lock: …`. Waiting for it takes no longer than the call under way may take."""

    def __init__(self) -> None:
        self._lock = ProcessLock()

    def __enter__(self) -> None:
        while not self._lock.acquire(seconds_left()):
            pass

    def __exit__(self, *_: object) -> None:
        self._lock.release()
