"""Recordings and transcripts of an organizer, or of one meeting."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from graph_meetings.blocking import CallRecording, CallTranscript
from graph_meetings_archive.command.finding.meetings import meeting_id
from graph_meetings_archive.command.finding.organizers import Organizer, require_app
from graph_meetings_archive.command.output.columns import handle_of
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.selection import Period

A = TypeVar("A", CallRecording, CallTranscript)


def recordings_of(organizer: Organizer, meeting: str | None, period: Period) -> Iterator[CallRecording]:
    """Yield the recordings of an organizer, or of one meeting."""
    meetings = organizer.user.online_meetings
    if meeting is None:
        require_app(organizer)
        yield from meetings.get_all_recordings(start_date_time=period.start, end_date_time=period.end).list()
    else:
        of_one = meetings.by_online_meeting_id(meeting_id(organizer, meeting)).recordings.list()
        yield from (recording for recording in of_one if period.has(recording.created_date_time))


def transcripts_of(organizer: Organizer, meeting: str | None, period: Period) -> Iterator[CallTranscript]:
    """Yield the transcripts of an organizer, or of one meeting."""
    meetings = organizer.user.online_meetings
    if meeting is None:
        require_app(organizer)
        yield from meetings.get_all_transcripts(start_date_time=period.start, end_date_time=period.end).list()
    else:
        of_one = meetings.by_online_meeting_id(meeting_id(organizer, meeting)).transcripts.list()
        yield from (transcript for transcript in of_one if period.has(transcript.created_date_time))


def chosen(artifacts: Iterable[A], names: Sequence[str]) -> list[A]:
    """Return the artifacts with the given ids or handles.

    Raises:
        CommandFailed: there is none with one of the ids.
    """
    wanted = set(names)
    found = {name: artifact for artifact in artifacts for name in _names(artifact) & wanted}
    missing = [name for name in names if name not in found]
    if missing:
        raise CommandFailed(
            f"the organizer has nothing with the id {missing[0]}",
            hint="list shows what there is; --since and --meeting may leave it out",
            status=1,
        )
    return [found[name] for name in dict.fromkeys(names)]


def _names(artifact: CallRecording | CallTranscript) -> set[str]:
    return {artifact.id, handle_of(artifact.id)}
