"""A JSON Web Key Set, reduced to the keys that can verify RS256.

Source: https://www.rfc-editor.org/rfc/rfc7517
"""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json

_MAX_KEYS: Final = 200
_LEAST_BITS: Final = 2048
_MOST_BITS: Final = 8192
_MOST_EXPONENT_BITS: Final = 32


def read_key_set(content: bytes) -> Mapping[str, RSAPublicKey]:
    """Return the RSA keys of a set by their ids. Keys for anything else are left out.

    Raises:
        ValueError: the content is not a key set.
    """
    document = decode_json(content)
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise ValueError("it is not a JSON Web Key Set")
    found: dict[str, RSAPublicKey] = {}
    for key in keys[:_MAX_KEYS]:
        if isinstance(key, dict) and isinstance(id_ := key.get("kid"), str) and (public := _public_key(key)):
            found.setdefault(id_, public)
    return found


def _public_key(key: JsonObject) -> RSAPublicKey | None:
    if key.get("kty") != "RSA" or key.get("use", "sig") != "sig" or key.get("alg", "RS256") != "RS256":
        return None
    modulus, exponent = _number(key.get("n")), _number(key.get("e"))
    if not _LEAST_BITS <= modulus.bit_length() <= _MOST_BITS or exponent.bit_length() > _MOST_EXPONENT_BITS:
        return None
    try:
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        return None


def _number(value: JsonValue) -> int:
    if not isinstance(value, str) or len(value) > _MOST_BITS // 4:
        return 0
    try:
        return int.from_bytes(urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except ValueError:
        return 0
