"""Read the two forms in which the service sends transcripts: WebVTT, and WebVTT with a JSON object in each cue.

Why not a library: webvtt-py drops cues with negative times, loses all but one voice of a cue, and damages JSON.

Source: https://www.w3.org/TR/webvtt1/, https://learn.microsoft.com/graph/api/calltranscript-get
"""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from msgspec import Struct

from graph_meetings_runtime.json_codec import JsonObject, decode_json, json_type
from graph_meetings_runtime.transcripts.cue import Cue, DamagedCue, warn_of_damaged

_HEADER: Final = re.compile(r"WEBVTT(?:[ \t].*)?")
_NO_CUE: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
# Any part can be negative, and parts need not be padded.
_TIME: Final = r"(?:(-?\d{1,9}):)?(-?\d{1,9}):(-?\d{1,9})(?:[.,](-?\d{1,9}))?"
_TIMES: Final = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")
_TAG: Final = re.compile(
    r"<(?P<end>/?)(?P<name>v|c|i|b|u|ruby|rt|lang)(?:\.[^\s<>]*)?(?:[ \t]+(?P<of>[^<>]*))?>|<[\d:.]+>"
)
_SPACES: Final = re.compile(r"\s+")


def read_cues(transcript: str | bytes, damaged: Callable[[DamagedCue], object] | None = None) -> list[Cue]:
    """Read a transcript. Damaged parts are reported and left out.

    A cue in which several people speak is split into one for each. A cue without text is left out.

    Args:
        transcript: the content or the metadata content of a transcript; bytes are UTF-8.
        damaged: called with each part that cannot be read; by default, there is a `DamagedCueWarning` for each.

    Returns:
        The cues, in the order of the transcript.

    Raises:
        TypeError: the transcript is neither bytes nor text.
        ValueError: it is not WebVTT.

    Source: https://www.w3.org/TR/webvtt1/
    """
    if not isinstance(transcript, str | bytes):  # pyright: ignore[reportUnnecessaryIsInstance]  not every caller checks types
        raise TypeError(f"transcript must be what content.get() returns, not a {type(transcript).__name__}")
    text = transcript.decode("utf-8-sig", "replace") if isinstance(transcript, bytes) else transcript
    # Not splitlines(), which also splits at characters that can be part of the text.
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not _HEADER.fullmatch(lines[0]):
        raise ValueError("the transcript is not WebVTT: it does not begin with a line WEBVTT")
    cues: list[Cue] = []
    unreported: list[DamagedCue] = []
    report = damaged or unreported.append
    for block in _blocks(lines):
        try:
            cues += _cues(block)
        except ValueError as error:
            report(DamagedCue(block.line, str(error), "\n".join(block.lines)))
    warn_of_damaged(unreported, "the transcript")
    return cues


class _Block(Struct, frozen=True):
    """Consecutive lines that are not empty, and the number of the first."""

    line: int
    lines: list[str]


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """Yield the blocks after the header. Times start a new block, even without an empty line before them."""
    block = _Block(1, [])
    is_timed = True  # times end the header, too
    for number, line in enumerate(lines, 1):
        has_times = _TIMES.fullmatch(line) is not None
        if not line.strip() or (has_times and is_timed):
            yield from _unless_header(block)
            block, is_timed = _Block(number, []), False
        if line.strip():
            block = block if block.lines else _Block(number, [])
            block.lines.append(line)
            is_timed = is_timed or has_times
    yield from _unless_header(block)


def _unless_header(block: _Block) -> Iterator[_Block]:
    if block.lines and block.line != 1:
        yield block


def _cues(block: _Block) -> Iterator[Cue]:
    """Yield the cues of a block.

    Raises:
        ValueError: the block is damaged.
    """
    times = next(filter(None, map(_TIMES.fullmatch, block.lines[:2])), None)
    if times is None:
        if _NO_CUE.fullmatch(block.lines[0]):
            return
        raise ValueError("a cue without valid times")
    start, end = _moment(times.groups()[:4]), _moment(times.groups()[4:])
    said = block.lines[block.lines.index(times.string) + 1 :]
    if said and said[0].lstrip().startswith("{"):
        yield from _from_json("\n".join(said), start, end)
    else:
        for speaker, text in _voices("\n".join(said)):
            yield Cue(start, end, speaker, text)


def _moment(parts: tuple[str | None, ...]) -> timedelta:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    is_before = any(part.startswith("-") for part in (hours, minutes, seconds, fraction))
    moment = timedelta(
        hours=abs(int(hours)),
        minutes=abs(int(minutes)),
        seconds=abs(int(seconds)),
        microseconds=int(fraction.lstrip("-").ljust(6, "0")[:6]),
    )
    return -moment if is_before else moment


def _from_json(text: str, start: timedelta, end: timedelta) -> Iterator[Cue]:
    try:
        raw = decode_json(text.encode(errors="replace"))
    except ValueError as error:
        raise ValueError(f"a cue with malformed JSON: {error}") from None
    if not isinstance(raw, dict):
        raise ValueError("a cue with JSON that is not an object")
    said = _text(raw, "spokenText")
    if said is None:
        raise ValueError("a cue with JSON that has no spokenText")
    if said.strip():
        yield Cue(start, end, _text(raw, "speakerName") or None, said, _text(raw, "spokenLanguage") or None)


def _text(raw: JsonObject, name: str) -> str | None:
    value = raw.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"a cue with JSON whose {name} is {json_type(value)}, not a string")


def _voices(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield who says what in a cue. Tags other than voices are removed; what only looks like a tag is text."""
    speaker, said, after = None, "", 0
    for tag in _TAG.finditer(text):
        said += text[after : tag.start()]
        after = tag.end()
        if tag["name"] == "v":
            yield from _spoken(speaker, said)
            speaker, said = None if tag["end"] else _plain(tag["of"] or "") or None, ""
    yield from _spoken(speaker, said + text[after:])


def _spoken(speaker: str | None, said: str) -> Iterator[tuple[str | None, str]]:
    plain = _plain(said)
    if plain:
        yield speaker, plain


def _plain(text: str) -> str:
    return _SPACES.sub(" ", html.unescape(text)).strip()
