"""Transcripts for people and programs: text, Markdown, JSON lines."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from typing import Final

from graph_meetings_runtime.json_codec import encode_json
from graph_meetings_runtime.transcripts.cue import Cue

_UNKNOWN: Final = "Unknown"
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_LINE_START: Final = re.compile(r"^([0-9]*)([-+=.)])")  # of a list, a heading or a rule


def cues_to_text(cues: Iterable[Cue]) -> str:
    """Return a transcript as text: a line for each turn, with its time and speaker.

    A turn is everything that one person says until someone else speaks.

    Args:
        cues: of one transcript, in their order.
    """
    return "".join(f"[{_clock(start)}] {speaker}: {text}\n" for start, speaker, text in _turns(cues))


def cues_to_markdown(cues: Iterable[Cue], *, title: str | None = None) -> str:
    """Return a transcript as Markdown: a paragraph for each turn, with its time and speaker.

    A turn is everything that one person says until someone else speaks. Characters with a meaning in CommonMark are
    escaped, so that names and what was said are not markup.

    Args:
        cues: of one transcript, in their order.
        title: a heading for it, such as the subject of the meeting and its date; escaped likewise.
    """
    turns = (
        f"**{_escaped(speaker)}** ({_clock(start)})  \n{_escaped(text)}\n" for start, speaker, text in _turns(cues)
    )
    heading = [] if title is None else [f"# {_escaped(' '.join(title.split()))}\n"]
    return "\n".join([*heading, *turns])


def cues_to_json_lines(cues: Iterable[Cue]) -> str:
    """Return a transcript as JSON lines: for each cue an object with start, end, speaker, text and language.

    Args:
        cues: of one transcript.

    Returns:
        The lines. Times are in seconds; an unknown speaker or language is null.
    """
    return "".join(f"{encode_json(_as_json(cue)).decode()}\n" for cue in cues)


def _as_json(cue: Cue) -> dict[str, str | float | None]:
    return {
        "start": cue.start.total_seconds(),
        "end": cue.end.total_seconds(),
        "speaker": cue.speaker,
        "text": cue.text,
        "language": cue.language,
    }


def _turns(cues: Iterable[Cue]) -> Iterator[tuple[timedelta, str, str]]:
    """Yield when each turn begins, who speaks, and what is said."""
    for speaker, spoken in groupby(cues, key=lambda cue: cue.speaker):
        turn = list(spoken)
        words = (word for cue in turn for word in cue.text.split())
        name = " ".join((speaker or "").split())  # otherwise it could add lines
        yield turn[0].start, name or _UNKNOWN, " ".join(words)


def _clock(moment: timedelta) -> str:
    whole = int(moment.total_seconds())
    sign = "-" if whole < 0 else ""  # none for less than a second before the start
    minutes, seconds = divmod(abs(whole), 60)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _escaped(text: str) -> str:
    return _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))
