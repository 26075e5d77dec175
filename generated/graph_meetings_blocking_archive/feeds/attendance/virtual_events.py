# Made by codegen from archive/graph_meetings_archive/feeds/attendance/virtual_events.py; do not edit.
"""Attendance of webinars and town halls."""

from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Final

from graph_meetings import FieldError, GraphError
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.feeds.options import Attendance
from graph_meetings_archive.outcome.summary import Failure
from graph_meetings_blocking_archive.feeds.attendance.attendance_reports import FEED, Attended
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_blocking_archive.feeds.run import STOPS_A_FEED, Run
from graph_meetings_runtime.blocking.concurrency import for_each

if TYPE_CHECKING:
    from graph_meetings.blocking.request_builders import VirtualEventSessionsRequestBuilder

_ROLE: Final = "organizer"
_SESSIONS_AT_ONCE: Final = 4


def update_virtual_events(run: Run, options: Attendance, organizer: str) -> None:
    """Archive the reports, of the webinars and town halls that a user organizes, that are new.

    Args:
        run: the update.
        options: what is asked for.
        organizer: id of the user.

    Raises:
        GraphError: the service failed; what came before that is archived.
        ArchiveError: the archive cannot be written.
    """

    def update(sessions: "VirtualEventSessionsRequestBuilder") -> None:
        try:
            for page in whole(sessions.list()):
                for session in page.value:
                    reports = sessions.by_virtual_event_session_id(session.id).attendance_reports
                    malformed = Malformed(run.report, FEED, organizer)
                    Attended(organizer, session.id, reports, malformed, options.since).update(run)
        except STOPS_A_FEED:
            raise
        except GraphError as error:
            run.report.failed(FEED, organizer, error)
        except FieldError as error:
            run.report.add(Failure(FEED, organizer, f"{error}"))

    with closing(_sessions(run, organizer)) as sessions:
        for_each(update, sessions, _SESSIONS_AT_ONCE)


def _sessions(run: Run, organizer: str) -> Generator["VirtualEventSessionsRequestBuilder"]:
    """Iterate over the requests under the sessions of each webinar and town hall."""
    events = run.graph.solutions.virtual_events
    for webinars in whole(events.webinars.get_by_user_id_and_role(user_id=organizer, role=_ROLE).list()):
        for webinar in webinars.value:
            yield events.webinars.by_virtual_event_webinar_id(webinar.id).sessions
    for townhalls in whole(events.townhalls.get_by_user_id_and_role(user_id=organizer, role=_ROLE).list()):
        for townhall in townhalls.value:
            yield events.townhalls.by_virtual_event_townhall_id(townhall.id).sessions
