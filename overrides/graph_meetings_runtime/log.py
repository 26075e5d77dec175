"""The logger `graph_meetings`: requests at DEBUG, retries at INFO; no token, no query, ids shortened."""

import logging
import re
from typing import Final
from urllib.parse import unquote, urlsplit

LOG: Final = logging.getLogger("graph_meetings")

_NAME = re.compile(r"[A-Za-z]+(_v2)?")
_TEXT_BETWEEN_DELIMITERS = re.compile(r"[^/(),=']+")
_SHOWN: Final = 4
_LONGEST: Final = 8
_LONGEST_ID: Final = 100


def place_for_log(url: str) -> str:
    """Give what a log may show of a URL whose path is as good as a key: scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"


def id_for_log(text: str | None) -> str | None:
    """Give an id that the service sent as it fits on a line."""
    return text and printable(text[:_LONGEST_ID])


def printable(text: str) -> str:
    """Put a question mark in the place of whatever would begin a new line or move a terminal's cursor."""
    return "".join(character if character.isprintable() else "?" for character in text)


def path_for_log(url: str) -> str:
    """Give the path of a URL as a log may show it: without its query, and of each id only the beginning."""
    path = unquote(urlsplit(url).path, errors="replace")
    return _TEXT_BETWEEN_DELIMITERS.sub(_shortened, printable(path))


def _shortened(match: re.Match[str]) -> str:
    text = match[0]
    return text if len(text) <= _LONGEST or _NAME.fullmatch(text) else f"{text[:_SHOWN]}…"
