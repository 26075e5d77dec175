"""Decryption: what the service encrypts is read, and whatever was changed is refused."""

import shutil
import string
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_notifications import Certificates, DecryptionFailed, UnknownCertificate, decrypt
from tests.notifications.sealing import sealed, signed

RESOURCE = {"@odata.type": "#Microsoft.Graph.callRecording", "id": "rec", "title": "Zürich 🎥"}
FIELDS = ["data", "dataKey", "dataSignature", "encryptionCertificateId"]
ALPHABET = string.ascii_letters + string.digits + "+/"
OPENSSL = shutil.which("openssl")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.folder(tmp_path_factory.mktemp("keys") / "certs")


@pytest.fixture(scope="module")
def content(certificates: Certificates) -> dict[str, Any]:
    return sealed(RESOURCE, certificates.current)


def test_what_was_encrypted_is_decrypted(certificates: Certificates, content: dict[str, Any]) -> None:
    assert decrypt(content, certificates) == RESOURCE


@given(text=st.text(max_size=100))
def test_any_length_of_text_is_decrypted(certificates: Certificates, text: str) -> None:
    assert decrypt(sealed({"text": text}, certificates.current), certificates) == {"text": text}


# Made with OpenSSL's command line alone


def openssl(folder: Path, command: str) -> None:
    assert OPENSSL
    subprocess.run([OPENSSL, *command.split()], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("bits", [2048, 4096])
def test_what_openssl_encrypts_is_decrypted(tmp_path: Path, bits: int) -> None:
    key = bytes(range(32))
    (tmp_path / "key").write_bytes(key)
    (tmp_path / "plain").write_text('{"id":"from OpenSSL"}', encoding="utf-8")
    openssl(tmp_path, f"req -x509 -newkey rsa:{bits} -nodes -subj /CN=me -days 9 -keyout mine.key -out mine.pem")
    openssl(tmp_path, f"enc -aes-256-cbc -K {key.hex()} -iv {key[:16].hex()} -in plain -out data")
    openssl(tmp_path, f"dgst -sha256 -mac HMAC -macopt hexkey:{key.hex()} -binary -out signature data")
    oaep = "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1"
    openssl(tmp_path, f"pkeyutl -encrypt -certin -inkey mine.pem {oaep} -in key -out wrapped")
    (tmp_path / "mine.key").chmod(0o600)
    content = {
        "data": b64encode((tmp_path / "data").read_bytes()).decode(),
        "dataKey": b64encode((tmp_path / "wrapped").read_bytes()).decode(),
        "dataSignature": b64encode((tmp_path / "signature").read_bytes()).decode(),
        "encryptionCertificateId": "mine",
    }
    assert decrypt(content, Certificates.folder(tmp_path)) == {"id": "from OpenSSL"}


# Whatever was changed


@pytest.mark.parametrize("field", FIELDS)
@given(data=st.data())
def test_any_changed_bit_is_refused(
    certificates: Certificates, content: dict[str, Any], field: str, data: st.DataObject
) -> None:
    text = bytearray(content[field].encode())
    text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    with pytest.raises(DecryptionFailed):
        decrypt({**content, field: text.decode()}, certificates)


@pytest.mark.parametrize("field", ["data", "dataKey", "dataSignature"])
@given(data=st.data())
def test_any_changed_bit_beneath_base64_is_refused(
    certificates: Certificates, content: dict[str, Any], field: str, data: st.DataObject
) -> None:
    decoded = bytearray(b64decode(content[field]))
    decoded[data.draw(st.integers(0, len(decoded) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DecryptionFailed):
        decrypt({**content, field: b64encode(decoded).decode()}, certificates)


@pytest.mark.parametrize("field", FIELDS)
@given(value=st.none() | st.booleans() | st.integers() | st.text(max_size=300) | st.lists(st.text(), max_size=2))
def test_any_other_value_is_refused(
    certificates: Certificates, content: dict[str, Any], field: str, value: object
) -> None:
    with pytest.raises(DecryptionFailed):
        decrypt({**content, field: value}, certificates)


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_part_is_named(certificates: Certificates, content: dict[str, Any], field: str) -> None:
    with pytest.raises(DecryptionFailed, match=f"has no {field}"):
        decrypt({name: value for name, value in content.items() if name != field}, certificates)


@pytest.mark.parametrize("field", FIELDS)
def test_a_part_that_is_too_long_is_refused_before_it_is_decoded(
    certificates: Certificates, content: dict[str, Any], field: str
) -> None:
    with pytest.raises(DecryptionFailed, match=f"{field} has [0-9]+ characters, more than"):
        decrypt({**content, field: "A" * (6 << 20)}, certificates)


def test_bits_of_base64_that_mean_nothing_must_not_be_changed(
    certificates: Certificates, content: dict[str, Any]
) -> None:
    signature = content["dataSignature"]
    assert signature.endswith("=")
    others = (f"{signature[:-2]}{letter}=" for letter in ALPHABET if letter != signature[-2])
    other = next(text for text in others if b64decode(text) == b64decode(signature))
    with pytest.raises(DecryptionFailed, match="canonical"):
        decrypt({**content, "dataSignature": other}, certificates)


def test_the_signature_is_checked_before_anything_is_decrypted(
    certificates: Certificates, content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("decrypted data whose signature is wrong")

    monkeypatch.setattr("graph_meetings_notifications.encryption.decryption._decrypted", never)
    with pytest.raises(DecryptionFailed, match="signature"):
        decrypt({**content, "dataSignature": b64encode(bytes(32)).decode()}, certificates)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no data"),
        (bytes(15), "not a multiple of 16"),
        (bytes(17), "not a multiple of 16"),
        (bytes(16), "padding"),
    ],
)
def test_signed_data_of_a_wrong_form_are_refused(certificates: Certificates, data: bytes, message: str) -> None:
    with pytest.raises(DecryptionFailed, match=message):
        decrypt(signed(data, bytes(32), certificates.current), certificates)


@pytest.mark.parametrize("key", [b"", bytes(16), bytes(31), bytes(33), bytes(64)])
def test_a_key_of_another_length_is_refused(certificates: Certificates, key: bytes) -> None:
    content = signed(bytes(16), key, certificates.current)
    with pytest.raises(DecryptionFailed, match="bytes instead of 32"):
        decrypt(content, certificates)


@pytest.mark.parametrize("plain", [b"[]", b'"text"', b"1", b"", b"{", b"\xff\xfe", b"[" * 5000])
def test_content_that_is_no_json_object_is_refused(certificates: Certificates, plain: bytes) -> None:
    with pytest.raises(DecryptionFailed, match="JSON"):
        decrypt(sealed(plain, certificates.current), certificates)


def test_content_for_another_certificate_is_refused(
    certificates: Certificates, content: dict[str, Any], tmp_path: Path
) -> None:
    others = Certificates.folder(tmp_path / "others")
    with pytest.raises(UnknownCertificate, match="no certificate"):
        decrypt(content, others)
    with pytest.raises(DecryptionFailed, match="not encrypted for the certificate"):
        decrypt({**content, "encryptionCertificateId": others.current.id}, others)
    assert decrypt(content, certificates) == RESOURCE


def test_an_error_shows_nothing_of_the_content(certificates: Certificates, content: dict[str, Any]) -> None:
    wrong = {**content, "dataSignature": b64encode(bytes(32)).decode(), "encryptionCertificateId": "a\nb" * 30}
    for changed in (wrong, {**content, "dataSignature": wrong["dataSignature"]}):
        with pytest.raises(DecryptionFailed) as caught:
            decrypt(changed, certificates)
        text = f"{caught.value!r}{caught.value.__cause__!r}"
        assert not any(str(content[field])[:12] in text for field in FIELDS[:3])
        assert "\n" not in str(caught.value)
