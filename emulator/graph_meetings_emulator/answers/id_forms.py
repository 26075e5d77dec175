"""The error for an id that does not exist: 404 if it has the form of an id, else 400.

The forms are those of the documents' examples: base64 of a text that starts with a version. Only their beginning is
checked, because the documents print shortened ids.

Source: https://learn.microsoft.com/graph/api/onlinemeeting-get, …/callrecording-get, …/calltranscript-get
"""

import re
from base64 import b64decode

from graph_meetings_emulator.http.errors import ServiceError, bad_request, not_found

_ARTIFACT = re.compile(rb"(?:V?[0-9]+)##")
_FORMS = {
    "onlineMeetings": re.compile(rb"[0-9]+\*"),
    "recordings": _ARTIFACT,
    "transcripts": _ARTIFACT,
}
"""By collection: how its ids start once decoded. Ids of other collections have no form that the service checks."""


def unknown_id(collection: str, key: str) -> ServiceError:
    """Return the error for an id that a collection does not have."""
    form = _FORMS.get(collection)
    if form is None or form.match(_decoded(key)):
        return not_found()
    return bad_request("Unexpected id format")


def _decoded(key: str) -> bytes:
    letters = key.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(letters[: len(letters) // 4 * 4], validate=True)
    except ValueError:
        return b""
