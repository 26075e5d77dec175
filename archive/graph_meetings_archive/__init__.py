"""Tables and archives of meeting artifacts, and the command `graph-meetings`."""

from typing import TYPE_CHECKING

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
from graph_meetings_archive.outcome.errors import (
    ArchiveBusy,
    ArchiveDamaged,
    ArchiveError,
    ArchiveMismatch,
    ArchiveNotWritable,
)
from graph_meetings_archive.outcome.status import ArchiveStatus, FeedStatus
from graph_meetings_archive.outcome.summary import Failure, FeedSummary, Summary
from graph_meetings_runtime.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from graph_meetings_archive.archive import Archive
    from graph_meetings_archive.formats.formats import FormatName
    from graph_meetings_archive.organizers import (
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

if not TYPE_CHECKING:
    # Imported when they are first used: tables and the help of the command need no client.
    __getattr__ = lazy_imports(
        __name__,
        {
            "Archive": "graph_meetings_archive.archive",
            "FormatName": "graph_meetings_archive.formats.formats",
            "organizers_from_call_records": "graph_meetings_archive.organizers",
            "organizers_from_file": "graph_meetings_archive.organizers",
            "organizers_from_group": "graph_meetings_archive.organizers",
            "organizers_from_users": "graph_meetings_archive.organizers",
        },
    )

    def __dir__() -> list[str]:
        return [*globals(), *__all__]
