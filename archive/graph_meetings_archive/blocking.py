"""Archives for the blocking client: the same names, `with` instead of `async with`."""

from graph_meetings_archive.feeds.options import (
    Attendance,
    CallRecords,
    DirectRoutingCalls,
    Feed,
    MeetingReference,
    PstnCalls,
    Recordings,
    Transcripts,
)
from graph_meetings_archive.formats.formats import FormatName
from graph_meetings_archive.outcome.errors import (
    ArchiveBusy,
    ArchiveDamaged,
    ArchiveError,
    ArchiveMismatch,
    ArchiveNotWritable,
)
from graph_meetings_archive.outcome.status import ArchiveStatus, FeedStatus
from graph_meetings_archive.outcome.summary import Failure, FeedSummary, Summary
from graph_meetings_blocking_archive import (
    Archive,
    organizers_from_call_records,
    organizers_from_file,
    organizers_from_group,
    organizers_from_users,
)

__all__ = [
    "Archive",
    "ArchiveBusy",
    "ArchiveDamaged",
    "ArchiveError",
    "ArchiveMismatch",
    "ArchiveNotWritable",
    "ArchiveStatus",
    "Attendance",
    "CallRecords",
    "DirectRoutingCalls",
    "Failure",
    "Feed",
    "FeedStatus",
    "FeedSummary",
    "FormatName",
    "MeetingReference",
    "PstnCalls",
    "Recordings",
    "Summary",
    "Transcripts",
    "organizers_from_call_records",
    "organizers_from_file",
    "organizers_from_group",
    "organizers_from_users",
]
