"""Cues of a transcript, and those that cannot be read."""

from datetime import timedelta

from msgspec import Struct


class Cue(Struct, frozen=True):
    """What one person said between two moments of a meeting.

    Attributes:
        start: counted from the start of the transcription; negative for what was said before.
        end: counted likewise.
        speaker: the name of the person; `None` if the transcript does not say.
        text: what was said, without markup.
        language: of the text, such as `en-us`; `None` if the transcript does not say, as in its `content`.
    """

    start: timedelta
    end: timedelta
    speaker: str | None
    text: str
    language: str | None = None


class DamagedCue(Struct, frozen=True):
    """A part of a transcript that could not be read.

    Attributes:
        line: the number of its first line, from 1.
        problem: what is wrong with it.
        text: the part as it came.
    """

    line: int
    problem: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


class DamagedCueWarning(UserWarning):
    """A part of a transcript could not be read; the rest was."""
