"""Strings, booleans, GUIDs and bytes."""

from base64 import b64decode, urlsafe_b64encode
from uuid import UUID

from graph_meetings_runtime.json_codec import JsonValue, json_type
from graph_meetings_runtime.models.values.edm_type import EdmType, typed, typed_writer


def _read_text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, got {json_type(value)}")
    return value


def _string_literal(value: object) -> str:
    return "'" + typed(value, str).replace("'", "''") + "'"


def _read_boolean(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected a boolean, got {json_type(value)}")
    return value


def _boolean_literal(value: object) -> str:
    return "true" if typed(value, bool) else "false"


def _read_guid(value: JsonValue) -> UUID:
    return UUID(_read_text(value))


def _guid_literal(value: object) -> str:
    return str(value if isinstance(value, UUID) else UUID(typed(value, str)))


def _read_binary(value: JsonValue) -> bytes:
    text = _read_text(value).replace("+", "-").replace("/", "_")
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _write_binary(value: bytes) -> str:
    return urlsafe_b64encode(value).decode()


def _binary_literal(value: object) -> str:
    return f"binary'{_write_binary(typed(value, bytes))}'"


STRING = EdmType("Edm.String", str, _read_text, _read_text, _string_literal, is_plain=True)
BOOLEAN = EdmType("Edm.Boolean", bool, _read_boolean, _read_boolean, _boolean_literal, is_plain=True)
GUID = EdmType("Edm.Guid", str, _read_guid, typed_writer(UUID, str), _guid_literal)
BINARY = EdmType("Edm.Binary", str, _read_binary, typed_writer(bytes, _write_binary), _binary_literal)
STREAM = EdmType("Edm.Stream", str, _read_binary, typed_writer(bytes, _write_binary), _binary_literal)
"""A media stream. Its bytes are not in the JSON but at a URL of their own; the builder of that name fetches them."""
