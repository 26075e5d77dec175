"""The file of a keeper.

It is next to the inbox and not part of it, so that a handler's long transaction does not delay renewals.
"""

from types import MappingProxyType
from typing import Final

from graph_meetings_notifications.errors import KeeperError
from graph_meetings_runtime.storage.sqlite_file import FileFormat

FORMAT: Final = FileFormat(
    name="keeper's file",
    name_with_article="a keeper's file",
    application_id=0x474D6E73,  # "GMns"
    version=1,
    schema=(
        "CREATE TABLE graph_meetings_client_state (client_state TEXT NOT NULL)",
        "CREATE TABLE graph_meetings_subscriptions (resource TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID",
        """CREATE TABLE graph_meetings_notices (
            id INTEGER PRIMARY KEY,
            subscription TEXT NOT NULL,
            event TEXT NOT NULL,
            received REAL NOT NULL,
            UNIQUE (subscription, event)
        )""",
        """CREATE TABLE graph_meetings_gaps (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            resource TEXT NOT NULL,
            begins REAL NOT NULL,
            ends REAL                     -- null while there is no subscription
        )""",
        # What reconciliation has read from lists: up to when, and the versions of records that may be listed again.
        "CREATE TABLE graph_meetings_read (resource TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID",
        """CREATE TABLE graph_meetings_versions (
            digest BLOB PRIMARY KEY,
            version INTEGER NOT NULL,
            started REAL NOT NULL
        ) WITHOUT ROWID""",
    ),
    columns=MappingProxyType(
        {
            "graph_meetings_client_state": "client_state",
            "graph_meetings_subscriptions": "resource,state",
            "graph_meetings_notices": "id,subscription,event,received",
            "graph_meetings_gaps": "id,resource,begins,ends",
            "graph_meetings_read": "resource,until",
            "graph_meetings_versions": "digest,version,started",
        }
    ),
    why_private="which contains the client state of subscriptions",
    if_deleted="new subscriptions are created",
    error=KeeperError,
)
