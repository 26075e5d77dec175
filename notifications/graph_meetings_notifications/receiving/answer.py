"""The response to the service."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Answer(Struct, frozen=True):
    """An HTTP response, for whichever framework sends it.

    Args:
        status: 200 for a handshake, 202 for notifications, 400 or 413 for anything else, 503 if nothing could be stored
            and the service should try again.
        body: to send.
        headers: to send, including `Content-Type` if there is a body.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = _NO_HEADERS


ACCEPTED: Final = Answer(202)
MALFORMED: Final = Answer(400)
TOO_LARGE: Final = Answer(413)
TRY_AGAIN: Final = Answer(503)
