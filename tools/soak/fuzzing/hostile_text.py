"""Text that breaks URLs."""

import random
import sys
from typing import Final

_SHARP: Final = "'\"/\\%+ &#?=;:,()[]{}<>|^`~!@$*._-\t\r\n\x00\x01\x1f\x7f\x85\xa0"
_PIECES: Final = (
    *("'", "''", "'''", "/", "//", "/../", "..", ".", "%", "%2F", "%27", "%zz", "%00", "+", " ", "  ", "&", "#"),
    *("?", "?$top=1", "$", "$filter", "=", ";", ",", "(", ")", "()", "{", "{+baseurl}", "{?x}", "}", "@"),
    *("https://evil.example/", "&$filter="),
    *("\\", "\r\n", "\t", "\x00", "\x7f", "\u0085", "\u2028", "\u202e", "\ufeff", "\ufffe", "é", "e\u0301", "ß", "İ"),
    *("漢字", "😀", "👩\u200d👩\u200d👧", "\U0010ffff"),
    *("null", "true", "and", " or ", " eq ", "not(", "in", "any(a:a", "2026-01-15", "1e5"),
    *("V2##1", "19:meeting_x@thread.v2", "1*0**", "==", "duration'P1D'", "datetime'"),
    "00000000-0000-0000-0000-000000000000",
)
_LONE_SURROGATES: Final = ("\ud800", "a\udfff", "\udc00\ud800")


def text(chance: random.Random) -> str:
    """Return random text; some of it is empty, very long or cannot be encoded."""
    roll = chance.random()
    if roll < 0.01:
        return chance.choice(_LONE_SURROGATES) + _short(chance)
    if roll < 0.015:
        return _short(chance) * chance.randrange(100, 2000)
    return _short(chance)


def is_encodable(value: str) -> bool:
    """Return whether a text can be encoded as UTF-8, and so be part of a URL."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _short(chance: random.Random) -> str:
    return "".join(_piece(chance) for _ in range(chance.randrange(6)))


def _piece(chance: random.Random) -> str:
    roll = chance.random()
    if roll < 0.6:
        return chance.choice(_PIECES)
    if roll < 0.8:
        return chance.choice(_SHARP)
    character = chr(chance.randrange(sys.maxunicode + 1))
    return character if is_encodable(character) else "x"
