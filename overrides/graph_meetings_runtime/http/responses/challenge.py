"""Challenges: what the service says about the token that it rejected."""

import base64
import re
from typing import Final

from graph_meetings_runtime.json_codec import decode_json

# RFC 9110, section 11: `Scheme name=value, name="value", Scheme …`.
_CHALLENGE_PART: Final = (
    r"""(?P<name>[\w!#$%&'*+.^`|~-]+) (?: \s*=\s* (?: "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<plain>[^\s,"]+) ) )?"""
)
_LONGEST_CHALLENGE: Final = 1 << 16


def claims_challenge(www_authenticate: str) -> str | None:
    """Return the claims, as JSON, that a `WWW-Authenticate` header asks for, or `None` if it asks for none.

    The header can contain several challenges; only `Bearer` ones count.

    Raises:
        ValueError: malformed claims.

    Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    is_bearer = False
    for part in re.finditer(_CHALLENGE_PART, www_authenticate[:_LONGEST_CHALLENGE], re.ASCII | re.VERBOSE):
        name = part["name"].lower()
        value = part["plain"] if part["quoted"] is None else re.sub(r"\\(.)", r"\1", part["quoted"])
        if value is None:
            is_bearer = name == "bearer"
        elif is_bearer and name == "claims":
            return decode_claims(value)
    return None


def decode_claims(encoded: str) -> str:
    """Decode the claims of a challenge: JSON in base64 of either alphabet, with or without padding.

    Raises:
        ValueError: malformed claims.
    """
    try:
        padded = encoded.translate({ord("-"): "+", ord("_"): "/"}).rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4)
        claims = base64.b64decode(padded, validate=True).decode()
        is_object = isinstance(decode_json(claims.encode()), dict)
    except ValueError:
        is_object, claims = False, ""
    if not is_object:
        raise ValueError("malformed claims challenge")
    return claims


def fingerprint(authorization: str) -> int:
    """Distinguish `Authorization` headers without keeping one, because error collectors show local variables."""
    return hash(authorization)
