"""The SQLite file of a delta store."""

from types import MappingProxyType
from typing import Final

from graph_meetings_runtime.delta.store_errors import DeltaStoreError
from graph_meetings_runtime.storage.sqlite_file import FileFormat

DELTA_STORE: Final = FileFormat(
    name="delta store",
    name_with_article="a delta store",
    application_id=0x474D6473,  # "GMds"
    version=1,
    schema=(
        """CREATE TABLE graph_meetings_feeds (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            round_link TEXT, -- where the round in progress continues
            delta_link TEXT  -- where the last complete round ended
        )""",
        # Digests of ids: 26 bytes per item instead of 193, and the file does not reveal whose meetings they are.
        """CREATE TABLE graph_meetings_items (
            feed INTEGER NOT NULL REFERENCES graph_meetings_feeds (id),
            digest BLOB NOT NULL,
            is_removed INTEGER NOT NULL,
            PRIMARY KEY (feed, digest)
        ) WITHOUT ROWID""",
    ),
    columns=MappingProxyType(
        {"graph_meetings_feeds": "id,name,round_link,delta_link", "graph_meetings_items": "feed,digest,is_removed"}
    ),
    why_private="whose links contain tokens",
    if_deleted="everything is delivered again",
    error=DeltaStoreError,
)
