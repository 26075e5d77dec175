"""Attendance of webinars and town halls."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from graph_meetings import FieldError, GraphError
from graph_meetings_archive.feeds.attendance.attendance_reports import FEED, Attended
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.feeds.options import Attendance
from graph_meetings_archive.feeds.pages import whole
from graph_meetings_archive.feeds.run import STOPS_A_FEED, Run
from graph_meetings_archive.outcome.summary import Failure
from graph_meetings_runtime.asynchronous.concurrency import for_each

if TYPE_CHECKING:
    from graph_meetings.request_builders import VirtualEventSessionsRequestBuilder

_ROLE: Final = "organizer"
_SESSIONS_AT_ONCE: Final = 4


async def update_virtual_events(run: Run, options: Attendance, organizer: str) -> None:
    """Archive the reports, of the webinars and town halls that a user organizes, that are new.

    Args:
        run: the update.
        options: what is asked for.
        organizer: id of the user.

    Raises:
        GraphError: the service failed; what came before that is archived.
        ArchiveError: the archive cannot be written.
    """

    async def update(sessions: "VirtualEventSessionsRequestBuilder") -> None:
        try:
            async for page in whole(sessions.list()):
                for session in page.value:
                    reports = sessions.by_virtual_event_session_id(session.id).attendance_reports
                    malformed = Malformed(run.report, FEED, organizer)
                    await Attended(organizer, session.id, reports, malformed, options.since).update(run)
        except STOPS_A_FEED:
            raise
        except GraphError as error:
            run.report.failed(FEED, organizer, error)
        except FieldError as error:
            run.report.add(Failure(FEED, organizer, f"{error}"))

    async with aclosing(_sessions(run, organizer)) as sessions:
        await for_each(update, sessions, _SESSIONS_AT_ONCE)


async def _sessions(run: Run, organizer: str) -> AsyncGenerator["VirtualEventSessionsRequestBuilder"]:
    """Iterate over the requests under the sessions of each webinar and town hall."""
    events = run.graph.solutions.virtual_events
    async for webinars in whole(events.webinars.get_by_user_id_and_role(user_id=organizer, role=_ROLE).list()):
        for webinar in webinars.value:
            yield events.webinars.by_virtual_event_webinar_id(webinar.id).sessions
    async for townhalls in whole(events.townhalls.get_by_user_id_and_role(user_id=organizer, role=_ROLE).list()):
        for townhall in townhalls.value:
            yield events.townhalls.by_virtual_event_townhall_id(townhall.id).sessions
