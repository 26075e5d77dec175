"""A table for delivered recordings in the delta store's own file, written by a handler in the store's transaction."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from graph_meetings import CallRecording, Change
from graph_meetings_runtime.json_codec import decode_json


def add(changes: Iterable[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    """Add the delivered recordings."""
    # No primary key: a recording that is delivered twice must show.
    connection.execute("CREATE TABLE IF NOT EXISTS delivered (id TEXT, recording BLOB)")
    rows = [(change.item.id, change.item.to_json()) for change in changes]
    connection.executemany("INSERT INTO delivered VALUES (?, ?)", rows)


def read(store: Path) -> list[CallRecording]:
    """Return the delivered recordings, in the order of delivery.

    Args:
        store: the delta store's file.
    """
    with closing(sqlite3.connect(store)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivered'").fetchall():
            return []
        rows: list[tuple[bytes]] = connection.execute("SELECT recording FROM delivered").fetchall()
    return [_recording(content) for (content,) in rows]


def _recording(content: bytes) -> CallRecording:
    raw = decode_json(content)
    assert isinstance(raw, dict)
    return CallRecording.from_raw(raw)
