"""Tokens whose signatures are known to be valid, because verifying them again takes long."""

from collections.abc import Mapping
from hashlib import sha256
from threading import Lock
from time import time
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msgspec import Struct

_MOST: Final = 256


class SignedClaims(Struct, frozen=True):
    """The claims of a token whose signature is valid.

    Args:
        key_id: of the key that it is signed with.
        key: that it was verified with.
        claims: of the token.
    """

    key_id: str
    key: RSAPublicKey
    claims: Mapping[str, Any]

    def are_current(self) -> bool:
        """Whether the token is valid now, given the correct time."""
        now, end = time(), self.claims.get("exp")
        begins = (self.claims.get("nbf", 0), self.claims.get("iat", 0))
        return isinstance(end, int) and now < end and all(isinstance(it, int) and it <= now for it in begins)


class RememberedTokens:
    """The latest tokens with valid signatures, by their digests. Several threads can use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._signed: dict[bytes, SignedClaims] = {}

    def find(self, token: str) -> SignedClaims | None:
        """Return the claims of a token, or `None` if it is unknown or must be verified again."""
        signed = self._signed.get(_digest(token))
        return signed if signed is not None and signed.are_current() else None

    def add(self, token: str, signed: SignedClaims) -> None:
        """Remember a verified token."""
        with self._lock:
            while len(self._signed) >= _MOST:
                del self._signed[next(iter(self._signed))]
            self._signed[_digest(token)] = signed


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
