"""A handler that writes to the inbox's own file."""

from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from graph_meetings_notifications.events import Event


@final
class InTransaction(Struct, frozen=True):
    """A handler that writes to the inbox's own file, in the same transaction as the inbox.

    Args:
        write: called with an event and the connection to the file. What it writes and the record that the event was
            handled are committed together or not at all. It must be a plain function, and must not commit. Other
            writers of the file wait for it for up to 30 seconds; arriving notifications do not.
    """

    write: "Callable[[Event, sqlite3.Connection], object]"
