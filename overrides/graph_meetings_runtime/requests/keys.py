"""Keys of entities, as they are written in URLs.

Source: OData 4.01 URL conventions, sections 4.3.1 (`Users('key')`) and 4.3.6 (`Users/key`)
"""

import re
from typing import Any, TypeAlias
from urllib.parse import quote
from uuid import UUID

from graph_meetings_runtime.models.values.edm import STRING
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.models.values.shown import naming_value

EntityKey: TypeAlias = str | UUID
"""The key of an entity, such as the id of a user or a recording."""


_SAFE = "$':"


class ParenthesizedKey(str):
    """A key that must be in parentheses; its text is the key itself."""

    __slots__ = ()

    def segment(self) -> str:
        """Return the key as it is written in a URL, after the name of its collection."""
        return f"({quote(self.literal(), safe=_SAFE)})"

    def literal(self) -> str:
        """Return the key as an OData literal."""
        return STRING.literal(self)


class LiteralKey(ParenthesizedKey):
    """A key that is not a string, such as a number; its text is its literal."""

    __slots__ = ()

    def literal(self) -> str:
        """Return the key as an OData literal."""
        return str(self)


def key_text(name: str, key: object) -> str:
    """Return the text of a key.

    Args:
        name: of the key, for errors.
        key: a string or a UUID.

    Raises:
        TypeError: it is neither.
        ValueError: it is empty, blank, `.` or `..`, which would make another URL, or is not valid Unicode.
    """
    text = _text(name, key)
    if text.strip() in {"", ".", ".."}:
        raise ValueError(f"{python_name(name)} cannot be {text!r}: the URL would name something else")
    if not text.isascii():
        _require_unicode(name, text)
    # As a path segment, `$count` is an option of OData, and `microsoft.graph.user` a cast.
    return ParenthesizedKey(text) if text[0] == "$" or text[:16].lower() == "microsoft.graph." else text


def parenthesized_key(name: str, key: object, edm_type: EdmType[Any]) -> ParenthesizedKey:
    """Return a key to be written in parentheses, as a literal of its type.

    Raises:
        TypeError, ValueError: the key is not a value of that type.
    """
    if edm_type is STRING:
        text = argument_text(name, key)
        _require_unicode(name, text)
        return ParenthesizedKey(text)
    with naming_value(python_name(name)):
        return LiteralKey(edm_type.literal(key))


def argument_text(name: str, key: object) -> str:
    """Return the text of a key that is an argument of a function, where quotes separate it from the rest of the URL.

    Raises:
        TypeError: it is neither a string nor a UUID.
        ValueError: it is empty or blank.
    """
    text = _text(name, key)
    if not text.strip():
        raise ValueError(f"{python_name(name)} cannot be empty")
    return text


def _text(name: str, key: object) -> str:
    if isinstance(key, str | UUID):
        return str(key)
    shown = f"a {type(key).__name__}; pass its id" if hasattr(key, "id") else repr(key)
    raise TypeError(f"{python_name(name)} must be a string or a UUID, not {shown}")


def python_name(name: str) -> str:
    """Return the Python name of an argument: `onlineMeeting-id` is `online_meeting_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _require_unicode(name: str, key: str) -> None:
    try:
        key.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{python_name(name)} cannot be {key!r}: it is not valid Unicode text") from None
