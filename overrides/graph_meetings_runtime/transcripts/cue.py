"""Cues of a transcript, and those that cannot be read."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from graph_meetings_runtime.bounds import MAX_DAMAGED_CUE_WARNINGS
from graph_meetings_runtime.warn import warn_caller


class Cue(Struct, frozen=True):
    """What one person said between two moments of a meeting.

    Attributes:
        start: relative to the start of the transcription; negative for what was said before.
        end: likewise.
        speaker: the name of the person, or `None` if the transcript does not say.
        text: what was said, without markup.
        language: of the text, such as `en-us`, or `None` if the transcript does not say, as in its `content`.
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
        text: the part, as received.
    """

    line: int
    problem: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


class DamagedCueWarning(UserWarning):
    """A part of a transcript could not be read; the rest was."""


def warn_of_damaged(parts: Sequence[DamagedCue], transcript: str) -> None:
    """Warn about each part that was left out, and after a number of them, about all others together.

    Args:
        parts: of one transcript.
        transcript: how the warnings name it.
    """
    messages = [f"a part of {transcript} was left out: {part}" for part in parts[:MAX_DAMAGED_CUE_WARNINGS]]
    if others := len(parts) - len(messages):
        messages.append(f"{others} more parts of {transcript} were left out")
    for message in messages:
        warn_caller(message, DamagedCueWarning)
