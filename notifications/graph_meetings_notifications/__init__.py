"""Change notifications: verified, decrypted, kept until they are handled."""

from graph_meetings_notifications.encryption.certificate import Certificate
from graph_meetings_notifications.encryption.certificates import Certificates
from graph_meetings_notifications.encryption.decryption import Keys, decrypt
from graph_meetings_notifications.errors import (
    CertificateError,
    DecryptionFailed,
    InboxError,
    NotificationError,
    NotificationRefused,
    SigningKeysUnavailable,
    TokenRefused,
    UnknownCertificate,
)
from graph_meetings_notifications.tokens.signing_keys import SigningKeys
from graph_meetings_notifications.tokens.verification import VerifiedToken, verify_tokens

__all__ = [
    "Certificate",
    "CertificateError",
    "Certificates",
    "DecryptionFailed",
    "InboxError",
    "Keys",
    "NotificationError",
    "NotificationRefused",
    "SigningKeys",
    "SigningKeysUnavailable",
    "TokenRefused",
    "UnknownCertificate",
    "VerifiedToken",
    "decrypt",
    "verify_tokens",
]
