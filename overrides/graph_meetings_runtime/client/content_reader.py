"""Whose path the content of an artifact is read under."""

import copy
from typing import Any, Final, Protocol, TypeVar

from graph_meetings_runtime.requests.keys import EntityKey, key_text
from graph_meetings_runtime.requests.reader import ME, USER, reader_remembered

_READER: Final = "reader%2Did"
_MY_ROOT: Final = "{+baseurl}/me/"
_ROOT_OF_READER: Final = f"{{+baseurl}}/users/{{{_READER}}}/"
_ROOTS: Final = (f"{{+baseurl}}/users/{{{USER}}}/", _ROOT_OF_READER, _MY_ROOT)


class Addressed(Protocol):
    """What has an address made of a template."""

    path_template: str
    url_template: str
    path_parameters: dict[str, Any]


B = TypeVar("B", bound=Addressed)


def read_as(user: EntityKey | None, artifact: object, content: B) -> B:
    """Return the builder of a content under the path of the one who reads it.

    Args:
        user: the id of the reader, or `"me"`; `None` stands for the user under whose path the artifact was read, or,
            if nothing is known of that, for its organizer.
        artifact: that the content belongs to.
        content: as the ids of the artifact address it.

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
    return builder  # with the organizer's id, because the ids of a content name its file
