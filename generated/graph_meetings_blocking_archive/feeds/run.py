# Made by codegen from archive/graph_meetings_archive/feeds/run.py; do not edit.
"""What the feeds of one update share."""

from dataclasses import dataclass, field
from typing import Final

from graph_meetings import AuthenticationFailed, ConnectionFailed, ServiceUnavailable, Throttled
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.outcome.report import Report
from graph_meetings_archive.storage.folder import ArchiveFolder
from graph_meetings_archive.storage.storage import Storage
from graph_meetings_blocking_archive.storage.writer import Writer

STOPS_A_FEED: Final = (AuthenticationFailed, ConnectionFailed, ServiceUnavailable, Throttled)
"""Errors after which the next request would hardly go better."""

LATER: Final = "the next update looks at it again"
"""The advice where there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """One update.

    Args:
        graph: the client.
        folder: the archive's.
        storage: what is known.
        writer: where rows go.
        report: what happened.
        concurrency: how many things are done at a time.
        tenants: those that were found to be the archive's.
    """

    graph: GraphMeetingsClient
    folder: ArchiveFolder
    storage: Storage
    writer: Writer
    report: Report
    concurrency: int
    tenants: set[str] = field(default_factory=set[str])
