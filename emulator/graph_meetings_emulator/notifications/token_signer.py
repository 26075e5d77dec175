"""Validation tokens, and the key set that they are verified with."""

import json
import time
from base64 import urlsafe_b64encode
from secrets import token_hex
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

PUBLISHER: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""Id of the application that sends change notifications."""

_SECONDS_VALID: Final = 3600


class TokenSigner:
    """Signs with a key of its own, which its key set has."""

    def __init__(self) -> None:
        self._keys: dict[str, RSAPrivateKey] = {}
        self.rotate()

    def rotate(self) -> None:
        """Sign with another key from now on; the key set has only that one."""
        self._keys = {token_hex(8): _new_key()}

    def key_set(self) -> bytes:
        """Return the JSON Web Key Set."""
        keys = [{"kty": "RSA", "use": "sig", "kid": id_, **_numbers(key)} for id_, key in self._keys.items()]
        return json.dumps({"keys": keys}).encode()

    def token(self, app_id: str, tenant_id: str, *, is_forged: bool = False, **changed: object) -> str:
        """Return a validation token.

        Args:
            app_id: whom it is for.
            tenant_id: which tenant it is about.
            is_forged: whether to sign it with a key that is not in the key set.
            changed: claims that differ.
        """
        now = int(time.time())
        claims: dict[str, Any] = {
            "aud": app_id,
            "iss": f"https://sts.windows.net/{tenant_id}/",
            "tid": tenant_id,
            "appid": PUBLISHER,
            "ver": "1.0",
            "iat": now,
            "nbf": now,
            "exp": now + _SECONDS_VALID,
        }
        ((id_, key),) = self._keys.items()
        signing = _new_key() if is_forged else key
        return jwt.encode({**claims, **changed}, signing, algorithm="RS256", headers={"kid": id_})


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=2_048)


def _numbers(key: RSAPrivateKey) -> dict[str, str]:
    public = key.public_key().public_numbers()
    return {"n": _base64(public.n), "e": _base64(public.e)}


def _base64(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode().rstrip("=")
