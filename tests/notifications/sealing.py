"""Encrypt as the service does, with `cryptography` and nothing of the package under test."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from secrets import token_bytes
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from graph_meetings_notifications import Certificate


def sealed(resource: object, certificate: Certificate, *, key: bytes | None = None) -> dict[str, Any]:
    """Return the `encryptedContent` of a resource; bytes are taken as they are."""
    plain = resource if isinstance(resource, bytes) else json.dumps(resource).encode()
    key = token_bytes(32) if key is None else key
    padder = padding.PKCS7(128).padder()
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    data = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    return signed(data, key, certificate)


def signed(data: bytes, key: bytes, certificate: Certificate) -> dict[str, Any]:
    """Return the `encryptedContent` of data that are encrypted already."""
    public = x509.load_der_x509_certificate(b64decode(certificate.base64)).public_key()
    assert isinstance(public, RSAPublicKey)
    wrapped = public.encrypt(key, OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None))  # noqa: S303  as Graph encrypts
    return {
        "data": b64encode(data).decode(),
        "dataKey": b64encode(wrapped).decode(),
        "dataSignature": b64encode(hmac.new(key, data, hashlib.sha256).digest()).decode(),
        "encryptionCertificateId": certificate.id,
        "encryptionCertificateThumbprint": certificate.thumbprint,
    }
