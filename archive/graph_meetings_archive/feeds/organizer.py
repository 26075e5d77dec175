"""Who organized a call."""

from typing import TYPE_CHECKING

from msgspec import Struct

from graph_meetings import CallRecord

if TYPE_CHECKING:
    from graph_meetings_runtime.json_codec import JsonValue


class Organizer(Struct, frozen=True):
    """A user who organized a call.

    Args:
        id: of the user.
        name: the user principal name, if the record says it.
    """

    id: str
    name: str | None


def organizer_of(record: CallRecord) -> Organizer | None:
    """Return the user who organized a call; `None` if it was someone else, such as a telephone number."""
    value: JsonValue = record.raw.get("organizer_v2")
    for key in ("identity", "user"):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return None
    id_, name = value.get("id"), value.get("userPrincipalName")
    return Organizer(id_, name if isinstance(name, str) else None) if isinstance(id_, str) and id_ else None
