"""Azurite, Microsoft's own emulator of Azure Storage, and signed URLs of its blobs.

Source: https://learn.microsoft.com/rest/api/storageservices/create-service-sas
"""

import base64
import hashlib
import hmac
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx

from tests.support.certificates import Authority
from tests.support.processes import free_port, running
from tests.support.programs import node, npm_packages

# Documented, and the same in every Azurite.
ACCOUNT = "devstoreaccount1"
KEY = base64.b64decode("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==")
VERSION = "2020-10-02"
CONTAINER = "recordings"


@dataclass(frozen=True)
class Azurite:
    """A running Azurite.

    Attributes:
        origin: scheme, host and port.
        log: names each request.
    """

    origin: str
    log: Path
    storage: httpx.Client

    def put(self, name: str, content: bytes, content_type: str = "video/mp4") -> None:
        """Upload a blob, or replace it."""
        headers = {"x-ms-blob-type": "BlockBlob", "x-ms-blob-content-type": content_type}
        self._ask("PUT", f"{CONTAINER}/{name}?{_account_signature()}", content, headers)

    def claim_digest(self, name: str, digest: bytes) -> None:
        """Let a blob have this MD5, whatever its content is."""
        headers = {"x-ms-blob-content-md5": base64.b64encode(digest).decode()}
        self._ask("PUT", f"{CONTAINER}/{name}?comp=properties&{_account_signature()}", b"", headers)

    def create_container(self) -> None:
        """Create the container of all blobs."""
        self._ask("PUT", f"{CONTAINER}?restype=container&{_account_signature()}", b"", {})

    def url(self, name: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        """Return the signed URL with which anyone can read a blob until it expires."""
        expiry = _moment(lifetime)
        fields = ["r", "", expiry, f"/blob/{ACCOUNT}/{CONTAINER}/{name}", "", "", "", VERSION, "b", *[""] * 6]
        query = {"sv": VERSION, "sr": "b", "sp": "r", "se": expiry, "sig": _sign(fields)}
        return f"{self.origin}/{ACCOUNT}/{CONTAINER}/{name}?{urlencode(query)}"

    def _ask(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> None:
        url = f"{self.origin}/{ACCOUNT}/{path}"
        response = self.storage.request(method, url, content=content, headers=headers | {"x-ms-version": VERSION})
        response.raise_for_status()


@contextmanager
def azurite(folder: Path, authority: Authority) -> Generator[Azurite]:
    """Run Azurite with https for the duration of the block; skip the test where this machine cannot have it.

    Args:
        folder: an empty one.
        authority: issues its certificate.
    """
    package = npm_packages("azurite@3.35.0")
    port, log = free_port(), folder / "debug.log"
    certificate = authority.issue("127.0.0.1")
    program = package / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    options = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence", "--disableTelemetry"]
    secured = ["--cert", str(certificate), "--key", str(certificate), "--debug", str(log)]
    with (
        running([node(), str(program), *options, *secured], ("127.0.0.1", port), folder / "output.log"),
        httpx.Client(verify=ssl.create_default_context(cafile=authority.path), trust_env=False) as storage,
    ):
        started = Azurite(f"https://127.0.0.1:{port}", log, storage)
        started.create_container()
        yield started


def _account_signature() -> str:
    expiry = _moment(timedelta(hours=1))
    signature = _sign([ACCOUNT, "rwc", "b", "sco", "", expiry, "", "", VERSION, ""])
    return urlencode({"sv": VERSION, "ss": "b", "srt": "sco", "sp": "rwc", "se": expiry, "sig": signature})


def _sign(fields: list[str]) -> str:
    return base64.b64encode(hmac.digest(KEY, "\n".join(fields).encode(), hashlib.sha256)).decode()


def _moment(lifetime: timedelta) -> str:
    return f"{datetime.now(UTC) + lifetime:%Y-%m-%dT%H:%M:%SZ}"
