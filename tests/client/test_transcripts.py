"""Transcripts: their formats, their cues, the tenant's switches, the recording beside them."""

import warnings
from datetime import timedelta
from pathlib import Path

import pytest

from graph_meetings import (
    CallTranscript,
    ContentRequestBuilder,
    DamagedCueWarning,
    GraphMeetingsClient,
    MalformedResponse,
    Retry,
    SpeakerAttributionNotAllowed,
    TranscriptContentRequestBuilder,
    TranscriptsDisabled,
    cues_to_markdown,
    read_cues,
)
from graph_meetings_emulator import Emulator
from tests.support.credentials import StaticCredential
from tests.support.raw_server import answer, raw_server

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


# Cues


def cues_of(graph: GraphMeetingsClient) -> TranscriptContentRequestBuilder:
    return graph.me.online_meetings.by_online_meeting_id("m").transcripts.by_call_transcript_id("t").content


def client(base_url: str) -> GraphMeetingsClient:
    return GraphMeetingsClient(StaticCredential("TOKEN-SECRET"), base_url=base_url, retry=Retry(attempts=1))


def vtt(body: str) -> bytes:
    return answer("200 OK", f"WEBVTT\n\n{body}".encode(), ["Content-Type: text/vtt"])


async def test_both_forms_of_a_transcript_have_the_same_cues(
    graph: GraphMeetingsClient, organizer: str, transcript: CallTranscript, tmp_path: Path
) -> None:
    content = graph.content_of(transcript)
    cues = await content.cues()
    meeting = graph.users.by_user_id(organizer).online_meetings.by_online_meeting_id(str(transcript.meeting_id))
    detailed = await meeting.transcripts.by_call_transcript_id(str(transcript.id)).metadata_content.cues()
    said = [(cue.start, cue.end, cue.speaker, cue.text) for cue in cues]
    assert said == [(cue.start, cue.end, cue.speaker, cue.text) for cue in detailed]
    assert ({cue.language for cue in cues}, {cue.language for cue in detailed}) == ({None}, {"en-us"})
    assert cues[0].start == timedelta(seconds=-3.1)
    assert (
        (cues[1].start, cues[1].text)
        != (cues[2].start, cues[2].text)
        == (cues[1].start, "You mean 5 --> 6 & not <b>4</b>?")
    )
    assert "5 --\\> 6 \\& not \\<b\\>4\\</b\\>" in cues_to_markdown(cues)
    await content.download(tmp_path / "x.vtt")
    assert read_cues((tmp_path / "x.vtt").read_bytes()) == cues


async def test_a_recording_has_no_cues(graph: GraphMeetingsClient, organizer: str) -> None:
    page = await graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get()
    content = graph.content_of(page.value[0])
    assert isinstance(content, ContentRequestBuilder)
    assert not hasattr(content, "cues")


async def test_the_format_without_speakers_has_no_cues(graph: GraphMeetingsClient, transcript: CallTranscript) -> None:
    with pytest.raises(MalformedResponse, match="not WebVTT"):
        await graph.content_of(transcript).cues(accept=WITHOUT_SPEAKERS)


async def test_what_is_not_webvtt_is_an_error_that_names_the_request_and_keeps_nothing() -> None:
    body = b"0:1 --> 0:2\nTOKEN-SECRET"
    async with (
        raw_server(answer("200 OK", body, ["Content-Type: text/vtt"])) as server,
        client(server.base_url) as graph,
    ):
        with pytest.raises(MalformedResponse, match="the transcript is not WebVTT") as caught:
            await cues_of(graph).cues()
    assert caught.value.request == "GET /me/onlineMeetings/m/transcripts/t/content"
    trace = caught.value.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            assert "TOKEN-SECRET" not in repr(trace.tb_frame.f_locals)
        trace = trace.tb_next


async def test_a_damaged_cue_is_a_warning_where_the_cues_were_asked_for() -> None:
    body = "0:1 --> 0:2\n<v Ann>One.\n\n0:x --> 0:y\nSECRET\n\n0:3 --> 0:4\n<v Bob>Two."
    async with raw_server(vtt(body)) as server, client(server.base_url) as graph:
        with pytest.warns(DamagedCueWarning) as warned:
            cues = await cues_of(graph).cues()
    assert [cue.text for cue in cues] == ["One.", "Two."]
    (warning,) = warned
    assert str(warning.message) == (
        "a part of the transcript (GET /me/onlineMeetings/m/transcripts/t/content) was left out: "
        "line 6: a cue without valid times"
    )
    assert warning.filename == __file__


async def test_a_transcript_that_is_all_damaged_has_few_warnings() -> None:
    async with raw_server(vtt("x\n\n" * 10_000)) as server, client(server.base_url) as graph:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            assert await cues_of(graph).cues() == []
    assert len(warned) == 17
    assert str(warned[-1].message).startswith("9984 more parts of the transcript (GET /me/")


async def test_a_transcript_larger_than_any_is_not_kept() -> None:
    page = answer("200 OK", bytes((16 << 20) + 1), ["Content-Type: text/vtt"])
    async with raw_server(page) as server, client(server.base_url) as graph:
        with pytest.raises(MalformedResponse, match="the content is larger than 16777216 bytes") as caught:
            await cues_of(graph).cues()
    assert caught.value.request == "GET /me/onlineMeetings/m/transcripts/t/content"
