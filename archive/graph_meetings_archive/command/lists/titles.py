"""Transcripts as Markdown, under the subjects of their meetings."""

from datetime import UTC

from graph_meetings.blocking import AccessDenied, CallTranscript, Cue, FieldError, NotFound, cues_to_markdown
from graph_meetings_archive.command.finding.organizers import Organizer
from graph_meetings_archive.command.lists.downloads import created
from graph_meetings_archive.command.output.failed_requests import message_of
from graph_meetings_archive.command.output.messages import warn


class Titles:
    """Puts titles above the transcripts of an organizer.

    Args:
        organizer: of the meetings.
    """

    def __init__(self, organizer: Organizer) -> None:
        self._meetings = organizer.user.online_meetings
        self._subjects: dict[str, str | None] = {}
        self._is_denied = False

    def markdown(self, transcript: CallTranscript, cues: list[Cue]) -> str:
        """Return a transcript as Markdown: the meeting's subject and the time, then what was said."""
        moment = created(transcript, UTC)
        when = "undated" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
        return cues_to_markdown(cues, title=f"{self._subject(transcript) or 'Transcript'}, {when}")

    def _subject(self, transcript: CallTranscript) -> str | None:
        """Return the subject of the meeting, if it has one and may be read."""
        meeting = transcript.meeting_id
        if not meeting or self._is_denied:
            return None
        if meeting not in self._subjects:
            self._subjects[meeting] = self._read(meeting)
        return self._subjects[meeting]

    def _read(self, meeting: str) -> str | None:
        try:
            return self._meetings.by_online_meeting_id(meeting).get().subject
        except (NotFound, FieldError):
            return None
        except AccessDenied as error:
            if not self._is_denied:  # else another thread has said so
                self._is_denied = True
                warn(f"the files have no subjects of meetings: {message_of(error)}")
            return None
