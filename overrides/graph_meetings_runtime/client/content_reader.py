"""The user under whose path the content of an artifact is read."""

import copy
from typing import Any, Final, Protocol, TypeVar

from graph_meetings_runtime.requests.keys import EntityKey, key_text
from graph_meetings_runtime.requests.reader import ME, USER, reader_remembered

_READER: Final = "reader%2Did"
_MY_ROOT: Final = "{+baseurl}/me/"
_ROOT_OF_READER: Final = f"{{+baseurl}}/users/{{{_READER}}}/"
_ROOTS: Final = (f"{{+baseurl}}/users/{{{USER}}}/", _ROOT_OF_READER, _MY_ROOT)


class Addressed(Protocol):
    """A builder, as far as its URL is concerned."""

    path_template: str
    url_template: str
    path_parameters: dict[str, Any]


B = TypeVar("B", bound=Addressed)


def read_as(user: EntityKey | None, artifact: object, content: B) -> B:
    """Return the builder of a content under the path of the user who reads it.

    Args:
        user: the id of that user, or `"me"`. `None` means the user under whose path the artifact was read or, if that
            is unknown, its organizer.
        artifact: the recording or transcript.
        content: the builder made from the ids in the artifact, which name its organizer.

    Raises:
        TypeError, ValueError: `user` cannot be an id.
    """
    known = reader_remembered(artifact) if user is None else user
    reader = None if known is None else key_text("user", known)
    root = next((root for root in _ROOTS if content.path_template.startswith(root)), None)
    organizer = content.path_parameters.get(USER)
    if reader is None or root is None or reader == organizer:
        return content
    builder = copy.copy(content)
    builder.path_template = (_MY_ROOT if reader == ME else _ROOT_OF_READER) + content.path_template.removeprefix(root)
    builder.url_template = builder.path_template + content.url_template.removeprefix(content.path_template)
    if reader != ME:
        builder.path_parameters = {**content.path_parameters, _READER: reader}
    return builder  # with the organizer's id, because the file is named after the ids in the path
