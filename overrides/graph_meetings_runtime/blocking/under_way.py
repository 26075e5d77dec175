"""A call in progress while its caller does something else."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, TypeVar

from graph_meetings_runtime.blocking.waiting import Stop, Stopped, wait_for

R = TypeVar("R")


class UnderWay(Generic[R]):
    """A call that has been started. When this object is garbage-collected, the call ends at its next wait.

    Args:
        call: run in a thread, or by the thread that waits for it.
        is_ahead: whether the result is not needed yet, so that a thread is worth starting.
    """

    _stop: Stop | None = None  # in case Ctrl-C interrupts `__init__`

    def __init__(self, call: Callable[[], R], *, is_ahead: bool) -> None:
        self._work = _Work(call)
        self._stop = Stop()
        if is_ahead:
            run = copy_context().run
            thread = threading.Thread(target=run, args=(self._work.run, self._stop), name="next page", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is exiting: the thread that waits runs the call
                return
            self._work.is_started = True

    def wait(self) -> None:
        """Wait until the call has ended."""
        if self._work.is_started:
            while not self._work.has_ended:
                wait_for(self._work.ended)
                self._work.ended.clear()

    def result(self) -> R:
        """Return the result of the finished call, or raise its error."""
        return self._work.result()

    def stop(self) -> None:
        """Make the call end at its next wait."""
        if self._stop is not None:
            self._stop.set()

    def __del__(self) -> None:
        self.stop()


class _Work(Generic[R]):
    """A call and its outcome. The thread refers to this, so that the owner can be garbage-collected."""

    def __init__(self, call: Callable[[], R]) -> None:
        self._call = call
        self._results: list[R] = []
        self._error: BaseException | None = None
        self.is_started = False
        self.has_ended = False
        self.ended = threading.Event()

    def run(self, stop: Stop) -> None:
        try:
            self._results.append(stop.run(self._call))
        except BaseException as error:  # noqa: BLE001  raised where the result is asked for
            self._error = error
        self.has_ended = True
        self.ended.set()

    def result(self) -> R:
        if not self.is_started:
            return self._call()
        if isinstance(self._error, Stopped):
            raise RuntimeError("the iteration has been closed")
        if self._error is not None:
            raise self._error
        return self._results[0]
