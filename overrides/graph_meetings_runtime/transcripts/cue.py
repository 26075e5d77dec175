"""One thing that was said."""

from datetime import timedelta

from msgspec import Struct


class Cue(Struct, frozen=True):
    """What one person said between two moments of a meeting.

    Attributes:
        start: since the transcription began; negative for what was said before.
        end: the same.
        speaker: the name that the service shows; `None` if it does not say.
        text: what was said.
        language: of the text, such as `en-us`; `None` if it is not known.
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
