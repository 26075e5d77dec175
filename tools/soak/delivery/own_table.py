"""A table of the handler's own in the store's file: what was delivered, for downloads."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from graph_meetings import CallRecording, Change
from graph_meetings_runtime.json_codec import decode_json


def write(changes: Iterable[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    """Write what was delivered."""
    # Without a key, so that there is room for what is delivered twice.
    connection.execute("CREATE TABLE IF NOT EXISTS own (id TEXT, recording BLOB)")
    rows = [(change.item.id, change.item.to_json()) for change in changes]
    connection.executemany("INSERT INTO own VALUES (?, ?)", rows)


def read(path: Path) -> list[CallRecording]:
    """Read all of it; nothing where nothing was delivered yet.

    Args:
        path: of the store's file.
    """
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'own'").fetchall():
            return []
        rows: list[tuple[bytes]] = connection.execute("SELECT recording FROM own").fetchall()
    return [_recording(content) for (content,) in rows]


def _recording(content: bytes) -> CallRecording:
    raw = decode_json(content)
    assert isinstance(raw, dict)
    return CallRecording.from_raw(raw)
