"""A certificate authority of our own, as companies have one."""

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
HOST = "graph.example"
TRUSTED = httpx.create_ssl_context()
"""What httpx trusts of its own accord, for `verify`: each client that is made without it loads it again, for 20 ms."""


@dataclass(frozen=True)
class Authority:
    """An authority.

    Attributes:
        folder: of its files.
        certificate: what those who trust it need.
        key: what it signs with.
    """

    folder: Path
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @classmethod
    def make(cls, folder: Path) -> "Authority":
        """Make an authority whose certificate is in `folder`."""
        key = _new_key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of our own")])
        authority = (
            _builder(name, key)
            .issuer_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(is_authority=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        made = cls(folder, authority, key)
        made.path.write_bytes(authority.public_bytes(PEM))
        return made

    @property
    def path(self) -> Path:
        """The certificate in PEM."""
        return self.folder / "authority.pem"

    def issue(self, *names: str) -> Path:
        """Issue a certificate for host names and addresses, once; return a file with its key and itself in PEM."""
        path = self.folder / f"{names[0]}.pem"
        if path.exists():
            return path
        key = _new_key()
        certificate = (
            _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]), key)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(is_authority=False), critical=True)
            .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path.write_bytes(
            key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + certificate.public_bytes(PEM)
        )
        return path


@dataclass(frozen=True)
class Certificate:
    """A certificate for `graph.example`, `localhost` and 127.0.0.1.

    Attributes:
        path: what those who trust it need, in PEM.
        chain: its key and itself in PEM.
    """

    path: Path
    chain: Path

    @classmethod
    def make(cls, folder: Path) -> "Certificate":
        """Make a certificate whose files are in `folder`."""
        authority = Authority.make(folder)
        return cls(authority.path, authority.issue(HOST, "localhost", "127.0.0.1"))

    def server_context(self) -> ssl.SSLContext:
        """Return what a server needs to speak TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _builder(name: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_names(names: Sequence[str]) -> list[x509.GeneralName]:
    return [_address(name) or x509.DNSName(name) for name in names]


def _address(name: str) -> x509.IPAddress | None:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return None
