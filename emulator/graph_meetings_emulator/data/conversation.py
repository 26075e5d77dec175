"""Made-up conversations, and transcripts of them in WebVTT and other formats.

Source: https://learn.microsoft.com/graph/api/calltranscript-get, its examples; https://www.w3.org/TR/webvtt1/
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

from graph_meetings_emulator.data.fake_values import FakeValues, timestamp
from graph_meetings_emulator.data.media import Media, Text

VTT = "text/vtt"
UNATTRIBUTED = "application/vnd.microsoft.graph.transcript+text"

_SENTENCES = (
    "Good morning, shall we begin?",
    "Yes. The pump figures arrived last night.",
    "Können wir die Zahlen bis Freitag prüfen?",
    "I would rather wait for the second test run.",
    "Très bien, on fait comme ça.",
    "Then I will write it down & send it <today>.",
    "次の会議は来週です。",
    "Thank you all, that was it.",
)
# Counted from the start of the transcription.
_FIRST_WORD = timedelta(seconds=-3.1)
_INTERRUPTED = 1
_INTERRUPTION = "You mean 5 --> 6 & not <b>4</b>?"


@dataclass(frozen=True, slots=True)
class _Cue:
    start: timedelta
    end: timedelta
    speaker: str
    text: str


@dataclass(frozen=True)
class Conversation:
    """What is said in a meeting. It begins before the transcription does, and two people speak at once.

    Args:
        seed: decides who says what and when.
        speakers: the names of the speakers.
        started: when transcription started, as in the transcript.
        cues: the number of sentences, without the one that interrupts.
    """

    seed: str
    speakers: tuple[str, ...]
    started: str
    cues: int = 8

    def streams(self) -> dict[str, tuple[Media, ...]]:
        """Return the streams of a transcript."""
        return {
            "content": (Text(self.attributed, VTT, names_speakers=True), Text(self.unattributed, UNATTRIBUTED)),
            "metadataContent": (Text(self.metadata, VTT, names_speakers=True),),
        }

    def attributed(self) -> str:
        """Return WebVTT with a voice tag for each speaker; as in the documents, times are not padded.

        What is said at the same time is one cue.
        """
        cues = (
            f"{_unpadded(start)} --> {_unpadded(end)}\n" + "".join(map(_voice, spoken))
            for (start, end), spoken in groupby(self._cues, key=lambda cue: (cue.start, cue.end))
        )
        return "WEBVTT\n\n" + "\n".join(cues)

    def unattributed(self) -> str:
        """Return the text without speakers."""
        return "\n".join(f"{_padded(cue.start)} --> {_padded(cue.end)}\n{cue.text}\n" for cue in self._cues)

    def metadata(self) -> str:
        """Return WebVTT with a JSON object for each cue."""
        cues = (
            f"{_padded(cue.start)} --> {_padded(cue.end)}\n{json.dumps(self._record(cue), ensure_ascii=False)}\n"
            for cue in self._cues
        )
        return "WEBVTT\n\n" + "\n".join(cues)

    def _record(self, cue: _Cue) -> dict[str, str]:
        return {
            "startDateTime": self._moment(cue.start),
            "endDateTime": self._moment(cue.end),
            "speakerName": cue.speaker,
            "spokenText": cue.text,
            "spokenLanguage": "en-us",
        }

    def _moment(self, offset: timedelta) -> str:
        moment = datetime.fromisoformat(self.started) + offset
        return timestamp(moment, moment.microsecond * 10).replace("Z", "+00:00")

    @cached_property
    def _cues(self) -> tuple[_Cue, ...]:
        fake = FakeValues(self.seed)
        cues: list[_Cue] = []
        now = _FIRST_WORD
        for number in range(self.cues):
            end = now + timedelta(milliseconds=fake.number(900, 6000))
            speaker = fake.choice(self.speakers)
            cues.append(_Cue(now, end, speaker, fake.choice(_SENTENCES)))
            if number == _INTERRUPTED:
                other = next((name for name in self.speakers if name != speaker), "@1")
                cues.append(_Cue(now, end, other, _INTERRUPTION))
            now = end + timedelta(milliseconds=fake.number(50, 900))
        return tuple(cues)


def _parts(offset: timedelta) -> tuple[str, int, int, int, int]:
    milliseconds = abs(offset) // timedelta(milliseconds=1)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return "-" if offset < timedelta(0) else "", hours, minutes, seconds, milliseconds


def _unpadded(offset: timedelta) -> str:
    sign, hours, minutes, seconds, milliseconds = _parts(offset)
    return f"{sign}{hours}:{minutes}:{seconds}.{milliseconds:03}"


def _padded(offset: timedelta) -> str:
    sign, hours, minutes, seconds, milliseconds = _parts(offset)
    return f"{sign}{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"


def _voice(cue: _Cue) -> str:
    return f"<v {_escaped(cue.speaker)}>{_escaped(cue.text)}</v>\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
