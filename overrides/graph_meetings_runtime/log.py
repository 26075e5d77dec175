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


def path_for_log(url: str) -> str:
    """Give the path of a URL as a log may show it: without its query, and of each id only the beginning."""
    path = unquote(urlsplit(url).path, errors="replace")
    printable = "".join(character if character.isprintable() else "?" for character in path)
    return _TEXT_BETWEEN_DELIMITERS.sub(_shortened, printable)


def _shortened(match: re.Match[str]) -> str:
    text = match[0]
    return text if len(text) <= _LONGEST or _NAME.fullmatch(text) else f"{text[:_SHOWN]}…"
