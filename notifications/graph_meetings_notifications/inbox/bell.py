"""Wakes those who wait in this process when an event has arrived."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Lock


class Bell:
    """Calls its listeners when it is rung."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: dict[int, Callable[[], object]] = {}

    def ring(self) -> None:
        """Call the listeners."""
        with self._lock:
            listeners = list(self._listeners.values())
        for call in listeners:
            with suppress(RuntimeError):  # an event loop that has just been closed
                call()

    @contextmanager
    def listening(self, call: Callable[[], object]) -> Generator[None]:
        """Listen while the block runs.

        Args:
            call: called in the thread that rings; it must not fail or take long.
        """
        with self._lock:
            self._listeners[id(call)] = call
        try:
            yield
        finally:
            with self._lock:
                del self._listeners[id(call)]
