"""Tables of what the service has: `tables.sessions`, `tables.recordings` and so on, all of them in `tables.ALL`."""

from graph_meetings.tables import (
    ALL,
    attendance,
    attendance_intervals,
    attendance_reports,
    calls,
    direct_routing_calls,
    meetings,
    participants,
    pstn_calls,
    recordings,
    segments,
    sessions,
    streams,
    transcript_cues,
    transcripts,
)
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import ColumnType
from graph_meetings_runtime.tables.problems import MalformedValue, OnProblem, Problem, Problems
from graph_meetings_runtime.tables.schema import Schema
from graph_meetings_runtime.tables.table import Item, Table

__all__ = [
    "ALL",
    "Column",
    "ColumnType",
    "Item",
    "MalformedValue",
    "OnProblem",
    "Problem",
    "Problems",
    "Schema",
    "Table",
    "attendance",
    "attendance_intervals",
    "attendance_reports",
    "calls",
    "direct_routing_calls",
    "meetings",
    "participants",
    "pstn_calls",
    "recordings",
    "segments",
    "sessions",
    "streams",
    "transcript_cues",
    "transcripts",
]
