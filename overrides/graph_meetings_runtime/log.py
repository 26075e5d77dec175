"""The logger `graph_meetings`, and what logs and errors may show: no tokens, no queries, no control characters.

Requests are logged at DEBUG with their ids shortened, retries at INFO.
"""

import logging
import re
from typing import Final
from urllib.parse import unquote, urlsplit

LOG: Final = logging.getLogger("graph_meetings")

_NAME = r"[A-Za-z]+(_v2)?"
_TEXT_BETWEEN_DELIMITERS = r"[^/(),=']+"
_ORIGIN = r"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*"
_SHOWN: Final = 4
_LONGEST: Final = 8
_LONGEST_ID: Final = 100
_LONGEST_PATH: Final = 1_000
_TAB: Final = 4
_INDENT: Final = "\n    "


def place_for_log(url: str) -> str:
    """Return what a log may show of a URL with a secret path: its scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"


def id_for_log(text: str | None) -> str | None:
    """Return an id that the service sent, cut to a length that fits on a line."""
    return text and printable(text[:_LONGEST_ID])


def printable(text: str) -> str:
    """Replace control characters, such as line ends, by question marks."""
    return "".join(character if character.isprintable() else "?" for character in text)


def printable_lines(text: str) -> str:
    """Make a text of several lines printable, and indent all but the first, so that none looks like a log entry."""
    lines = (printable(line.expandtabs(_TAB)) for line in text.splitlines())
    return _INDENT.join(line for line in lines if line.strip())


def path_for_log(url: str) -> str:
    """Return the path of a URL for a log: without its query, and with only the beginning of each id."""
    path = unquote(urlsplit(url).path, errors="replace")
    return re.sub(_TEXT_BETWEEN_DELIMITERS, _shortened, printable(path))


def request_line(url: str, base_url: str, method: str = "GET") -> str:
    """Return the name of a request in errors: its method and its path below the root, without its query."""
    target = url.removeprefix(base_url) if base_url and url.startswith(base_url) else re.sub(_ORIGIN, "", url, count=1)
    path = target.partition("?")[0].partition("#")[0]
    shown = path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}…"
    return f"{method} {shown}" + ("?…" if path != target else "")


def _shortened(match: re.Match[str]) -> str:
    text = match[0]
    return text if len(text) <= _LONGEST or re.fullmatch(_NAME, text) else f"{text[:_SHOWN]}…"
