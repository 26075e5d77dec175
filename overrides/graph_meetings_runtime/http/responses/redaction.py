"""Keeping the token out of texts that a server sends back, however they spell it."""

import html
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

import httpx

_REDACTED: Final = "[token]"
_WITHHELD: Final = "[withheld: it repeats the token]"
_SHORTEST_TOKEN: Final = 8  # a shorter one, made up for a test, occurs in any text
_LONGEST_TEXT: Final = 1 << 12
_SHORTEST_PIECE: Final = 12
_LONGEST_ESCAPE: Final = 8  # an escape can swallow the first characters of a token
# In all readings of one text: nested escapes have many, ordinary texts a handful. It takes 0.1 s at most.
_MOST_CHARACTERS: Final = 1 << 18

_JSON_ESCAPE: Final = r"\\(?:u([0-9a-fA-F]{4})|(.))"
_JSON_CONTROL: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BETWEEN_LETTERS: Final = r"<[^<>]*>|[\s\u00ad\u200b-\u200d\u2060\ufeff]+"
_ESCAPES_BEGIN_WITH: Final = "\\%&"


def token_of(authorization: str) -> str:
    """Return the token of an `Authorization` header, or an empty string if there is none to look for."""
    token = authorization.removeprefix("Bearer ")
    return token if len(token) >= _SHORTEST_TOKEN else ""


def forget_token(error: httpx.RequestError, token: str) -> None:
    """Remove the token from an httpx error, which has the request and may quote the response."""
    # Further lines, and the causes, quote what was received, which may be what was sent.
    text = str(error).partition("\n")[0][:_LONGEST_TEXT]
    error.__cause__ = error.__context__ = None
    if getattr(error, "_request", None) is not None:
        # Tracebacks show the cause, and some error collectors look into its request.
        error.request.headers.pop("Authorization", None)
    error.args = (without_token(text, token),)


def without_token(text: str, token: str) -> str:
    """Return a text without the token.

    The whole text is withheld if it contains the token in a spelling that JSON, HTML or URLs allow, including nested
    escapes, or a part of it, as left by gateways that cut texts.

    Args:
        text: the text to show.
        token: the bearer token; empty if there is none.
    """
    if not token:
        return text
    text = text.replace(token, _REDACTED)
    return _WITHHELD if _is_spelled_in(text, token, _SHORTEST_PIECE) else text


def repeats_token(text: str, token: str) -> bool:
    """Return whether a header or a URL contains the whole token. A part is allowed: different tokens begin alike.

    This is called for every request and response, and hardly any needs a second look.
    """
    if not token or len(text) < len(token):
        return False
    return token in text or (
        any(beginning in text for beginning in _ESCAPES_BEGIN_WITH)
        and _is_spelled_in(text, token, max(len(token) - _LONGEST_ESCAPE, _SHORTEST_TOKEN))
    )


def _is_spelled_in(text: str, token: str, shortest: int) -> bool:
    """Return whether any reading of a text contains the token or a part of it.

    Each kind of escape is also decoded alone: the text before a token may look like the beginning of another kind.
    """
    readings, pending = {text}, [text]
    characters = len(text)
    while pending:
        reading = pending.pop()
        if _has_piece(reading, token, min(shortest, len(token))):
            return True
        for decoded in (decode(reading) for decode in _DECODERS):
            if decoded not in readings:
                characters += len(decoded)
                if characters > _MOST_CHARACTERS:
                    return True  # only someone with something to hide writes like this
                readings.add(decoded)
                pending.append(decoded)
    return False


def _has_piece(text: str, token: str, length: int) -> bool:
    """Return whether a text and the token share a run of that many characters."""
    # Such a run contains a whole block, so checking each block rules out nearly every text.
    block = length // 2
    has_block = any(text[start : start + block] in token for start in range(0, len(text) - block + 1, block))
    return has_block and any(text[start : start + length] in token for start in range(len(text) - length + 1))


def _json_decoded(text: str) -> str:
    def decoded(match: re.Match[str]) -> str:
        code, letter = match.groups()
        return chr(int(code, 16)) if code else _JSON_CONTROL.get(letter, letter)

    return re.sub(_JSON_ESCAPE, decoded, text, flags=re.DOTALL)


def _joined(text: str) -> str:
    return re.sub(_BETWEEN_LETTERS, "", text)


_DECODERS: Final[tuple[Callable[[str], str], ...]] = (_json_decoded, html.unescape, unquote, _joined)
