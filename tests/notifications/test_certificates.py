"""A folder of certificates: made, rotated, and readable for its owner only at every moment."""

import os
import stat
import threading
import time
from base64 import b64decode
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from graph_meetings_notifications import CertificateError, Certificates, UnknownCertificate, decrypt
from graph_meetings_notifications.encryption.certificate import make_certificate
from tests.notifications.sealing import sealed
from tests.support.forked import FORKED

DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "certs"


def files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_a_certificate_is_made_where_there_is_none(folder: Path) -> None:
    made = Certificates.folder(folder).current
    assert files(folder) == [".key", ".pem"]
    certificate = x509.load_der_x509_certificate(b64decode(made.base64))
    public = certificate.public_key()
    assert isinstance(public, RSAPublicKey)
    assert 2048 <= public.key_size <= 4096
    assert made.not_before < datetime.now(UTC) < made.not_after
    assert (folder / f"{made.id}.pem").read_bytes() == certificate.public_bytes(Encoding.PEM)
    assert len(made.id) <= 128


def test_a_certificate_is_found_again(folder: Path) -> None:
    made = Certificates.folder(folder).current
    assert Certificates.folder(folder).current == made
    assert len(Certificates.folder(folder)) == 1


def test_keys_are_for_their_owner_only_whatever_the_umask(folder: Path) -> None:
    mask = os.umask(0)
    try:
        Certificates.folder(folder)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (key,) = folder.glob("*.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_key_is_never_open_to_others_while_it_is_made(folder: Path) -> None:
    certificates = Certificates.folder(folder)
    modes: set[int] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for entry in os.scandir(folder):
                try:
                    modes.add(stat.S_IMODE(entry.stat().st_mode))
                except FileNotFoundError:
                    continue

    watcher = threading.Thread(target=watch)
    mask = os.umask(0)
    watcher.start()
    try:
        for _ in range(3):
            certificates.rotate()
    finally:
        os.umask(mask)
        done.set()
        watcher.join(10)
    assert modes == {0o600}


def test_a_key_that_others_can_read_is_closed_with_a_warning(folder: Path) -> None:
    made = Certificates.folder(folder).current
    key = folder / f"{made.id}.key"
    key.chmod(0o644)
    with pytest.warns(UserWarning, match=r"could read the private key .*readable for its owner only") as caught:
        Certificates.folder(folder)
    assert caught[0].filename == __file__
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_no_key_is_in_a_repr(folder: Path) -> None:
    certificates = Certificates.folder(folder)
    assert repr(certificates) == f"Certificates.folder({str(folder)!r})"
    assert "PRIVATE" not in repr(certificates.current)
    assert "RSAPrivateKey" not in repr(certificates.current)


# Rotation


def test_after_a_rotation_the_new_one_is_current_and_the_old_one_decrypts(folder: Path) -> None:
    certificates = Certificates.folder(folder)
    old = certificates.current
    content = sealed({"id": "1"}, old)
    for _ in range(3):
        new = certificates.rotate()
        assert certificates.current == new != old
        assert decrypt(content, certificates) == {"id": "1"}
    assert next(iter(certificates)).id == old.id


def test_a_certificate_that_ends_soon_is_replaced_when_the_folder_is_opened(folder: Path) -> None:
    old = Certificates.folder(folder, lifetime=20 * DAY, renew_before=10 * DAY).current
    assert Certificates.folder(folder, renew_before=10 * DAY).current == old
    new = Certificates.folder(folder, renew_before=30 * DAY)
    assert new.current != old
    assert len(new) == 2
    assert new.rotate_if_due() == new.current
    assert len(new) == 2


def test_what_another_process_has_made_decrypts_here(folder: Path) -> None:
    here, elsewhere = Certificates.folder(folder), Certificates.folder(folder)
    content = sealed({"id": "1"}, elsewhere.rotate())
    assert decrypt(content, here) == {"id": "1"}
    assert here.current == elsewhere.current


def test_a_certificate_that_is_not_valid_yet_is_not_given_to_the_service(folder: Path) -> None:
    certificates = Certificates.folder(folder)
    now = certificates.current
    later = datetime.now(UTC) + 10 * DAY
    key = generate_private_key(65537, 2048)
    name = x509.Name([])
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, later, later + DAY).sign(key, hashes.SHA256())
    (folder / "later.key").touch(0o600)
    (folder / "later.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "later.pem").write_bytes(built.public_bytes(Encoding.PEM))
    assert len(certificates) == 2
    assert certificates.current == now


def age(folder: Path, id_: str, days: int) -> None:
    then = time.time() - days * 86_400
    os.utime(folder / f"{id_}.key", (then, then))


def test_an_old_key_goes_once_nothing_names_it(folder: Path) -> None:
    certificates = Certificates.folder(folder)
    first, second, third, last = certificates.current, *(certificates.rotate() for _ in range(3))
    for each in (first, second, last):
        age(folder, each.id, 8)
    # The first one belongs to a subscription, the third one was named a moment ago, the last one is current.
    assert certificates.remove_unused([first.id]) == [second.id]
    assert {each.id for each in certificates} == {first.id, third.id, last.id}
    with pytest.raises(UnknownCertificate):
        decrypt(sealed({}, second), certificates)
    assert files(folder) == [".key"] * 3 + [".pem"] * 3


def test_a_key_that_a_notification_names_stays(folder: Path) -> None:
    old = Certificates.folder(folder).current
    certificates = Certificates.folder(folder)
    certificates.rotate()
    age(folder, old.id, 8)
    decrypt(sealed({}, old), certificates)
    assert certificates.remove_unused([]) == []


def open_it(folder: Path) -> str:
    return Certificates.folder(folder).current.id


@pytest.mark.slow
def test_many_processes_that_open_an_empty_folder_make_one_certificate(folder: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=FORKED) as pool:
        ids = set(pool.map(open_it, [folder] * 8, timeout=60))
    assert len(ids) == 1
    assert files(folder) == [".key", ".pem"]


# What is in the folder


def test_names_that_the_service_sends_choose_no_file(folder: Path, tmp_path: Path) -> None:
    certificates = Certificates.folder(folder)
    outside = Certificates.folder(tmp_path / "outside").current
    for id_ in (f"../outside/{outside.id}", str(tmp_path / "outside" / outside.id), "../" * 20, "a\x00b", ".", ""):
        with pytest.raises(UnknownCertificate):
            certificates.unwrap(id_, bytes(256))


def test_a_key_whose_certificate_a_crash_has_prevented_is_not_used(folder: Path) -> None:
    folder.mkdir()
    (folder / "half.key").write_bytes(make_certificate("half", DAY)[1])
    (folder / ".making-0123").write_bytes(b"-----BEGIN")
    certificates = Certificates.folder(folder)
    assert len(certificates) == 1
    assert certificates.current.id != "half"
    assert not list(folder.glob(".making-*"))


PEM, KEY = make_certificate("given", 90 * DAY)


def ec_key() -> bytes:
    return generate_ec_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_with_password() -> bytes:
    encryption = BestAvailableEncryption(b"password")
    return generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize(
    ("pem", "key", "message"),
    [
        (b"", KEY, "repair or remove"),
        (PEM, b"nothing", "repair or remove"),
        (PEM, make_certificate("other", DAY)[1], "do not belong together"),
        (PEM, ec_key(), "needs an RSA key of 2048 to 4096 bits"),
        (PEM, key_with_password(), "has a password"),
        (PEM, b"x" * 100_000, "longer than"),
    ],
)
def test_a_pair_that_cannot_be_used_is_named(folder: Path, pem: bytes, key: bytes, message: str) -> None:
    folder.mkdir()
    (folder / "given.pem").write_bytes(pem)
    (folder / "given.key").touch(0o600)
    (folder / "given.key").write_bytes(key)
    with pytest.raises(CertificateError, match=message) as caught:
        Certificates.folder(folder)
    assert str(folder / "given.pem") in str(caught.value)


def test_a_pair_that_is_given_is_used(folder: Path) -> None:
    folder.mkdir()
    (folder / "given.pem").write_bytes(PEM)
    (folder / "given.key").touch(0o600)
    (folder / "given.key").write_bytes(KEY)
    assert Certificates.folder(folder).current.id == "given"


def test_an_id_that_is_too_long_for_the_service_is_refused(folder: Path) -> None:
    folder.mkdir()
    for suffix, content in ((".pem", PEM), (".key", KEY)):
        path = folder / ("a" * 129 + suffix)
        path.touch(0o600)
        path.write_bytes(content)
    with pytest.raises(CertificateError, match="128 characters"):
        Certificates.folder(folder)
