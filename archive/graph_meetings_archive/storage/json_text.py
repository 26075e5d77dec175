"""The journal's own JSON."""

from collections.abc import Mapping
from typing import cast

import msgspec


def json_text(value: Mapping[str, object]) -> str:
    """Return an object as JSON."""
    return msgspec.json.encode(value).decode()


def object_of(text: str) -> Mapping[str, object]:
    """Return the object that a text is."""
    return cast("Mapping[str, object]", msgspec.json.decode(text, type=dict[str, object]))
