"""The documented requests of expected-urls.tsv, each written as a user would write it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import graph_meetings
import graph_meetings.beta
from graph_meetings import CallRecord, Filter, JoinMeetingIdSettings, OnlineMeeting, Participant, Session
from graph_meetings_runtime.requests.request_information import GraphRequestInformation
from tests.support.credentials import StaticCredential

ROOT = "https://graph.microsoft.com"
Arguments = dict[str, Any]


def client(version: str = "v1.0") -> Any:
    """A client of the global cloud; any of the two packages, so its type is left open."""
    kind = graph_meetings.beta.GraphMeetingsClient if version == "beta" else graph_meetings.GraphMeetingsClient
    return kind(StaticCredential("token"))


def user(a: Arguments) -> Any:
    graph = client(a["version"])
    return graph.me if a.get("me") else graph.users.by_user_id(a["user_id"])


def meeting(a: Arguments) -> Any:
    return user(a).online_meetings.by_online_meeting_id(a["meeting_id"])


def recording(a: Arguments) -> Any:
    return meeting(a).recordings.by_call_recording_id(a["recording_id"])


def transcript(a: Arguments) -> Any:
    return meeting(a).transcripts.by_call_transcript_id(a["transcript_id"])


def all_recordings(a: Arguments) -> Any:
    return user(a).online_meetings.get_all_recordings(
        meeting_organizer_user_id=a["meeting_organizer_user_id"],
        start_date_time=a.get("start"),
        end_date_time=a.get("end"),
    )


def all_transcripts(a: Arguments) -> Any:
    return user(a).online_meetings.get_all_transcripts(
        meeting_organizer_user_id=a["meeting_organizer_user_id"],
        start_date_time=a.get("start"),
        end_date_time=a.get("end"),
    )


def recordings_delta(a: Arguments) -> Any:
    builder = all_recordings(a).delta()
    if "skiptoken" in a:
        return builder.with_url(f"{builder.to_get_request_information().url}?$skiptoken={a['skiptoken']}")
    return builder


def ad_hoc_call(a: Arguments) -> Any:
    return user(a).adhoc_calls.by_adhoc_call_id(a["call_id"])


def call_records(a: Arguments) -> Any:
    return client(a["version"]).communications.call_records


def call_record(a: Arguments) -> Any:
    return call_records(a).by_call_record_id(a["id"])


def call_records_filter(a: Arguments) -> Any:
    if "participant_id" in a:
        return CallRecord.participants_v2.any(Participant.id == a["participant_id"])
    start, end = datetime.fromisoformat(a["start_ge"]), datetime.fromisoformat(a["start_lt"])
    return (CallRecord.start_date_time >= start) & (CallRecord.start_date_time < end)


def day(text: str) -> date | str:
    return text if "T" in text else date.fromisoformat(text)


def webinars(a: Arguments) -> Any:
    return client(a["version"]).solutions.virtual_events.webinars


def webinar(a: Arguments) -> Any:
    return webinars(a).by_virtual_event_webinar_id(a["webinar_id"])


def townhalls(a: Arguments) -> Any:
    return client(a["version"]).solutions.virtual_events.townhalls


def townhall(a: Arguments) -> Any:
    return townhalls(a).by_virtual_event_townhall_id(a["townhall_id"])


def session(a: Arguments) -> Any:
    event = webinar(a) if "webinar_id" in a else townhall(a)
    return event.sessions.by_virtual_event_session_id(a["session_id"])


def ai_insights(a: Arguments) -> Any:
    users = client(a["version"]).copilot.users
    return users.by_ai_user_id(a["user_id"]).online_meetings.by_ai_online_meeting_id(a["meeting_id"]).ai_insights


def users_of_group(a: Arguments) -> Any:
    return client(a["version"]).groups.by_group_id(a["group_id"]).transitive_members.graph_user


def reports(a: Arguments) -> Any:
    return session(a).attendance_reports if "session_id" in a else meeting(a).attendance_reports


def report(a: Arguments) -> Any:
    return reports(a).by_meeting_attendance_report_id(a["report_id"])


def found_meetings(a: Arguments) -> GraphRequestInformation:
    graph = graph_meetings.GraphMeetingsClient(StaticCredential("token"))
    if "video_teleconference_id" in a:
        condition: Filter | str = f"VideoTeleconferenceId eq '{a['video_teleconference_id']}'"
        return graph.communications.online_meetings.to_get_request_information(filter=condition)
    if "join_web_url" in a:
        condition = f"JoinWebUrl eq '{a['join_web_url']}'"
    else:
        condition = (
            OnlineMeeting.join_meeting_id_settings / JoinMeetingIdSettings.join_meeting_id == a["join_meeting_id"]
        )
    return graph.users.by_user_id(a["user_id"]).online_meetings.to_get_request_information(filter=condition)


def of(builder: Callable[[Arguments], Any], *options: str) -> Callable[[Arguments], GraphRequestInformation]:
    """Send the arguments of these names along as options."""
    return lambda a: builder(a).to_get_request_information(**{name: a[name] for name in options if name in a})


REQUESTS: dict[str, Callable[[Arguments], GraphRequestInformation]] = {
    "adhoc.recordings.content": of(lambda a: ad_hoc_call(a).recordings.by_call_recording_id(a["recording_id"]).content),
    "adhoc.recordings.get": of(lambda a: ad_hoc_call(a).recordings.by_call_recording_id(a["recording_id"])),
    "adhoc.recordings.get_all": of(
        lambda a: (
            user(a).adhoc_calls.get_all_recordings(start_date_time=a.get("start"), end_date_time=a.get("end"))
            if "start" in a
            else user(a).adhoc_calls.get_all_recordings(user_id=None)
        )
    ),
    "adhoc.transcripts.get": of(lambda a: ad_hoc_call(a).transcripts.by_call_transcript_id(a["transcript_id"])),
    "ai_insights.get": of(lambda a: ai_insights(a).by_call_ai_insight_id(a["insight_id"])),
    "ai_insights.list": of(ai_insights),
    "attendance.records.list": of(lambda a: report(a).attendance_records),
    "attendance.reports.get": of(report, "expand"),
    "attendance.reports.list": of(reports),
    "call_records.get": of(call_record, "expand"),
    "call_records.get_direct_routing_calls": of(
        lambda a: call_records(a).get_direct_routing_calls(from_date_time=day(a["from"]), to_date_time=day(a["to"]))
    ),
    "call_records.get_pstn_calls": of(
        lambda a: call_records(a).get_pstn_calls(from_date_time=day(a["from"]), to_date_time=day(a["to"]))
    ),
    "call_records.list": lambda a: call_records(a).to_get_request_information(
        **({} if a.keys() == {"version"} else {"filter": call_records_filter(a)})
    ),
    "call_records.participants_v2": of(lambda a: call_record(a).participants_v2),
    "call_records.sessions": lambda a: call_record(a).sessions.to_get_request_information(
        **({"expand": [Session.segments]} if "expand" in a else {})
    ),
    "groups.transitive_members.users": of(users_of_group, "filter", "orderby", "search", "select"),
    "online_meetings.find": found_meetings,
    "online_meetings.get": of(meeting),
    "recordings.content": of(lambda a: recording(a).content),
    "recordings.delta": of(recordings_delta),
    "recordings.get": of(recording, "select"),
    "recordings.get_all": of(all_recordings, "top"),
    "recordings.get_all_by_filter": lambda a: (
        user(a)
        .online_meetings.get_all_recordings(meeting_organizer_user_id=None)
        .to_get_request_information(filter=f"MeetingOrganizer/User/Id eq '{a['organizer_id']}'")
    ),
    "recordings.list": of(lambda a: meeting(a).recordings, "select", "filter"),
    "townhalls.get_by_user_id_and_role": of(
        lambda a: townhalls(a).get_by_user_id_and_role(user_id=a["user_id"], role=a["role"])
    ),
    "townhalls.list": of(townhalls),
    "townhalls.records.list": of(lambda a: report(a).attendance_records),
    "townhalls.sessions.list": of(lambda a: townhall(a).sessions),
    "transcripts.content": of(lambda a: transcript(a).content, "format"),
    "transcripts.delta": of(lambda a: all_transcripts(a).delta()),
    "transcripts.get": of(transcript),
    "transcripts.get_all": of(all_transcripts),
    "transcripts.get_all_by_filter": lambda a: (
        user(a)
        .online_meetings.get_all_transcripts(meeting_organizer_user_id=None)
        .to_get_request_information(filter=f"MeetingOrganizer/User/Id eq '{a['organizer_id']}'")
    ),
    "transcripts.list": of(lambda a: meeting(a).transcripts),
    "transcripts.metadata_content": of(lambda a: transcript(a).metadata_content),
    "users.get": of(user, "select"),
    "users.list": of(lambda a: client(a["version"]).users),
    "webinars.get_by_user_id_and_role": of(
        lambda a: webinars(a).get_by_user_id_and_role(user_id=a["user_id"], role=a["role"])
    ),
    "webinars.get_by_user_role": of(lambda a: webinars(a).get_by_user_role(role=a["role"])),
    "webinars.list": of(webinars, "count"),
    "webinars.records.list": of(lambda a: report(a).attendance_records),
    "webinars.registrations.get": of(
        lambda a: webinar(a).registrations.by_virtual_event_registration_id(a["registration_id"])
    ),
    "webinars.registrations.list": of(lambda a: webinar(a).registrations, "filter"),
    "webinars.reports.get": of(report),
    "webinars.sessions.get": of(session),
    "webinars.sessions.list": of(lambda a: webinar(a).sessions),
}
