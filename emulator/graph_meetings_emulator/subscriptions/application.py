"""Which application a token is of."""

from base64 import urlsafe_b64decode
from typing import Final
from uuid import UUID, uuid5

from graph_meetings_runtime.json_codec import decode_json

_NAMESPACE: Final = UUID("5f6f1a37-59f1-4c0c-8f0e-3c8f6a1d9e10")
_PARTS: Final = 3
"""Of a signed token: header, claims, signature."""


def application_of(token: str) -> str:
    """Return the id of the application that a token is of: what the token says, otherwise one for each token."""
    parts = token.split(".")
    payload = parts[1] if len(parts) == _PARTS else ""
    try:
        claims = decode_json(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        claims = None
    named = claims.get("appid") if isinstance(claims, dict) else None
    return named if isinstance(named, str) else str(uuid5(_NAMESPACE, token))
