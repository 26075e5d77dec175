"""Transcripts: their formats, the tenant's switches, the recording beside them."""

from pathlib import Path

import pytest

from graph_meetings import CallTranscript, GraphMeetingsClient
from graph_meetings_emulator import Emulator
from graph_meetings_runtime import SpeakerAttributionNotAllowed, TranscriptsDisabled

WITHOUT_SPEAKERS = "application/vnd.microsoft.graph.transcript+text"


@pytest.fixture
async def transcript(graph: GraphMeetingsClient, organizer: str) -> CallTranscript:
    page = await graph.users.by_user_id(organizer).online_meetings.get_all_transcripts().get()
    return page.value[0]


async def test_a_transcript_is_vtt_with_speakers_unless_told_otherwise(
    emulator: Emulator, graph: GraphMeetingsClient, transcript: CallTranscript, tmp_path: Path
) -> None:
    content = graph.content_of(transcript)
    attributed = await content.get()
    assert attributed.startswith(b"WEBVTT")
    assert b"<v " in attributed
    assert emulator.requests[-1].headers["accept"] == "text/vtt"
    assert await content.get(format="text/vtt") == attributed
    assert "format=text" in emulator.requests[-1].target
    plain = await content.get(accept=WITHOUT_SPEAKERS)
    assert b"<v " not in plain
    result = await content.download(tmp_path / "x.txt", accept=WITHOUT_SPEAKERS)
    assert (tmp_path / "x.txt").read_bytes() == plain
    assert str(result.content_type).startswith(WITHOUT_SPEAKERS)


async def test_the_recording_of_a_transcript_has_its_correlation_id(
    graph: GraphMeetingsClient, organizer: str, transcript: CallTranscript
) -> None:
    meeting = graph.users.by_user_id(organizer).online_meetings.by_online_meeting_id(str(transcript.meeting_id))
    condition = f"contentCorrelationId eq '{transcript.content_correlation_id}'"
    page = await meeting.recordings.get(filter=condition)
    assert [recording.content_correlation_id for recording in page.value] == [transcript.content_correlation_id]


async def test_the_tenants_switches_are_errors_of_their_own(
    emulator: Emulator, graph: GraphMeetingsClient, transcript: CallTranscript
) -> None:
    content = graph.content_of(transcript)
    emulator.tenant.speaker_attribution_allowed = False
    with pytest.raises(SpeakerAttributionNotAllowed, match="text without them"):
        await content.get()
    assert await content.get(accept=WITHOUT_SPEAKERS)
    emulator.tenant.transcripts_disabled = True
    with pytest.raises(TranscriptsDisabled, match="only an administrator can switch it on"):
        await content.get(accept=WITHOUT_SPEAKERS)
