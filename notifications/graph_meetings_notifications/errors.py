"""The errors of notifications: one class for each thing that a caller handles differently.

No message contains a token, a key, a client state or a part of the content.
"""


class NotificationError(Exception):
    """The base of all errors of this package."""


class CertificateError(NotificationError):
    """A certificate or its private key cannot be read, made or used."""


class NotificationRefused(NotificationError):
    """A notification is not proven to be from the service, for this application."""


class DecryptionFailed(NotificationRefused):
    """Encrypted content is malformed, was changed, or was encrypted for another key."""


class UnknownCertificate(DecryptionFailed):
    """Encrypted content names a certificate whose private key is missing."""


class TokenRefused(NotificationRefused):
    """A validation token is not from the service, or not for this application."""


class SigningKeysUnavailable(NotificationError):
    """The signing keys of tokens cannot be fetched, so that no token can be verified."""


class InboxError(NotificationError):
    """An inbox cannot be read or written: it is damaged, locked, full, not an inbox, or of a newer release."""


class KeeperError(NotificationError):
    """A keeper's file cannot be read or written: it is damaged, locked, full, not a keeper's, or of a newer release."""
