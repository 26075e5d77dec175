"""A fast service in its own process.

The emulator validates each request and computes each response; it would dominate the measurement. This service sends
prepared bytes.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from tests.support.certificates import Certificate
from tools.benchmarks.measuring.processes import line_server, program
from tools.benchmarks.pages.payloads import call_record, meetings, recordings

_TRUST: Final = ("SSL_CERT_FILE", "CURL_CA_BUNDLE")
TOKEN: Final = "made-up"  # noqa: S105  the service accepts any token


@dataclass(frozen=True, slots=True)
class Service:
    """The URLs of the service.

    Args:
        base_url: base URL, including the API version.
    """

    base_url: str

    def recordings_url(self, user: str) -> str:
        """Return the URL of a user's recordings; `user_with` makes the user's id."""
        return f"{self.base_url}/users/{user}/onlineMeetings/m/recordings"

    def meetings_url(self, count: int) -> str:
        """Return the URL of `count` meetings."""
        return f"{self.base_url}/users/u/onlineMeetings?$top={count}"

    def content_url(self, size: int) -> str:
        """Return the URL of content with `size` bytes."""
        return f"{self.base_url}/users/u/onlineMeetings/m/recordings/{size}/content"


def user_with(pages: int, items: int) -> str:
    """Return the id of a user with that many pages of so many recordings each."""
    return f"{pages}x{items}"


def organizer_with(pages: int, items: int) -> str:
    """Return the id of an organizer of the tenant, with that many pages of so many recordings each."""
    return f"{pages:08x}-0000-0000-0000-{items:012x}"


@contextmanager
def serving_tenant(most: int, calls: int) -> Generator[Service]:
    """Run a tenant, whose recordings all differ, for the duration of the block.

    Args:
        most: number of recordings on a page.
        calls: number of call records.
    """
    with _prepared(most) as folder:
        (folder / "call.json").write_bytes(msgspec.json.encode(call_record()))
        with line_server(program("tenant_service", folder, calls)) as ask:
            yield Service(ask())


@contextmanager
def serving(most: int = 1000) -> Generator[Service]:
    """Run the service for the duration of the block.

    Args:
        most: number of different recordings; pages are cut from them.
    """
    with _prepared(most) as folder, line_server(program("fast_service", folder)) as ask:
        yield Service(ask())


@contextmanager
def serving_encrypted() -> Generator[Service]:
    """Run the service over TLS for the duration of the block, in which its certificate is trusted."""
    with _prepared(1) as folder:
        certificate = Certificate.make(folder)
        command = program("encrypted_service", folder, certificate.chain)
        with _trusted(certificate), line_server(command) as ask:
            yield Service(ask())


@contextmanager
def _trusted(certificate: Certificate) -> Generator[None]:
    """Let our clients, httpx and curl trust a certificate; requests needs it as `verify`."""
    before = {name: os.environ.get(name) for name in _TRUST}
    os.environ.update(dict.fromkeys(_TRUST, str(certificate.path)))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _prepared(most: int) -> Generator[Path]:
    """Yield a folder with the items that the service sends."""
    with TemporaryDirectory() as folder:
        for name, items in (("meetings", meetings(10)), ("recordings", recordings(most))):
            (Path(folder) / f"{name}.json").write_bytes(msgspec.json.encode(items))
        yield Path(folder)
