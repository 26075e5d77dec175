"""The URLs with which people join Microsoft Teams meetings."""

import re
from typing import Final
from urllib.parse import urlsplit

_PATHS: Final = ("/l/meetup-join/", "/meet/")
_MEETING_ID: Final = re.compile(r"[0-9]{3}[0-9 ]{6,}")
# A URL contains none of these, unless it has lost its escapes.
_NO_PART_OF_URLS: Final = re.compile(r"""[\s"<>\\^`{|}]|[^\x21-\x7e]""")


def checked_join_url(join_url: object) -> str:
    """Return a join URL without surrounding whitespace.

    Raises:
        TypeError: it is not a string.
        ValueError: it is not a join URL of Teams, or has been altered.
    """
    if not isinstance(join_url, str):
        raise TypeError(f"join_url must be a string, such as join_web_url of a call record, not {join_url!r}")
    text = join_url.strip()
    if text[:8].lower() == "https%3a":
        raise ValueError("join_url is percent-encoded as a whole; decode it once, so that it begins with https://")
    if _MEETING_ID.fullmatch(text):
        raise ValueError(
            "join_url is the id of an invitation, not its URL; to find the meeting by it, list with "
            "filter=\"joinMeetingIdSettings/joinMeetingId eq '…'\", without blanks"
        )
    if wrong := _NO_PART_OF_URLS.search(text):
        raise ValueError(f"join_url contains {wrong[0]!r}; pass it with its escapes, as the invitation has it")
    if not _is_of_teams(text):
        raise ValueError(
            f"{_shown(text)} is not a join URL like https://teams.microsoft.com/l/meetup-join/… or "
            "https://teams.microsoft.com/meet/…"
        )
    return text


def _is_of_teams(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").split(".")
    except ValueError:
        return False
    # gov.teams.microsoft.us and teams.live.com, too.
    return parts.scheme == "https" and "teams" in host and parts.path.lower().startswith(_PATHS)


def _shown(text: str) -> str:
    """Return a URL for an error, without the query, which contains passcodes."""
    path = text.partition("?")[0]
    return repr(path if path == text else f"{path}?…")
