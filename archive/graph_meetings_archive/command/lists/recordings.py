"""The command `graph-meetings recordings`."""

from itertools import islice
from pathlib import Path
from typing import Final

from cyclopts import App

from graph_meetings.blocking import CallRecording
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

    Tables show short ids, which other commands accept. The other formats have all fields and full ids.
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
    """Download the given recordings, or all of an organizer, a meeting or a period.

    Existing files are skipped, and interrupted downloads resume. Files are named after the recording's time and id.

    Args:
        ids: Recording ids, full or as a table shows them. Default: all.
        to: Folder for the files; it is created if it does not exist.
        concurrency: How many to download at a time.
        overwrite: Download existing files again, and replace them.
    """
    with open_client(connection) as graph:
        found = recordings_of(find_organizer(graph, organizer), meeting, period)
        downloads = Downloads[CallRecording]("recording", to, concurrency=concurrency, overwrite=overwrite)
        return downloads.run(graph, chosen(found, ids) if ids else found, output.format)
