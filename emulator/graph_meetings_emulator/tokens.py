"""Tokens as Entra issues them, but without a signature: what they say can be read, and only the emulator accepts them.

Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, encode_json

_APPLICATION = "5f3cb3c2-0c6e-4d0f-9a55-7d0c5a1e2f64"
_LIFE = 3600


def make_token(tenant: str, claims: Mapping[str, JsonValue]) -> str:
    """Return a token of an application, valid for an hour.

    Args:
        tenant: the id of the tenant.
        claims: what the token says beside who issued it, when, and for what.
    """
    now = int(time.time())
    common: JsonObject = {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant}/",
        "iat": now,
        "nbf": now,
        "exp": now + _LIFE,
        "tid": tenant,
        "appid": _APPLICATION,
        "app_displayname": "Emulator",
        "ver": "1.0",
    }
    return f"{_part({'typ': 'JWT', 'alg': 'none'})}.{_part({**common, **claims})}."


def _part(value: JsonObject) -> str:
    return urlsafe_b64encode(encode_json(value)).decode().rstrip("=")
