"""The public API as a user writes it; type-checked by mypy and pyright in strict mode, never run."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import DefaultAzureCredential

from graph_meetings import (
    ActionRequestBuilder,
    AttendanceRecord,
    CallRecord,
    CallRecording,
    CallTranscript,
    CallType,
    Change,
    Cloud,
    ContentRequestBuilder,
    Cue,
    DamagedCue,
    DeltaStore,
    DownloadResult,
    DownloadSummary,
    Filter,
    GraphError,
    GraphMeetingsClient,
    Identity,
    IdentitySet,
    InTransaction,
    MeetingAttendanceReport,
    Modality,
    OnlineMeeting,
    OnlineMeetingPresenters,
    Organizer,
    Page,
    Participant,
    Permissions,
    Prefer,
    Progress,
    PstnCallLogRow,
    Retry,
    Segment,
    Session,
    Subscription,
    SyncResult,
    TranscriptContentRequestBuilder,
    beta,
    blocking,
    cues_to_json_lines,
    cues_to_markdown,
    cues_to_text,
    organizer_of,
    read_cues,
    sync,
)
from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.models.fields.field import Field, KeyField, SecretField


async def recordings(
    organizer: str, jan15: datetime, jan31: date, m: str, r: str, saved_link: str | None
) -> str | None:
    async with GraphMeetingsClient(DefaultAzureCredential(), cloud=Cloud.GLOBAL) as graph:
        assert_type(graph, GraphMeetingsClient)
        meetings = graph.users.by_user_id(organizer).online_meetings

        recordings = meetings.get_all_recordings(start_date_time=jan15, end_date_time=jan31)
        page = await recordings.get(top=50)
        assert_type(page, Page[CallRecording])
        assert_type(page.value, list[CallRecording])
        assert_type(page.odata_next_link, str | None)
        assert_type(page.odata_count, int | None)
        assert_type([item.id for item in page], list[str])
        assert_type(len(page), int)
        assert_type(page[0], CallRecording)
        assert_type(page[:2], list[CallRecording])
        assert_type(page.to_list(), list[dict[str, Any]])
        async for recording in recordings.list():
            assert_type(recording, CallRecording)
            read(recording)

        changes = meetings.get_all_recordings().delta().changes(since=saved_link)
        async for change in changes:
            assert_type(change, Change[CallRecording])
            assert_type(change.item, CallRecording)
            assert_type(change.removed, bool)
            assert_type(change.reason, str | None)
        assert_type(changes.delta_link, str | None)

        content = meetings.by_online_meeting_id(m).recordings.by_call_recording_id(r).content
        result = await content.download("standup.mp4", progress=print)
        assert_type(result, DownloadResult)
        assert_type(result.path, Path)
        async with content.stream() as stream:
            async for chunk in stream:
                assert_type(chunk, bytes)
        data = await content.get()
        assert_type(data, bytes)
        await graph.content_of(await anything(recordings.list())).download(Path("x.mp4"), progress=show, overwrite=True)
        summary = await graph.download_many(recordings.list(), "recordings", concurrency=4)
        assert_type(summary, DownloadSummary[CallRecording])
        for outcome in summary.failed:
            assert_type(outcome.artifact, CallRecording)
        await graph.download_many(
            meetings.get_all_transcripts().list(),
            "transcripts",
            render=lambda transcript, cues: cues_to_markdown(cues, title=transcript.meeting_id),
        )
        with DeltaStore("recordings.db") as store:
            feed = meetings.get_all_recordings().delta()
            assert_type(await sync(feed, store, handle), SyncResult)
            await sync(feed, store, InTransaction(write), name="recordings")
        return changes.delta_link


async def handle(change: Change[CallRecording]) -> None:
    assert_type(change.item.id, str)


def write(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    connection.executemany("INSERT INTO mine VALUES (?)", [(change.item.id,) for change in changes])


async def one_by_one(graph: GraphMeetingsClient, organizer: str) -> None:
    recordings = graph.users.by_user_id(organizer).online_meetings.by_online_meeting_id("m").recordings
    async for recording in recordings.list():
        again = await recordings.by_call_recording_id(recording.id).get()
        assert_type(again.id, str)
        recording.id = again.id


async def anything(items: object) -> CallRecording:
    assert isinstance(items, AsyncIterator)
    return CallRecording(call_id="1")


async def meetings(graph: GraphMeetingsClient) -> None:
    page = await graph.me.online_meetings.get(filter="joinMeetingIdSettings/joinMeetingId eq '1'")
    assert_type(page, Page[OnlineMeeting])
    assert_type(await graph.me.online_meetings.find("https://teams.microsoft.com/meet/1"), OnlineMeeting | None)
    item = graph.me.online_meetings.by_online_meeting_id("m")
    meeting = await item.get(select=[OnlineMeeting.subject, "id"], prefer=Prefer(omit_values="nulls"))
    assert_type(meeting, OnlineMeeting)
    assert_type(meeting.subject, str | None)
    assert_type(meeting.allow_recording, bool | None)
    assert_type(meeting.allowed_presenters, OnlineMeetingPresenters | None)
    if meeting.allowed_presenters is not None:
        assert_type(meeting.allowed_presenters.is_known, bool)
    assert_type(await item.recordings.get(count=True), Page[CallRecording])
    async for change in item.recordings.delta().changes(resync=True):
        assert_type(change.item, CallRecording)


async def call_records(graph: GraphMeetingsClient, a: datetime, b: datetime, someone: str, i: str) -> None:
    records = graph.communications.call_records
    async for record in records.list(
        filter=(CallRecord.start_date_time >= a)
        & (CallRecord.start_date_time < b)
        & CallRecord.participants_v2.any(Participant.id == someone),
        select=[CallRecord.id, CallRecord.version],
        prefer=Prefer(max_page_size=60, include_unknown_enum_members=True, omit_values="nulls"),
    ):
        assert_type(record, CallRecord)
        assert_type(record.version, int | None)
        assert_type(record.modalities, list[Modality] | None)
        assert_type(record.organizer_v2, Organizer | None)
    builder = records.by_call_record_id(i)
    record = await builder.get(expand=[CallRecord.sessions.expand(Session.segments)])
    assert_type(record.sessions, list[Session] | None)
    async for session in builder.expanded(record, CallRecord.sessions):
        assert_type(session, Session)
    async for session in builder.sessions.list(expand="segments"):
        assert_type(session.segments, list[Segment] | None)
    async for row in records.get_pstn_calls(from_date_time=a, to_date_time="2026-01-15").list():
        assert_type(row, PstnCallLogRow)
        assert_type(row.charge, Decimal | None)
        assert_type(row.duration, int | None)
    assert_type(await graph.meeting_of(record), OnlineMeeting | None)
    assert_type(organizer_of(record), str | None)
    assert_type(records.permissions, Permissions | None)


async def attendance(graph: GraphMeetingsClient, m: str, p: str, w: str, s: str) -> None:
    report = graph.me.online_meetings.by_online_meeting_id(m).attendance_reports.by_meeting_attendance_report_id(p)
    assert_type(await report.get(expand="attendanceRecords"), MeetingAttendanceReport)
    async for attendee in report.attendance_records.list():
        assert_type(attendee, AttendanceRecord)
        assert_type(attendee.total_attendance_in_seconds, int | None)
    sessions = graph.solutions.virtual_events.webinars.by_virtual_event_webinar_id(w).sessions
    assert_type(await sessions.by_virtual_event_session_id(s).attendance_reports.get(), Page[MeetingAttendanceReport])


async def transcripts(graph: GraphMeetingsClient, m: str, t: str) -> None:
    transcript = graph.me.online_meetings.by_online_meeting_id(m).transcripts.by_call_transcript_id(t)
    assert_type(await transcript.content.get(format="text/vtt"), bytes)
    assert_type(await transcript.metadata_content.get(), bytes)
    assert_type(await transcript.get(), CallTranscript)
    await graph.content_of(await transcript.get()).download("x.vtt", accept="text/vtt")
    assert_type(graph.content_of(await transcript.get()), TranscriptContentRequestBuilder)
    assert_type(await transcript.metadata_content.cues(), list[Cue])
    cues = await graph.content_of(await transcript.get()).cues()
    assert_type((cues[0].start, cues[0].speaker), tuple[timedelta, str | None])
    assert_type(cues_to_text(cues) + cues_to_markdown(cues) + cues_to_json_lines(cues), str)
    damaged: list[DamagedCue] = []
    assert_type(read_cues(b"WEBVTT", damaged.append), list[Cue])


def blocking_transcripts(graph: blocking.GraphMeetingsClient, transcript: CallTranscript) -> None:
    assert_type(graph.content_of(transcript), blocking.TranscriptContentRequestBuilder)
    assert_type(graph.content_of(transcript).cues(), list[Cue])


async def contents(
    graph: GraphMeetingsClient, recording: CallRecording, artifact: CallRecording | CallTranscript
) -> None:
    assert_type(graph.content_of(recording), ContentRequestBuilder)
    content = graph.content_of(artifact)
    if isinstance(content, TranscriptContentRequestBuilder):
        assert_type(await content.cues(), list[Cue])


def conditions(a: datetime) -> None:
    assert_type(CallRecord.start_date_time >= a, Filter)
    assert_type(~(CallRecord.version == 1) | CallRecord.join_web_url.startswith("https"), Filter)
    assert_type(CallRecord.type == CallType.GroupCall, Filter)
    assert_type(CallRecord.type.in_([CallType.GroupCall]), Filter)


async def beta_logs(graph: beta.GraphMeetingsClient, a: datetime) -> None:
    async for row in graph.communications.call_records.get_sms_log(from_date_time=a, to_date_time=a).list():
        assert_type(row, beta.SmsLogRow)


def read(recording: CallRecording) -> None:
    assert_type(recording.id, str)
    assert_type(recording.created_date_time, datetime | None)
    assert_type(recording.meeting_organizer, IdentitySet | None)
    assert_type(recording.raw, dict[str, JsonValue])
    assert_type(recording.to_dict(), dict[str, Any])
    assert_type(dict(recording), dict[str, Any])
    assert_type(recording["call_id"], Any)
    assert_type(recording.meeting_organizer and recording.meeting_organizer.user, Identity | None)
    if recording.meeting_organizer is not None:
        assert_type(recording.meeting_organizer.user, Identity | None)
    recording.call_id = "2"


def classes() -> None:
    assert_type(CallRecording.id, KeyField[str])
    assert_type(CallRecording.id == "r", Filter)
    assert_type(CallRecording.created_date_time, Field[datetime])
    assert_type(CallRecording.meeting_organizer, Field[IdentitySet])


async def subscriptions(graph: GraphMeetingsClient, until: datetime) -> None:
    created = await graph.subscriptions.post(Subscription(resource="communications/callRecords"))
    assert_type(created, Subscription)
    assert_type(Subscription.client_state, SecretField[str])
    assert_type(created.client_state, str | None)
    one = graph.subscriptions.by_subscription_id(created.id)
    assert_type(await one.patch(Subscription(expiration_date_time=until), headers={"x": "y"}), Subscription)
    assert_type(await one.get(), Subscription)
    assert_type([each async for each in graph.subscriptions.list()], list[Subscription])
    assert_type(one.reauthorize, ActionRequestBuilder)
    await one.reauthorize.post()
    await one.delete()


def subscriptions_without_an_event_loop(graph: blocking.GraphMeetingsClient) -> None:
    created = graph.subscriptions.post(Subscription(resource="communications/callRecords"))
    assert_type(created, Subscription)
    graph.subscriptions.by_subscription_id(created.id).reauthorize.post()
    graph.subscriptions.by_subscription_id(created.id).delete()


def show(progress: Progress) -> None:
    assert_type(progress.received, int)
    assert_type(progress.total, int | None)


async def failures(graph: GraphMeetingsClient, credential: AsyncTokenCredential) -> None:
    try:
        await graph.me.online_meetings.get()
    except GraphError as error:
        assert_type(error.status, int | None)
        assert_type(error.code, str | None)
        assert_type(error.hint, str | None)
        assert_type(error.may_have_taken_effect, bool)
        assert_type(error.request_id, str | None)
    GraphMeetingsClient(credential, base_url="http://127.0.0.1:8080/v1.0", retry=Retry(attempts=2))
