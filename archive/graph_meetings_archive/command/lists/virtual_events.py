"""The commands `graph-meetings webinars` and `graph-meetings townhalls`."""

from itertools import islice
from typing import Final

from cyclopts import App

from graph_meetings_archive.command.finding.organizers import find_organizer
from graph_meetings_archive.command.finding.virtual_events import Event, EventKind, events_of, organizer_of_event
from graph_meetings_archive.command.output.columns import Row, handle, text
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Output
from graph_meetings_archive.command.usage.selection import AnyOrganizerName, Top
from graph_meetings_archive.tables import Column, ColumnType, Schema

webinars: Final = App(name="webinars")
townhalls: Final = App(name="townhalls")

_SCHEMA: Final = Schema(
    (
        Column("id", ColumnType.TEXT, "Id of the webinar or town hall."),
        Column("organizer_id", ColumnType.TEXT, "Id of the user who organizes it."),
        Column("organizer_display_name", ColumnType.TEXT, "Name of that user."),
        Column("display_name", ColumnType.TEXT, "Its name."),
        Column("status", ColumnType.TEXT, "`draft`, `published` or `canceled`."),
        Column("start_date_time", ColumnType.TEXT, "When it begins, in its time zone."),
        Column("start_time_zone", ColumnType.TEXT, "That time zone, as the service names it."),
        Column("end_date_time", ColumnType.TEXT, "When it ends, in its time zone."),
        Column("end_time_zone", ColumnType.TEXT, "That time zone, as the service names it."),
    )
)
_COLUMNS: Final = (
    text("Start", "start", width=20),
    text("Name", "display_name"),
    text("Status", "status", width=9),
    handle("Id", "id"),
)
_TO_THE_MINUTE: Final = len("2026-01-31T14:00")


@webinars.command(name="list")
def list_webinars(
    *,
    organizer: AnyOrganizerName = None,
    top: Top = None,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """List webinars. To list who attended one: attendance list --webinar ID.

    For an app, the service leaves out those whose organizers have no application access policy.
    """
    _list("webinar", organizer, top, output, connection)


@townhalls.command(name="list")
def list_townhalls(
    *,
    organizer: AnyOrganizerName = None,
    top: Top = None,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """List town halls. To list who attended one: attendance list --townhall ID.

    For an app, the service leaves out those whose organizers have no application access policy.
    """
    _list("townhall", organizer, top, output, connection)


def _list(kind: EventKind, organizer: str | None, top: int | None, output: Output, connection: Connection) -> None:
    with open_client(connection) as graph:
        whose = None if organizer is None else find_organizer(graph, organizer)
        events = islice(events_of(graph, kind, whose), top)
        print_rows(map(_row, events), _SCHEMA, _COLUMNS, output.format)


def _row(event: Event) -> Row:
    start, end = event.start_date_time, event.end_date_time
    user = None if event.created_by is None else event.created_by.user
    return {
        "id": event.id,
        "organizer_id": organizer_of_event(event),
        "organizer_display_name": None if user is None else user.display_name,
        "display_name": event.display_name,
        "status": event.status,
        "start_date_time": start and start.date_time,
        "start_time_zone": start and start.time_zone,
        "end_date_time": end and end.date_time,
        "end_time_zone": end and end.time_zone,
        "start": start and _shown(start.date_time, start.time_zone),
    }


def _shown(time: str | None, zone: str | None) -> str | None:
    return None if time is None else f"{time[:_TO_THE_MINUTE].replace('T', ' ')} {zone or ''}".rstrip()
