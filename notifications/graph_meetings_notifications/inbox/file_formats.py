"""The two files of an inbox.

Arriving events are written to a separate file, so that a handler's long transaction does not block them.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from graph_meetings_notifications.errors import InboxError
from graph_meetings_runtime.storage.sqlite_file import FileFormat

_PRIVATE: Final = "which contains resource data"

HANDLED: Final = FileFormat(
    name="inbox",
    name_with_article="an inbox",
    application_id=0x474D6E69,  # "GMni"
    version=1,
    # Digests of ids, so that the file does not reveal whose meetings they are.
    schema=("CREATE TABLE graph_meetings_handled (digest BLOB PRIMARY KEY) WITHOUT ROWID",),
    columns=MappingProxyType({"graph_meetings_handled": "digest"}),
    why_private=_PRIVATE,
    if_deleted="repeated notifications are handled again",
    error=InboxError,
)

ARRIVED: Final = FileFormat(
    name="inbox",
    name_with_article="a part of an inbox",
    application_id=0x474D6E61,  # "GMna"
    version=1,
    schema=(
        """CREATE TABLE graph_meetings_arrived (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            digest BLOB NOT NULL UNIQUE,  -- of what is to be handled only once
            same_as BLOB UNIQUE,          -- of what need not wait twice; null once it was taken
            is_once INTEGER NOT NULL,     -- whether it is to be handled only once, even if it comes again
            event BLOB NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            due REAL NOT NULL DEFAULT 0,  -- not to be taken before
            reason TEXT                   -- why it was set aside
        )""",
    ),
    columns=MappingProxyType({"graph_meetings_arrived": "id,digest,same_as,is_once,event,attempts,due,reason"}),
    why_private=_PRIVATE,
    if_deleted="what had not been handled is lost",
    error=InboxError,
    # If a power failure brings an event back, the other file shows that it was handled.
    survives_power_failures=False,
)
INCOMING: Final = replace(ARRIVED, seconds_to_wait=1.0, survives_power_failures=True)
"""The same, for adding events. The service waits three seconds for a response, and then gives up."""
