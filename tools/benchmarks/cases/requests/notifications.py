"""Notifications with resource data: verified, decrypted and kept, against the bare calls of cryptography."""

import hmac
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from graph_meetings_emulator import Emulator
from graph_meetings_emulator.notifications.sealing import sealed
from graph_meetings_notifications import Certificates, Inbox, Receiver, SigningKeys
from graph_meetings_runtime.json_codec import JsonObject
from tools.benchmarks.measuring.measure import Run, interleaved, processor_seconds_of
from tools.benchmarks.measuring.row import OURS, Metric, Row
from tools.benchmarks.measuring.settings import Settings

_APP: Final = "11111111-2222-4333-8444-555555555555"
_TENANT: Final = "99999999-8888-4777-8666-555555555555"
_RATE: Final = 2_000
_PADDING: Final = OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  the service encrypts with SHA-1

_encode: Final = msgspec.json.Encoder().encode


def rows(settings: Settings) -> Iterator[Row]:
    """Measure one notification in a body, and twenty, by processor time; and twenty by the clock."""
    number = settings.scaled(2_000)
    with Emulator() as emulator, TemporaryDirectory() as folder:
        keys = Certificates.folder(Path(folder) / "certificates")
        contents = [_content(each, keys) for each in range(number)]
        token = emulator.notifications.signer.token(_APP, _TENANT)
        accept = _Accepting(Path(folder), keys, SigningKeys(url=emulator.key_set_url))
        bare = _bare(contents, _private_key(Path(folder) / "certificates"))
        for size in (1, 20):
            run = accept.run(_bodies(contents, token, size))
            what = f"{number:,} notifications with resource data, {size} in a body, by processor time"
            metric = Metric(f"notifications.by_{size}", what)
            runs = {OURS: processor_seconds_of(run), "cryptography": processor_seconds_of(bare)}
            yield from metric.rows(interleaved(runs, settings.few_rounds))
        metric = Metric(
            "notifications.rate", f"{number:,}, 20 in a body, each kept on disk", "/s", number, is_rate=True
        )
        seconds = interleaved({OURS: accept.run(_bodies(contents, token, 20))}, settings.few_rounds)[OURS]
        yield metric.row("the limit", seconds, [number / _RATE] * len(seconds))


class _Accepting:
    """Accepts bodies into a new inbox each time: what an inbox knows, it drops."""

    def __init__(self, folder: Path, keys: Certificates, signing_keys: SigningKeys) -> None:
        self._folder = folder
        self._keys = keys
        self._signing_keys = signing_keys
        self._numbers = count()

    def run(self, bodies: Sequence[bytes]) -> Run:
        def accept() -> float:
            with Inbox(self._folder / f"{next(self._numbers)}.db") as inbox:
                receiver = Receiver(self._keys, app_ids={_APP}, inbox=inbox, signing_keys=self._signing_keys)
                return _seconds(lambda: [receiver.accept("", body) for body in bodies])

        return accept


def _content(number: int, keys: Certificates) -> JsonObject:
    recording: JsonObject = {
        "@odata.type": "#Microsoft.Graph.callRecording",
        "id": f"recording-{number}",
        "meetingId": "m" * 100,
        "callId": "c" * 36,
        "createdDateTime": "2026-01-01T08:00:00Z",
    }
    return sealed(recording, keys.current.base64, keys.current.id)


def _bodies(contents: Sequence[JsonObject], token: str, size: int) -> list[bytes]:
    items = [
        {
            "subscriptionId": "s",
            "changeType": "created",
            "tenantId": _TENANT,
            "resource": f"communications/onlineMeetings('m')/recordings('recording-{number}')",
            "resourceData": {"id": f"recording-{number}"},
            "encryptedContent": content,
        }
        for number, content in enumerate(contents)
    ]
    batches = (items[first : first + size] for first in range(0, len(items), size))
    return [_encode({"value": batch, "validationTokens": [token]}) for batch in batches]


def _bare(contents: Sequence[JsonObject], key: RSAPrivateKey) -> Run:
    def decrypt(content: JsonObject) -> bytes:
        wrapped, data, signature = (b64decode(str(content[name])) for name in ("dataKey", "data", "dataSignature"))
        secret = key.decrypt(wrapped, _PADDING)
        if not hmac.compare_digest(hmac.digest(secret, data, "sha256"), signature):
            raise ValueError("the signature is wrong")
        cipher = Cipher(AES(secret), CBC(secret[:16])).decryptor()
        return cipher.update(data) + cipher.finalize()

    return lambda: _seconds(lambda: [decrypt(content) for content in contents])


def _private_key(folder: Path) -> RSAPrivateKey:
    key = load_pem_private_key(next(folder.glob("*.key")).read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the certificate has another kind of key")
    return key


def _seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began
