"""Events that have arrived and are not yet handled, safe from crashes."""

import logging
from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutine
from os import PathLike
from pathlib import Path
from typing import Final

from graph_meetings_notifications.errors import InboxError
from graph_meetings_notifications.events import Event
from graph_meetings_notifications.inbox.event_store import EventStore, SetAside
from graph_meetings_notifications.inbox.events_iterator import Events
from graph_meetings_notifications.inbox.in_transaction import InTransaction
from graph_meetings_notifications.inbox.turn import Turn
from graph_meetings_runtime.asynchronous.threads import run_in_thread
from graph_meetings_runtime.storage.closing import Closing

LOG: Final = logging.getLogger("graph_meetings.notifications")

MAX_ATTEMPTS: Final = 5


class WrongHandler(TypeError):
    """A handler is asynchronous where it must not be, or the reverse."""


class Inbox(Closing):
    """Two SQLite files: `path`, which remembers what was handled, and `<path>-arrived` with what waits.

    A receiver puts events in before it answers; a handler takes them out. Several processes may use the same inbox,
    which must be on a local disk: all of them may receive, and one at a time handles; when it ends, in whichever way,
    another one goes on. Only its owner can read the files, because they contain resource data.

    Your own tables may be in the file `path`, and a handler `InTransaction` writes them in one transaction with what
    the inbox remembers. Names that begin with `graph_meetings_`, and the `application_id` and `user_version` of the
    file, belong to the inbox. A handled event takes about 20 bytes.

    Use it with `with` or `async with`, or call `close()`.

    Args:
        path: of the file; it is created if it does not exist.

    Raises:
        InboxError: a file is something else, damaged, or of a newer release.
        OSError: it cannot be created.

    Warns:
        UserWarning: others could read a file; it has been made readable for its owner only.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.store = EventStore(Path(path).resolve())

    @property
    def path(self) -> Path:
        """Of the file."""
        return self.store.path

    def events(self, *, max_attempts: int = MAX_ATTEMPTS, wait: bool = True) -> Events:
        """Iterate over the events, with `for` or `async for`.

        An event counts as handled when the next one is asked for; see `Events`.

        Args:
            max_attempts: how often an event is taken before it is set aside.
            wait: whether to wait for further events; otherwise the loop ends when none is due.

        Raises:
            ValueError: `max_attempts` is below 1.
            InboxError: while iterating, when a file cannot be read or written.
        """
        return Events(Turn(self.store, max_attempts), wait=wait)

    async def deliver(
        self,
        handler: Callable[[Event], Awaitable[object]] | InTransaction,
        *,
        max_attempts: int = MAX_ATTEMPTS,
        wait: bool = True,
    ) -> None:
        """Call a handler with each event, one after another.

        If the handler raises an exception, that is logged and the event comes again: after a second, two seconds, four
        and so on, while others go on. After the last attempt it is set aside; `set_aside` returns it. If this call is
        cancelled, the attempt does not count.

        Args:
            handler: an async function. When it has returned, the event is removed; if the process ends before that,
                the event comes again. Or `InTransaction(write)`, which handles each event exactly once.
            max_attempts: how often an event is taken before it is set aside.
            wait: whether to wait for further events; otherwise the call returns when none is due.

        Raises:
            TypeError: the handler is not an async function.
            ValueError: `max_attempts` is below 1.
            InboxError: a file cannot be read or written.
        """
        turn = Turn(self.store, max_attempts)
        try:
            async for event in Events(turn, wait=wait):
                try:
                    if isinstance(handler, InTransaction):
                        await run_in_thread(turn.deliver, handler.write)
                    else:
                        await _awaited(handler, event)
                except (InboxError, WrongHandler):
                    raise
                except Exception as error:  # noqa: BLE001  whatever a handler may raise
                    await run_in_thread(_failed, turn, error)
        finally:
            await run_in_thread(turn.stop)

    def deliver_blocking(
        self,
        handler: Callable[[Event], object] | InTransaction,
        *,
        max_attempts: int = MAX_ATTEMPTS,
        wait: bool = True,
    ) -> None:
        """Call a plain function with each event, one after another; otherwise the same as `deliver`.

        Args:
            handler: a plain function, or `InTransaction(write)`.
            max_attempts: how often an event is taken before it is set aside.
            wait: whether to wait for further events; otherwise the call returns when none is due.

        Raises:
            TypeError: the handler is an async function.
            ValueError: `max_attempts` is below 1.
            InboxError: a file cannot be read or written.
        """
        turn = Turn(self.store, max_attempts)
        try:
            for event in Events(turn, wait=wait):
                try:
                    if isinstance(handler, InTransaction):
                        turn.deliver(handler.write)
                    else:
                        _called(handler, event)
                except (InboxError, WrongHandler):
                    raise
                except Exception as error:  # noqa: BLE001  whatever a handler may raise
                    _failed(turn, error)
        finally:
            turn.stop()

    def waiting(self) -> int:
        """Return how many events wait, including those to be retried later.

        Raises:
            InboxError: they cannot be read.
        """
        return self.store.waiting()

    def set_aside(self) -> list[SetAside]:
        """Return the events that were taken too often without being handled.

        Raises:
            InboxError: they cannot be read.
        """
        return self.store.set_aside()

    def retry(self, id_: int) -> None:
        """Queue an event again that was set aside.

        Args:
            id_: of the event, from `set_aside`.

        Raises:
            LookupError: none with this id is set aside.
            InboxError: the file cannot be written.
        """
        self.store.retry(id_)

    def discard(self, id_: int) -> None:
        """Remove an event that was set aside. It does not come back if the service repeats it.

        Args:
            id_: of the event, from `set_aside`.

        Raises:
            LookupError: none with this id is set aside.
            InboxError: the file cannot be written.
        """
        self.store.discard(id_)

    def close(self) -> None:
        """Close the files once no thread of this process is writing to them."""
        self.store.close()

    def __repr__(self) -> str:
        return f"Inbox({str(self.path)!r})"


async def _awaited(handler: Callable[[Event], Awaitable[object]], event: Event) -> None:
    result = handler(event)
    if not isawaitable(result):
        raise WrongHandler("the handler must be an async function: define it with `async def`, not `def`")
    await result


def _called(handler: Callable[[Event], object], event: Event) -> None:
    result = handler(event)
    if iscoroutine(result):
        result.close()
        raise WrongHandler("the handler must be a plain function here: await `deliver`, or define it with `def`")


def _failed(turn: Turn, error: Exception) -> None:
    # Its text is the handler's own, and may say anything.
    LOG.warning("a handler failed with %s, attempt %d of %d", type(error).__name__, turn.attempts, turn.max_attempts)
    turn.failed(f"{type(error).__name__}: {error}")
