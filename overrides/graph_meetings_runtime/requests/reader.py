"""Remember the user under whose path artifacts were read: their contents may be readable only there.

An attendee who is not the organizer can read a recording under `/me`, or under their own id, but not under the
organizer's.
"""

import re
from typing import Final
from urllib.parse import unquote

from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values.json_backed import JsonBacked, reader_of_answer, set_reader
from graph_meetings_runtime.requests.request_information import GraphRequestInformation

ME: Final = "me"
USER: Final = "user%2Did"
# Not followed by a function call.
_USER_IN_PATH: Final = r"/users(?:/([^/?(]+)|\('([^/?]+)'\))/[^?(]*(?:\?|$)"


def reader_of(request: GraphRequestInformation) -> str | None:
    """Return the user in the path of a request: an id, `me`, or `None` if it makes no difference to contents.

    It makes none for functions such as `getAllRecordings`, which find what the user in the path has organized.
    """
    raw_url = request.path_parameters.get(RequestInformation.RAW_URL_KEY)
    if isinstance(raw_url, str):
        return _reader_in(raw_url.removeprefix(str(request.path_parameters.get("baseurl"))))
    path = (request.url_template or "").removeprefix("{+baseurl}")
    if path.startswith("/me/"):
        return ME
    user = request.path_parameters.get(USER)
    return str(user) if isinstance(user, str) and "{+" not in path else None


def _reader_in(path: str) -> str | None:
    if path.startswith("/me/"):
        return ME
    match = re.match(_USER_IN_PATH, path)
    if match is None:
        return None
    by_segment, in_parentheses = match.groups()
    return unquote(in_parentheses).replace("''", "'") if by_segment is None else unquote(by_segment)


def remember_reader(answer: object, reader: str | None) -> None:
    """Remember the user under whose path an item, or the items of a page, were read.

    Args:
        answer: an item, a page, or the result of a Kiota response handler.
        reader: the user, or `None` if it makes no difference.
    """
    if reader is not None and isinstance(answer, JsonBacked):
        set_reader(answer, reader)


def reader_remembered(item: object) -> str | None:
    """Return the user under whose path an item was read, or `None` if it is unknown."""
    return reader_of_answer(item) if isinstance(item, Model) else None
