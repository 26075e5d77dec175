"""Events that have arrived and have not been handled, safe from crashes."""

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
    """A handler is asynchronous although it must not be, or the reverse."""


class Inbox(Closing):
    """Two SQLite files: `path`, which remembers the handled events, and `<path>-arrived` with the waiting ones.

    A receiver adds events before it responds; a handler takes them out. Several processes can use the same inbox, which
    must be on a local disk: all of them can receive, and one at a time handles events. When that one ends, in whatever
    way, another one continues. Only their owner can read the files, because they contain resource data.

    You can keep tables of your own in the file `path`; a handler `InTransaction` writes to them in the same transaction
    as the inbox. Names that start with `graph_meetings_`, and the file's `application_id` and `user_version`, belong to
    the inbox. A handled event takes about 20 bytes.

    Use it with `with` or `async with`, or call `close()`.

    Args:
        path: of the file, which is created if it does not exist.

    Raises:
        InboxError: a file is not an inbox, is damaged, or was written by a newer release.
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

        An event counts as handled when the next one is requested; see `Events`.

        Args:
            max_attempts: the most times that an event is taken before it is set aside.
            wait: whether to wait for further events; otherwise the loop ends when no event is due.

        Raises:
            ValueError: `max_attempts` is less than 1.
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

        If the handler raises an exception, it is logged and the event is retried: after one second, two, four, and so
        on, while other events are handled. After the last attempt it is set aside; `set_aside` returns it. If this
        call is cancelled, the attempt does not count.

        Args:
            handler: an async function. The event is removed when it has returned; if the process ends before that, the
                event is handled again. Or `InTransaction(write)`, which handles each event exactly once.
            max_attempts: the most times that an event is taken before it is set aside.
            wait: whether to wait for further events; otherwise the call returns when no event is due.

        Raises:
            TypeError: the handler is not an async function.
            ValueError: `max_attempts` is less than 1.
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
            max_attempts: the most times that an event is taken before it is set aside.
            wait: whether to wait for further events; otherwise the call returns when no event is due.

        Raises:
            TypeError: the handler is an async function.
            ValueError: `max_attempts` is less than 1.
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
        """Return how many events are waiting, including those to be retried later.

        Raises:
            InboxError: they cannot be read.
        """
        return self.store.waiting()

    def set_aside(self) -> list[SetAside]:
        """Return the events that were taken too many times without being handled.

        Raises:
            InboxError: they cannot be read.
        """
        return self.store.set_aside()

    def retry(self, id_: int) -> None:
        """Queue an event that was set aside.

        Args:
            id_: of the event, from `set_aside`.

        Raises:
            LookupError: no event with this id is set aside.
            InboxError: the file cannot be written.
        """
        self.store.retry(id_)

    def discard(self, id_: int) -> None:
        """Remove an event that was set aside. It does not come back if the service repeats it.

        Args:
            id_: of the event, from `set_aside`.

        Raises:
            LookupError: no event with this id is set aside.
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
    # The text is the handler's, and can contain anything.
    LOG.warning("a handler failed with %s, attempt %d of %d", type(error).__name__, turn.attempts, turn.max_attempts)
    turn.failed(f"{type(error).__name__}: {error}")
