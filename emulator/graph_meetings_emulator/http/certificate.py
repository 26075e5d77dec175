"""A certificate for loopback addresses, and the certificate of the authority that signed it, made anew each time.

`cryptography`, which makes them, comes with azure-identity.
"""

import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "::1")
_VALID = timedelta(days=30)
_CLOCK_SKEW = timedelta(hours=1)


class ServerCertificate:
    """The files of a certificate, in a temporary folder that is removed with `close`.

    Attributes:
        ca_file: the authority's certificate in PEM, for clients to trust.
        chain_file: the server's certificate and its private key in PEM.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="graph-emulator-", ignore_cleanup_errors=True)
        self.ca_file = Path(self._folder.name) / "ca.pem"
        self.chain_file = Path(self._folder.name) / "server.pem"
        authority_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
        authority = _authority(authority_key)
        self.ca_file.write_bytes(authority.public_bytes(Encoding.PEM))
        self.chain_file.touch(mode=0o600)
        self.chain_file.write_bytes(
            _signed(key, authority, authority_key).public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()


def _authority(key: EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("graph-emulator authority")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    return (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _signed(
    key: EllipticCurvePrivateKey, authority: x509.Certificate, authority_key: EllipticCurvePrivateKey
) -> x509.Certificate:
    addresses = [x509.IPAddress(ip_address(address)) for address in _ADDRESSES]
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(_name("graph-emulator"), authority.subject, key)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(by, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
