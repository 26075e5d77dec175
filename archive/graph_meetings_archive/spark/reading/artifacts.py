"""Recordings and transcripts of an organizer, and the cues of transcripts."""

from collections.abc import Iterator, Sequence
from typing import Any

from graph_meetings import CallRecording, CallTranscript, FieldError, GraphError, NotFound, SpeakerAttributionNotAllowed
from graph_meetings_archive.spark.planning.work import Period
from graph_meetings_archive.spark.reading.rows import Rows, each_once, moment_of
from graph_meetings_blocking_archive.feeds.pages import whole
from graph_meetings_runtime.tables.arrow import ArrowTable


def artifacts_of(rows: Rows, organizer: str, period: Period) -> list[ArrowTable]:
    """Return the rows of an organizer.

    Raises:
        GraphError: a request failed, and the organizer must not be skipped.
    """
    try:
        pages = _pages(rows, organizer, period)
        return [table for page in pages for table in rows_of_artifacts(rows, page, organizer)]
    except (GraphError, FieldError) as error:
        return rows.failed(f"the organizer {organizer}", error)


def rows_of_artifacts(rows: Rows, artifacts: Sequence[Any], organizer: str) -> list[ArrowTable]:
    """Return the rows of artifacts, or of their cues.

    Args:
        rows: of the read.
        artifacts: recordings or transcripts.
        organizer: the organizer, for artifacts that do not name theirs.

    Raises:
        GraphError: a transcript could not be read.
    """
    if rows.options.table == "transcript_cues":
        return [table for each in artifacts for table in _cues(rows, organizer, each)]
    known = [each for each in artifacts if _owner(each)]
    others = [each for each in artifacts if not _owner(each)]
    return [*rows.of(known), *rows.of(others, organizer_id=organizer)]


def _pages(rows: Rows, organizer: str, period: Period) -> Iterator[list[Any]]:
    meetings = rows.graph.users.by_user_id(organizer).online_meetings
    seen: set[str] = set()
    pager: Any
    if rows.options.table == "recordings":
        pager = meetings.get_all_recordings(start_date_time=period.start, end_date_time=period.end).list()
    else:
        pager = meetings.get_all_transcripts(start_date_time=period.start, end_date_time=period.end).list()
    for page in whole(pager):
        yield [each for each in each_once(page.value, seen) if period.has(moment_of(each, "created_date_time"))]


def _cues(rows: Rows, organizer: str, transcript: CallTranscript) -> list[ArrowTable]:
    try:
        cues = rows.graph.content_of(transcript, user=organizer).cues()
    except (NotFound, SpeakerAttributionNotAllowed):  # removed by now, or speakers must not be named
        return []
    return rows.of(
        cues,
        organizer_id=_owner(transcript) or organizer,
        meeting_id=transcript.meeting_id,
        transcript_id=transcript.id,
    )


def _owner(artifact: CallRecording | CallTranscript) -> str | None:
    """Return the id of the organizer, if the artifact names them."""
    organizer = artifact.raw.get("meetingOrganizer")
    user = organizer.get("user") if isinstance(organizer, dict) else None
    id_ = user.get("id") if isinstance(user, dict) else None
    return id_ if isinstance(id_, str) and id_ else None
