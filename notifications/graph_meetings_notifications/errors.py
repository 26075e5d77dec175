"""What can go wrong with notifications: one exception class for each thing that a caller handles differently.

No message contains a token, a key, a client state or a part of the content.
"""


class NotificationError(Exception):
    """The base of all errors of this package."""


class CertificateError(NotificationError):
    """A certificate or its private key cannot be read, made or used."""


class NotificationRefused(NotificationError):
    """A notification does not prove that the service sent it to this application."""


class DecryptionFailed(NotificationRefused):
    """Encrypted content is malformed, was changed, or was encrypted for another key."""


class UnknownCertificate(DecryptionFailed):
    """Encrypted content names a certificate whose private key is not there."""


class TokenRefused(NotificationRefused):
    """A validation token is not one that the service made for this application."""


class SigningKeysUnavailable(NotificationError):
    """The keys that tokens are signed with cannot be fetched, so that nothing can be said about a token."""


class InboxError(NotificationError):
    """An inbox cannot be read or written: it is damaged, locked, full, something else, or of a newer release."""


class KeeperError(NotificationError):
    """The file of a keeper cannot be read or written: it is damaged, locked, full, something else, or newer."""
