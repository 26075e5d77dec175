"""The JSON of made-up meetings, ad hoc calls, recordings and transcripts, as shown in the documents.

Source: https://learn.microsoft.com/graph/api/resources/callrecording, …/calltranscript, …/onlinemeeting and their
examples.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

from graph_meetings_emulator.data.fake_values import FakeValues, base64, timestamp
from graph_meetings_runtime.json_codec import JsonObject

GRAPH_ROOT = "https://graph.microsoft.com/v1.0"
"""The root of URLs in the data; answers have the emulator's own root instead."""

_TOPICS = (
    "Pump review",
    "Stand-up",
    "Quarterly plan",
    "Contract",
    "Design critique",
    "Hiring",
    "Revue annuelle — März",
)


_OFTEN_LONG = 4


def _escaped(text: str) -> str:
    """Escape a text as Teams does: with small letters."""
    return re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), quote(text, safe=""))


class MeetingFactory:
    """Make the JSON of meetings and what belongs to them.

    Args:
        fake: supplies the values.
    """

    def __init__(self, fake: FakeValues) -> None:
        self.fake = fake

    def meeting(self, organizer: JsonObject, occurrences: int = 1) -> JsonObject:
        """Return a meeting of a user, during working hours, with weekly occurrences."""
        fake, organizer_id = self.fake, str(organizer["id"])
        thread = f"19:meeting_{base64(fake.random.randbytes(27))}@thread.v2"
        start = fake.series_start(occurrences)
        join_id = str(fake.number(10**11, 10**12 - 1))
        return {
            "id": base64(f"1*{organizer_id}*0**{thread}".encode()).rstrip("="),
            "creationDateTime": timestamp(start - timedelta(days=7), fake.ticks()),
            "startDateTime": timestamp(start),
            "endDateTime": timestamp(start + timedelta(minutes=45)),
            "joinWebUrl": self._join_url(thread, organizer_id, join_id),
            "subject": f"{fake.choice(_TOPICS)} {fake.number(1, 99)}",
            "allowRecording": True,
            "allowedPresenters": "everyone",
            "isBroadcast": False,
            "isEntryExitAnnounced": True,
            "videoTeleconferenceId": str(fake.number(10**8, 10**9 - 1)),
            "chatInfo": {"threadId": thread, "messageId": "0", "replyChainMessageId": None},
            "joinMeetingIdSettings": {
                "isPasscodeRequired": False,
                "joinMeetingId": join_id,
                "passcode": None,
            },
            "recordAutomatically": False,
            "externalId": None,
            "audioConferencing": {
                "conferenceId": str(fake.number(10**8, 10**9 - 1)),
                "tollNumber": "+49 69 5550 100",
                "tollFreeNumber": None,
                "dialinUrl": "https://dialin.example/usp/x",
            },
            "lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False},
            "participants": {
                "organizer": self._invited(organizer, "presenter"),
                "attendees": [self._invited(fake.user(), "coorganizer")],
            },
            "autoAdmittedUsers": "everyoneInCompany",  # the type is open
        }

    def _join_url(self, thread: str, organizer_id: str, join_id: str) -> str:
        """Return a URL of the short form for one meeting in four, otherwise of the long one."""
        if int(join_id) % _OFTEN_LONG == 0:
            return f"https://teams.microsoft.com/meet/{join_id}?p={base64(thread.encode())[-22:]}"
        context = f'{{"Tid":"{self.fake.tenant}","Oid":"{organizer_id}"}}'
        return f"https://teams.microsoft.com/l/meetup-join/{_escaped(thread)}/0?context={_escaped(context)}"

    def recording(
        self, organizer_id: str, meeting: JsonObject, number: int, created: datetime | str | None
    ) -> JsonObject:
        """Return a recording of a meeting: the n-th of a weekly series, unless `created` gives the time."""
        fake, meeting_id = self.fake, str(meeting["id"])
        goid = fake.random.randbytes(16).hex().upper()
        recording_id = base64(f"V2##1{organizer_id}{fake.tenant}{goid}##{fake.guid()}".encode())
        start = self._start(meeting, number, created)
        return {
            "id": recording_id,
            "meetingId": meeting_id,
            "callId": fake.guid(),
            "contentCorrelationId": f"{fake.guid()}-0",
            "createdDateTime": start,
            "endDateTime": self._end(start),
            "recordingContentUrl": (
                f"{GRAPH_ROOT}/users/{organizer_id}/onlineMeetings/{meeting_id}/recordings/{recording_id}/content"
            ),
            "meetingOrganizer": self._organizer(organizer_id),
        }

    def transcript(
        self, organizer_id: str, meeting: JsonObject, number: int, recording: JsonObject | None
    ) -> JsonObject:
        """Return a transcript of a meeting, which belongs to a recording if one is given."""
        fake, meeting_id = self.fake, str(meeting["id"])
        transcript_id = base64(f"1##0##{fake.guid()}".encode())
        start = str(recording["createdDateTime"]) if recording else self._start(meeting, number, None)
        return {
            "id": transcript_id,
            "meetingId": meeting_id,
            "callId": recording["callId"] if recording else fake.guid(),
            "contentCorrelationId": recording["contentCorrelationId"] if recording else f"{fake.guid()}-0",
            "createdDateTime": start,
            "endDateTime": recording["endDateTime"] if recording else self._end(start),
            "transcriptContentUrl": (
                f"{GRAPH_ROOT}/users/{organizer_id}/onlineMeetings/{meeting_id}/transcripts/{transcript_id}/content"
            ),
            "meetingOrganizer": self._organizer(organizer_id),
        }

    def insight(self, organizer: JsonObject, transcript: JsonObject) -> JsonObject:
        """Return what Copilot made of a transcript."""
        speaker = self._organizer(str(organizer["id"]))
        return {
            "id": base64(f"1##{self.fake.guid()}".encode()),
            "callId": transcript["callId"],
            "contentCorrelationId": transcript["contentCorrelationId"],
            "createdDateTime": transcript["endDateTime"],
            "endDateTime": transcript["endDateTime"],
            "meetingNotes": [
                {
                    "title": "Pumps",
                    "text": "The old pump is to be replaced.",
                    "subpoints": [{"title": "Price", "text": "Two offers came in."}],
                }
            ],
            "actionItems": [
                {"title": "Order", "text": "Order the new pump.", "ownerDisplayName": organizer["displayName"]}
            ],
            "viewpoint": {
                "mentionEvents": [
                    {
                        "eventDateTime": transcript["endDateTime"],
                        "transcriptUtterance": "You know pumps best.",
                        "speaker": speaker,
                    }
                ]
            },
        }

    def adhoc_call(self) -> JsonObject:
        """Return an ad hoc call."""
        return {"id": self.fake.guid()}

    def adhoc_artifacts(self, user_id: str, call: JsonObject) -> tuple[JsonObject, JsonObject]:
        """Return the recording and the transcript of an ad hoc call; as documented, their URLs lack `/content`."""
        fake, call_id, start = self.fake, str(call["id"]), self.fake.start()
        created = timestamp(start, fake.ticks())
        thread = f"19:{fake.random.randbytes(16).hex()}@thread.v2"
        ids = {
            "recordings": base64(f"3##{thread}##{call_id}-{int(start.timestamp())}-TranscriptV2##0".encode()),
            "transcripts": base64(f"3##{thread}##{call_id}-{int(start.timestamp())}-TranscriptV2##1".encode()),
        }
        common: JsonObject = {
            "callId": call_id,
            "contentCorrelationId": f"{fake.guid()}-{start:%Y%m%d_%H%M%S}",
            "createdDateTime": created,
            "endDateTime": self._end(created),
            "meetingOrganizer": self._organizer(user_id),
        }
        urls = {name: f"{GRAPH_ROOT}/users/{user_id}/adhocCalls/{call_id}/{name}/{id_}" for name, id_ in ids.items()}
        return (
            {"id": ids["recordings"], **common, "recordingContentUrl": urls["recordings"]},
            {"id": ids["transcripts"], **common, "transcriptContentUrl": urls["transcripts"]},
        )

    def _organizer(self, user_id: str) -> JsonObject:
        return {
            "application": None,
            "device": None,
            "user": {
                "@odata.type": "#microsoft.graph.teamworkUserIdentity",
                "id": user_id,
                "displayName": None,
                "userIdentityType": "aadUser",
                "tenantId": self.fake.tenant,
            },
        }

    def _start(self, meeting: JsonObject, number: int, created: datetime | str | None) -> str:
        match created:
            case str():
                return created
            case datetime():
                return timestamp(created, created.microsecond * 10)
            case None:
                start = datetime.fromisoformat(str(meeting["startDateTime"])) + timedelta(days=7 * number, minutes=2)
                return timestamp(start, self.fake.ticks())

    def _end(self, start: str) -> str:
        end = datetime.fromisoformat(start) + timedelta(seconds=self.fake.number(300, 3000))
        return timestamp(end, self.fake.ticks())

    def _invited(self, user: JsonObject, role: str) -> JsonObject:
        identity: JsonObject = {"id": user["id"], "displayName": None, "tenantId": self.fake.tenant}
        return {
            "identity": {"acsUser": None, "user": identity},
            "role": role,
            "upn": user.get("userPrincipalName"),
        }
