"""The kinds of units, and their tables."""

from typing import Final

from graph_meetings import tables
from graph_meetings_archive.storage.unit import REMOVED, Kind, StoredTable
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType
from graph_meetings_runtime.tables.table import Table

CONTENT_COLUMNS: Final = (
    Column("content_file", ColumnType.TEXT, "The file with the content, below the folder of the archive."),
    Column("content_size", ColumnType.INTEGER, "Bytes of that file."),
    Column("content_sha256", ColumnType.TEXT, "SHA-256 of that file, in hexadecimal digits."),
    Column("content_problem", ColumnType.TEXT, "Why there is no content, if it was asked for."),
    Column(REMOVED, ColumnType.BOOLEAN, "Whether the service has removed it since.", nullable=False),
)
"""What the archive adds to recordings and transcripts."""


def _stored(table: Table, owner: int = 1, added: tuple[Column, ...] = ()) -> StoredTable:
    return StoredTable(table.name, (*table.schema, *added), table.key, table.key[:owner])


def _cues() -> StoredTable:
    """Return the table of cues. Two organizers may have transcripts of the same id, as far as an archive knows."""
    table = tables.transcript_cues
    key = ("organizer_id", *table.key)
    return StoredTable(table.name, tuple(table.schema), key, key[:2])


RECORDINGS: Final = Kind("recordings", (_stored(tables.recordings, 2, CONTENT_COLUMNS),))
TRANSCRIPTS: Final = Kind("transcripts", (_stored(tables.transcripts, 2, CONTENT_COLUMNS), _cues()))
MEETINGS: Final = Kind("meetings", (_stored(tables.meetings, 2),))
ATTENDANCE_REPORTS: Final = Kind(
    "attendance_reports",
    (_stored(tables.attendance_reports), _stored(tables.attendance), _stored(tables.attendance_intervals)),
)
CALLS: Final = Kind(
    "calls",
    (
        _stored(tables.calls),
        _stored(tables.participants),
        _stored(tables.sessions),
        _stored(tables.segments),
        _stored(tables.streams),
    ),
)
PSTN_CALLS: Final = Kind("pstn_calls", (_stored(tables.pstn_calls),))
DIRECT_ROUTING_CALLS: Final = Kind("direct_routing_calls", (_stored(tables.direct_routing_calls),))

KINDS: Final = (RECORDINGS, TRANSCRIPTS, MEETINGS, ATTENDANCE_REPORTS, CALLS, PSTN_CALLS, DIRECT_ROUTING_CALLS)
