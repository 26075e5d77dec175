"""Encryption of resource data, as the service does it.

Source: https://learn.microsoft.com/graph/change-notifications-with-resource-data
"""

import hmac
from base64 import b64decode, b64encode
from secrets import token_bytes

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from graph_meetings_runtime.json_codec import JsonObject, encode_json


def sealed(resource: JsonObject, certificate: str, certificate_id: str) -> JsonObject:
    """Return the `encryptedContent` of a resource.

    Args:
        resource: its JSON.
        certificate: DER in Base64.
        certificate_id: named beside the content.

    Raises:
        ValueError: the certificate is malformed, or its key is not RSA.
    """
    loaded = x509.load_der_x509_certificate(b64decode(certificate))
    public = loaded.public_key()
    if not isinstance(public, RSAPublicKey):
        raise ValueError("the key of the certificate is not RSA")
    key = token_bytes(32)
    padder, cipher = padding.PKCS7(128).padder(), Cipher(AES(key), CBC(key[:16])).encryptor()
    padded = padder.update(encode_json(resource)) + padder.finalize()
    data = cipher.update(padded) + cipher.finalize()
    wrapped = public.encrypt(key, OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None))  # noqa: S303  as the service does it
    return {
        "data": b64encode(data).decode(),
        "dataKey": b64encode(wrapped).decode(),
        "dataSignature": b64encode(hmac.digest(key, data, "sha256")).decode(),
        "encryptionCertificateId": certificate_id,
        "encryptionCertificateThumbprint": loaded.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303  as above
    }
