# Made by codegen from archive/graph_meetings_archive/__init__.py; do not edit.
"""What `graph_meetings_archive.blocking` has for the blocking client."""

from graph_meetings_blocking_archive.archive import Archive
from graph_meetings_blocking_archive.organizers import (
    organizers_from_call_records,
    organizers_from_file,
    organizers_from_group,
    organizers_from_users,
)

__all__ = [
    "Archive",
    "organizers_from_call_records",
    "organizers_from_file",
    "organizers_from_group",
    "organizers_from_users",
]
