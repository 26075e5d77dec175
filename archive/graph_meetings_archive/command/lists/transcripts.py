"""The command `graph-meetings transcripts`."""

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from graph_meetings.blocking import CallTranscript, cues_to_json_lines, cues_to_markdown, cues_to_text
from graph_meetings_archive import tables
from graph_meetings_archive.command.finding.artifacts import chosen, transcripts_of
from graph_meetings_archive.command.finding.meetings import meeting_id
from graph_meetings_archive.command.finding.organizers import Organizer, find_organizer
from graph_meetings_archive.command.lists.downloads import Downloads
from graph_meetings_archive.command.lists.titles import Titles
from graph_meetings_archive.command.output.columns import handle, is_handle, moment, span
from graph_meetings_archive.command.output.rows import print_rows
from graph_meetings_archive.command.output.terminal import is_terminal
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
from graph_meetings_runtime.log import printable_lines

if TYPE_CHECKING:
    from graph_meetings.blocking import TranscriptContentRequestBuilder

app: Final = App(name="transcripts")

TextForm: TypeAlias = Literal["text", "markdown", "jsonl", "vtt"]
FileForm: TypeAlias = Literal["vtt", "markdown"]

_COLUMNS: Final = (
    moment("Created", "created_date_time"),
    span("Length", "created_date_time", "end_date_time"),
    handle("Transcript", "id"),
    handle("Meeting", "meeting_id"),
)
_HERE: Final = Path()


@app.command(name="list")
def list_transcripts(
    *,
    organizer: OrganizerName,
    meeting: MeetingName = None,
    top: Top = None,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> None:
    """List the transcripts of someone's meetings.

    Tables show short ids, which other commands accept. The other formats have all fields and full ids.
    """
    with open_client(connection) as graph:
        whose = find_organizer(graph, organizer)
        found = islice(transcripts_of(whose, meeting, period), top)
        print_rows(tables.transcripts.rows(found), tables.transcripts.schema, _COLUMNS, output.format)


@app.command(name="show")
def show_transcript(
    id: str,
    *,
    organizer: OrganizerName,
    meeting: MeetingName = None,
    as_: Annotated[TextForm, Parameter(name="--as")] = "text",
    connection: Connection = HERE,
) -> None:
    """Print what was said in a meeting, and by whom.

    Args:
        id: Transcript id, full or as a table shows it.
        as_: `text` and `markdown` have a line or a paragraph for each turn, `jsonl` has an object for each cue, and
            `vtt` is the file that the service has.
    """
    with open_client(connection) as graph:
        content = _content(find_organizer(graph, organizer), meeting, id)
        if as_ == "vtt":
            _print(content.get(accept="text/vtt").decode(errors="replace"))
            return
        cues = content.cues()
    match as_:
        case "text":
            _print(cues_to_text(cues))
        case "markdown":
            _print(cues_to_markdown(cues))
        case "jsonl":
            sys.stdout.write(cues_to_json_lines(cues))


@app.command(name="download")
def download_transcripts(
    *ids: str,
    organizer: OrganizerName,
    meeting: MeetingName = None,
    to: Path = _HERE,
    as_: Annotated[FileForm, Parameter(name="--as")] = "vtt",
    concurrency: Concurrency = 4,
    overwrite: Flag = False,
    period: Period = ANY_TIME,
    output: Output = PLAIN,
    connection: Connection = HERE,
) -> int:
    """Download the given transcripts, or all of an organizer, a meeting or a period.

    Existing files are skipped. Files are named after the transcript's time and id.

    Args:
        ids: Transcript ids, full or as a table shows them. Default: all.
        to: Folder for the files; it is created if it does not exist.
        as_: `vtt` is the file that the service has; `markdown` has a heading with the meeting's subject and the time,
            and a paragraph for each turn.
        concurrency: How many to download at a time.
        overwrite: Download existing files again, and replace them.
    """
    with open_client(connection) as graph:
        whose = find_organizer(graph, organizer)
        found = transcripts_of(whose, meeting, period)
        downloads = Downloads[CallTranscript]("transcript", to, concurrency=concurrency, overwrite=overwrite)
        render = Titles(whose).markdown if as_ == "markdown" else None
        return downloads.run(graph, chosen(found, ids) if ids else found, output.format, render)


def _content(organizer: Organizer, meeting: str | None, id: str) -> "TranscriptContentRequestBuilder":
    if is_handle(id) or meeting is None:
        (transcript,) = chosen(transcripts_of(organizer, meeting, ANY_TIME), [id])
        of_meeting, whole_id = transcript.meeting_id or "", transcript.id
    else:
        of_meeting, whole_id = meeting_id(organizer, meeting), id
    transcripts = organizer.user.online_meetings.by_online_meeting_id(of_meeting).transcripts
    return transcripts.by_call_transcript_id(whole_id).content


def _print(text: str) -> None:
    if is_terminal():  # what people said must not move the cursor
        text = "".join(f"{printable_lines(line)}\n" for line in text.splitlines())
    sys.stdout.write(text)
