"""Decryption of the resource data in notifications.

Source: https://learn.microsoft.com/graph/change-notifications-with-resource-data
"""

import hmac
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from graph_meetings_notifications.encryption.certificates import LONGEST_ID
from graph_meetings_notifications.errors import DecryptionFailed
from graph_meetings_runtime.json_codec import JsonObject, decode_json

MAX_DATA_BYTES: Final = 4 << 20
"""Bytes of the encrypted data of one item. The service sends kilobytes."""

_MAX_WRAPPED_BYTES: Final = 512  # RSA with 4,096 bits
_SIGNATURE_BYTES: Final = 32
_KEY_BYTES: Final = 32
_BLOCK_BYTES: Final = 16


class Keys(Protocol):
    """The holder of the private keys: `Certificates` or, for example, a vault that never hands them out."""

    def unwrap(self, certificate_id: str, wrapped: bytes) -> bytes:
        """Decrypt a symmetric key by RSA-OAEP with SHA-1.

        Args:
            certificate_id: of the certificate that it was encrypted for. It is untrusted: look it up, but do not make a
                path or a URL from it.
            wrapped: the encrypted key.

        Raises:
            UnknownCertificate: no certificate has this id.
            DecryptionFailed: it was not encrypted for this certificate.
        """
        ...


def decrypt(encrypted_content: Mapping[str, object], keys: Keys) -> JsonObject:
    """Decrypt the resource data of a notification, after checking the signature.

    A valid signature only shows that nothing was changed, not that the service sent it: anyone can encrypt for a
    certificate. `verify_tokens` shows who sent it.

    Args:
        encrypted_content: the `encryptedContent` of a notification, as decoded from JSON.
        keys: the private keys, such as `Certificates.folder("certs/")`.

    Returns:
        The resource as decoded JSON, for example for `CallRecording.from_raw`.

    Raises:
        UnknownCertificate: there is no key with the id in the content.
        DecryptionFailed: the content is malformed, too large, or was changed.

    Source: https://learn.microsoft.com/graph/change-notifications-with-resource-data
    """
    certificate_id = _text(encrypted_content, "encryptionCertificateId", LONGEST_ID)
    wrapped = _bytes(encrypted_content, "dataKey", _MAX_WRAPPED_BYTES)
    signature = _bytes(encrypted_content, "dataSignature", _SIGNATURE_BYTES)
    data = _bytes(encrypted_content, "data", MAX_DATA_BYTES)
    key = keys.unwrap(certificate_id, wrapped)
    if len(key) != _KEY_BYTES:
        raise DecryptionFailed(f"the data key has {len(key)} bytes instead of {_KEY_BYTES}")
    # Before anything is decrypted; otherwise, the time of the response would reveal the padding.
    if not hmac.compare_digest(hmac.digest(key, data, "sha256"), signature):
        raise DecryptionFailed("the signature does not match the data: something has changed one of them")
    try:
        content = decode_json(_decrypted(data, key))
    except ValueError:
        raise DecryptionFailed("the decrypted data is not JSON") from None
    if not isinstance(content, dict):
        raise DecryptionFailed("the decrypted data is not a JSON object")
    return content


def _decrypted(data: bytes, key: bytes) -> bytes:
    if not data or len(data) % _BLOCK_BYTES:
        raise DecryptionFailed(f"the length of the data is not a multiple of {_BLOCK_BYTES}")
    # As documented. There is a new key for each item, which makes this initialization vector safe.
    cipher = Cipher(AES(key), CBC(key[:_BLOCK_BYTES])).decryptor()
    padded = cipher.update(data) + cipher.finalize()
    count = padded[-1]
    if not 1 <= count <= _BLOCK_BYTES or padded[-count:] != bytes([count]) * count:
        raise DecryptionFailed("the padding of the data is malformed")
    return padded[:-count]


def _bytes(content: Mapping[str, object], name: str, limit: int) -> bytes:
    text = _text(content, name, (limit + 2) // 3 * 4)
    try:
        decoded = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError):
        raise DecryptionFailed(f"{name} is not Base64") from None
    # The last character has unused bits; another text for the same bytes has been changed.
    if b2a_base64(decoded, newline=False) != text.encode():
        raise DecryptionFailed(f"{name} is not canonical Base64")
    return decoded


def _text(content: Mapping[str, object], name: str, limit: int) -> str:
    text = content.get(name)
    if not isinstance(text, str) or not text:
        raise DecryptionFailed(f"the encrypted content has no {name}")
    if len(text) > limit:
        raise DecryptionFailed(f"{name} has {len(text)} characters, more than {limit}")
    return text
