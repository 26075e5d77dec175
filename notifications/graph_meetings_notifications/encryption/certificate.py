"""One certificate and its private key."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from graph_meetings_notifications.errors import DecryptionFailed

_LEAST_BITS: Final = 2048
_MOST_BITS: Final = 4096
_CLOCK_SKEW: Final = timedelta(hours=1)
# The service uses SHA-1 here. Its weakness, collisions, does not affect OAEP.
_PADDING: Final = OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  the service encrypts with SHA-1


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for which the service encrypts resource data.

    Attributes:
        id: the `encryptionCertificateId` of subscriptions and notifications.
        base64: its DER in Base64, the `encryptionCertificate` of subscriptions.
        thumbprint: SHA-1 of its DER in upper-case hexadecimal digits, as repeated in notifications.
        not_before: the start of its validity.
        not_after: the end of its validity; its key can still decrypt.
    """

    id: str
    base64: str = field(repr=False)
    thumbprint: str
    not_before: datetime
    not_after: datetime
    _key: RSAPrivateKey = field(repr=False, compare=False)

    @classmethod
    def from_pem(cls, id_: str, certificate: bytes, key: bytes) -> Self:
        """Read a certificate and its private key.

        Args:
            id_: of the certificate.
            certificate: in PEM.
            key: in PEM, without a password.

        Raises:
            ValueError: they are malformed, do not belong together, or are not what the service accepts.
        """
        loaded = x509.load_pem_x509_certificate(certificate)
        try:
            private = load_pem_private_key(key, password=None)
        except TypeError:
            raise ValueError("the key has a password; store it without one, readable for its owner only") from None
        if not isinstance(private, RSAPrivateKey) or not _LEAST_BITS <= private.key_size <= _MOST_BITS:
            raise ValueError(f"the service needs an RSA key of {_LEAST_BITS} to {_MOST_BITS} bits")
        if loaded.public_key() != private.public_key():
            raise ValueError("the certificate and the key do not belong together")
        der = loaded.public_bytes(Encoding.DER)
        return cls(
            id_,
            b64encode(der).decode(),
            loaded.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303  as the service does it
            loaded.not_valid_before_utc,
            loaded.not_valid_after_utc,
            private,
        )

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt a symmetric key that was encrypted for this certificate.

        Raises:
            DecryptionFailed: it was encrypted for another certificate.
        """
        try:
            return self._key.decrypt(wrapped, _PADDING)
        except ValueError:
            raise DecryptionFailed(f"the data key was not encrypted for the certificate {self.id}") from None


def make_certificate(name: str, lifetime: timedelta) -> tuple[bytes, bytes]:
    """Create a self-signed certificate; only the service ever sees it.

    Args:
        name: its common name.
        lifetime: how long it is valid, from now on.

    Returns:
        The certificate and its private key in PEM.
    """
    key = generate_private_key(public_exponent=65_537, key_size=_LEAST_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
