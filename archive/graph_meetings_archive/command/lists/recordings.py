"""The command `graph-meetings recordings`."""

from itertools import islice
from pathlib import Path
from typing import Final

from cyclopts import App

from graph_meetings_archive import tables
from graph_meetings_archive.command.finding.artifacts import chosen, recordings_of
from graph_meetings_archive.command.finding.organizers import find_organizer
from graph_meetings_archive.command.lists.downloads import Downloads
from graph_meetings_archive.command.output.columns import handle, moment, span
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.service.client import open_client
from graph_meetings_archive.command.usage.options import HERE, PLAIN, Connection, Flag, Output
from graph_meetings_archive.command.usage.selection import (
    ANY_TIME,
    Concurrency,
    MeetingName,
    OrganizerName,
    Period,
    Top,
)

app: Final = App(name="recordings")

_COLUMNS: Final = (
    moment("Created", "created_date_time"),
    span("Length", "created_date_time", "end_date_time"),
    handle("Recording", "id"),
    handle("Meeting", "meeting_id"),
)
_HERE: Final = Path()


@app.command(name="list")
def list_recordings(
    *,
    organizer: OrganizerName,
    meeting: MeetingName = None,
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """List the recordings of someone's meetings.

    A table shows short forms of ids, which other commands take, too. Other formats have all fields and whole ids.
    """
    with open_client(connection) as graph:
        whose = find_organizer(graph, organizer)
        found = islice(recordings_of(whose, meeting, period), top)
        print_rows(tables.recordings.rows(found), tables.recordings.schema, _COLUMNS, output.format)


@app.command(name="download")
def download_recordings(
    *ids: str,
    organizer: OrganizerName,
    meeting: MeetingName = None,
    to: Path = _HERE,
    concurrency: Concurrency = 4,
    overwrite: Flag = False,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> int:
    """Download recordings: the given ones, or all of the organizer, of a meeting or of a period.

    Files that exist are left alone, and interrupted downloads go on where they stopped. Files are named after the
    time of the recording and its id.

    Args:
        ids: Ids of recordings, whole or as a table shows them; all if none is given.
        to: Folder for the files; it is created if it does not exist.
        concurrency: How many are downloaded at a time.
        overwrite: Download again what exists, and replace it.
    """
    with open_client(connection) as graph:
        found = recordings_of(find_organizer(graph, organizer), meeting, period)
        downloads = Downloads(to, concurrency=concurrency, overwrite=overwrite)
        return downloads.run(graph, chosen(found, ids) if ids else found, output.format)
