"""Made-up meetings and ad hoc calls with their recordings and transcripts."""

from typing import TypeAlias

from graph_meetings_emulator.data.conversation import Conversation
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.data.fake_values import Start
from graph_meetings_emulator.data.media import Media, Mp4
from graph_meetings_emulator.data.meeting_json import MeetingFactory
from graph_meetings_emulator.data.users import UserData
from graph_meetings_runtime.json_codec import JsonObject

SizeRange: TypeAlias = int | tuple[int, int]


class MeetingData(UserData):
    """Online meetings and ad hoc calls."""

    def __init__(self, *, seed: int = 1, until: Start = None) -> None:
        super().__init__(seed=seed, until=until)
        self._meetings = MeetingFactory(self._fake)
        self._texts = MeetingFactory(self._sequence("texts"))
        self._insights = MeetingFactory(self._sequence("insights"))

    def meetings(self, organizer_id: str) -> tuple[str, ...]:
        """Return the ids of a user's meetings."""
        return self.ids(("users", organizer_id, "onlineMeetings"))

    def recordings(self, organizer_id: str) -> list[JsonObject]:
        """Return all recordings of a user's meetings."""
        return self.descendants(("users", organizer_id), "onlineMeetings", "recordings")

    def transcripts(self, organizer_id: str) -> list[JsonObject]:
        """Return all transcripts of a user's meetings."""
        return self.descendants(("users", organizer_id), "onlineMeetings", "transcripts")

    def add_meeting(self, organizer_id: str, *, occurrences: int = 1) -> str:
        """Add a made-up meeting and return its id.

        Args:
            organizer_id: the user.
            occurrences: how many weekly occurrences it had, if the dataset has a present: all were before it.
        """
        organizer = self.find(("users", organizer_id)).properties
        return self.add(("users", organizer_id, "onlineMeetings"), self._meetings.meeting(organizer, occurrences)).id

    def add_recording(
        self,
        organizer_id: str,
        meeting_id: str | None = None,
        *,
        content_size: SizeRange = 1_000_000,
        created: Start = None,
    ) -> JsonObject:
        """Add a made-up recording and return its JSON; to change it, use `replace`.

        Args:
            organizer_id: the user.
            meeting_id: the meeting; by default the user's first one.
            content_size: the size in bytes, or a range as its least and greatest size.
            created: when it was created; by default after the meeting's last recording.
        """
        meeting = self._meeting(organizer_id, meeting_id)
        siblings = meeting.collections.get("recordings", {})
        recording = self._meetings.recording(organizer_id, meeting.properties, len(siblings), created)
        path = ("users", organizer_id, "onlineMeetings", meeting.id, "recordings")
        return self.add(path, recording, streams={"content": self._mp4(recording, content_size)}).properties

    def add_transcript(
        self, organizer_id: str, meeting_id: str | None = None, *, recording: JsonObject | None = None
    ) -> JsonObject:
        """Add a made-up transcript with what Copilot made of it, and return its JSON.

        Args:
            organizer_id: the user.
            meeting_id: the meeting; by default the user's first one.
            recording: the recording that it belongs to; by default the meeting's first one without a transcript, or
                its last one if the dataset has a present.
        """
        meeting = self._meeting(organizer_id, meeting_id)
        transcripts, recordings = (
            [entity.properties for entity in meeting.collections.get(name, {}).values()]
            for name in ("transcripts", "recordings")
        )
        if self._fake.until is not None:
            recordings.reverse()
        taken = [transcript["contentCorrelationId"] for transcript in transcripts]
        free = (item for item in recordings if item["contentCorrelationId"] not in taken)
        transcript = self._texts.transcript(
            organizer_id, meeting.properties, len(transcripts), recording or next(free, None)
        )
        path = ("users", organizer_id, "onlineMeetings", meeting.id, "transcripts")
        self._add_insight(organizer_id, meeting.id, transcript)
        return self.add(path, transcript, streams=self._conversation(organizer_id, transcript)).properties

    def _add_insight(self, organizer_id: str, meeting_id: str, transcript: JsonObject) -> None:
        users = ("copilot", "users")
        meetings = (*users, organizer_id, "onlineMeetings")
        for path, id_ in ((users, organizer_id), (meetings, meeting_id)):
            if id_ not in self.ids(path):
                self.add(path, {"id": id_})
        organizer = self.find(("users", organizer_id)).properties
        self.add((*meetings, meeting_id, "aiInsights"), self._insights.insight(organizer, transcript))

    def add_adhoc_call(self, user_id: str, *, content_size: SizeRange = 1_000_000) -> str:
        """Add a made-up ad hoc call with a recording and a transcript, and return its id."""
        call = self.add(("users", user_id, "adhocCalls"), self._texts.adhoc_call())
        recording, transcript = self._texts.adhoc_artifacts(user_id, call.properties)
        path = ("users", user_id, "adhocCalls", call.id)
        self.add((*path, "recordings"), recording, streams={"content": self._mp4(recording, content_size)})
        self.add((*path, "transcripts"), transcript, streams=self._conversation(user_id, transcript))
        return call.id

    def content(self, organizer_id: str, meeting_id: str, recording_id: str) -> Media:
        """Return the content of a recording."""
        path = ("users", organizer_id, "onlineMeetings", meeting_id, "recordings", recording_id)
        return self.find(path).streams["content"][0]

    def _meeting(self, organizer_id: str, meeting_id: str | None) -> Entity:
        return self.find(("users", organizer_id, "onlineMeetings", meeting_id or self.meetings(organizer_id)[0]))

    def _mp4(self, recording: JsonObject, size: SizeRange) -> Mp4:
        return Mp4(str(recording["id"]), size if isinstance(size, int) else self._fake.number(*size))

    def _conversation(self, user_id: str, transcript: JsonObject) -> dict[str, tuple[Media, ...]]:
        organizer = str(self.find(("users", user_id)).properties["displayName"])
        others = [str(self._texts.fake.user()["displayName"]) for _ in range(2)]
        return Conversation(str(transcript["id"]), (organizer, *others), str(transcript["createdDateTime"])).streams()
