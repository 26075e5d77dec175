"""Made-up organizers, meetings and recordings in the shapes that the documents show.

Source: https://learn.microsoft.com/graph/api/resources/callrecording and …/onlinemeeting, and their examples.
"""

import random
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from graph_meetings_runtime.json_codec import JsonObject

GRAPH_ROOT = "https://graph.microsoft.com/v1.0"
"""What URLs in the data set begin with; answers have the emulator's own root in its place."""

_FIRST_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
_FIRST_NAMES = ("Ines", "Tomasz", "Aiko", "Léa", "Mateus", "Priya", "Jonas", "Zanele", "Ewa", "Noor")
_LAST_NAMES = ("Okafor", "Brandl", "Tanaka", "Dubois", "Silva", "Iyer", "Lindqvist", "Dlamini", "Nowak", "Haddad")
_TOPICS = ("Pump review", "Stand-up", "Quarterly plan", "Contract", "Design critique", "Hiring", "Incident review")


class Fabric:
    """Makes JSON objects; each call takes the next numbers of one seeded sequence."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  plausible data, not secrets
        self._tenant = self._guid()

    def number(self, least: int, greatest: int) -> int:
        """Draw a whole number, both ends included."""
        return least + int(self._random.random() * (greatest - least + 1))

    def user(self) -> JsonObject:
        """Make a user."""
        first, last = self._random.choice(_FIRST_NAMES), self._random.choice(_LAST_NAMES)
        return {
            "id": self._guid(),
            "displayName": f"{first} {last}",
            "userPrincipalName": f"{first}.{last}@lakeshore.example".lower(),
        }

    def meeting(self, organizer: JsonObject) -> JsonObject:
        """Make a meeting of a user, at some working hour of the first half of 2026."""
        organizer_id = str(organizer["id"])
        thread = f"19:meeting_{_base64(self._random.randbytes(27))}@thread.v2"
        start = _FIRST_DAY + timedelta(days=self.number(0, 170), minutes=15 * self.number(0, 32))
        context = quote(f'{{"Tid":"{self._tenant}","Oid":"{organizer_id}"}}', safe="")
        return {
            "id": _base64(f"1*{organizer_id}*0**{thread}".encode()).rstrip("="),
            "creationDateTime": _timestamp(start - timedelta(days=7), self.number(0, 9_999_999)),
            "startDateTime": _timestamp(start),
            "endDateTime": _timestamp(start + timedelta(minutes=45)),
            "joinWebUrl": f"https://teams.microsoft.com/l/meetup-join/{quote(thread, safe='')}/0?context={context}",
            "subject": f"{self._random.choice(_TOPICS)} {self.number(1, 99)}",
            "allowRecording": True,
            "isBroadcast": False,
            "videoTeleconferenceId": None,
            "chatInfo": {"threadId": thread, "messageId": "0", "replyChainMessageId": None},
            "joinMeetingIdSettings": {
                "isPasscodeRequired": False,
                "joinMeetingId": str(self.number(10**11, 10**12 - 1)),
                "passcode": None,
            },
            "participants": {"organizer": self._participant(organizer), "attendees": []},
        }

    def recording(
        self, organizer_id: str, meeting: JsonObject, number: int, created: datetime | str | None
    ) -> JsonObject:
        """Make a recording of a meeting: the given one of a weekly series, unless `created` says when."""
        meeting_id = str(meeting["id"])
        goid = self._random.randbytes(16).hex().upper()
        recording_id = _base64(f"V2##1{organizer_id}{self._tenant}{goid}##{self._guid()}".encode())
        start = self._start(meeting, number, created)
        end = datetime.fromisoformat(start) + timedelta(seconds=self.number(300, 3000))
        return {
            "id": recording_id,
            "meetingId": meeting_id,
            "callId": self._guid(),
            "contentCorrelationId": f"{self._guid()}-0",
            "createdDateTime": start,
            "endDateTime": _timestamp(end, self.number(0, 9_999_999)),
            "recordingContentUrl": (
                f"{GRAPH_ROOT}/users/{organizer_id}/onlineMeetings/{meeting_id}/recordings/{recording_id}/content"
            ),
            "meetingOrganizer": {
                "application": None,
                "device": None,
                "user": {
                    "@odata.type": "#microsoft.graph.teamworkUserIdentity",
                    "id": organizer_id,
                    "displayName": None,
                    "userIdentityType": "aadUser",
                    "tenantId": self._tenant,
                },
            },
        }

    def _start(self, meeting: JsonObject, number: int, created: datetime | str | None) -> str:
        match created:
            case str():
                return created
            case datetime():
                return _timestamp(created, created.microsecond * 10)
            case None:
                start = datetime.fromisoformat(str(meeting["startDateTime"])) + timedelta(days=7 * number, minutes=2)
                return _timestamp(start, self.number(0, 9_999_999))

    def _participant(self, user: JsonObject) -> JsonObject:
        identity: JsonObject = {"id": user["id"], "displayName": None, "tenantId": self._tenant}
        return {
            "identity": {"acsUser": None, "user": identity},
            "role": "presenter",
            "upn": user.get("userPrincipalName"),
        }

    def _guid(self) -> str:
        # Not uuid.UUID: half of the time that 100,000 recordings take would go there.
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _base64(content: bytes) -> str:
    return b64encode(content, altchars=b"-_").decode()


def _timestamp(moment: datetime, ticks: int | None = None) -> str:
    """Write a time as the service does, in UTC with seven fraction digits or none."""
    fraction = "" if ticks is None else f".{ticks:07}"
    return f"{moment.astimezone(UTC).isoformat()[:19]}{fraction}Z"
