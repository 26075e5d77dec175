"""A made-up service in this process, with data up to today."""

import base64
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_runtime.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from azure.core.credentials import TokenCredential

    from graph_meetings_emulator import Dataset, Emulator

_PORT: Final = 8765
"""The first choice, because stored links of a feed lead to the port that sent them."""

_LIFETIME: Final = 3600
_ROLES: Final = (
    "CallRecords.Read.All",
    "CallRecord-PstnCalls.Read.All",
    "CallRecordings.Read.All",
    "CallTranscripts.Read.All",
    "OnlineMeetingArtifact.Read.All",
    "OnlineMeetingRecording.Read.All",
    "OnlineMeetings.Read.All",
    "OnlineMeetingTranscript.Read.All",
    "User.ReadBasic.All",
    "VirtualEvent.Read.All",
)


@dataclass(frozen=True)
class EmulatedService:
    """A made-up service.

    Args:
        base_url: its root, including the version.
        credential: one that it accepts.
        emulator: that runs it; `None` if it runs in another process.
    """

    base_url: str
    credential: "TokenCredential"
    emulator: "Emulator | None" = None

    @property
    def key_set_url(self) -> str:
        """The URL of the keys that sign the tokens of notifications."""
        return f"{Origin.of(self.base_url)}/common/discovery/keys"

    @property
    def app_id(self) -> str:
        """The id of the application of the credential."""
        from graph_meetings_emulator.subscriptions.subscriptions import app_id_of  # noqa: PLC0415  it needs an extra

        return app_id_of(self.credential.get_token("").token)


@contextmanager
def emulated_service(base_url: str | None) -> "Generator[EmulatedService]":
    """Run the service for the duration of the block. Its data are the same all day.

    Args:
        base_url: of one that runs already, and takes the token that `graph-emulator` has by default.

    Raises:
        CommandFailed: the emulator is not installed.
    """
    try:
        from graph_meetings_emulator import BlockingEmulatorCredential, Emulator  # noqa: PLC0415  needs an extra
    except ModuleNotFoundError as missing:
        raise CommandFailed(
            "--emulator needs more packages", hint="pip install 'graph-meetings[archive,emulator]'"
        ) from missing
    if base_url is not None:
        yield EmulatedService(base_url, BlockingEmulatorCredential("made-up-token"))
        return
    dataset = _dataset()
    emulator = _started(lambda port: Emulator(dataset, port=port))
    try:
        # Set afterwards: stored links of a feed are sealed with the first token, and should still work tomorrow.
        emulator.token = _token(dataset.tenant_id)
        yield EmulatedService(emulator.base_url, emulator.blocking_credential, emulator)
    finally:
        emulator.stop()


def _started(make: "Callable[[int], Emulator]") -> "Emulator":
    emulator = make(_PORT)
    try:
        emulator.start()
    except OSError:  # another command uses the port
        emulator = make(0)
        emulator.start()
    return emulator


def _dataset() -> "Dataset":
    from graph_meetings_emulator import Dataset  # noqa: PLC0415  as above

    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Dataset.generate(until=today, call_records=6, log_rows=6, content_size=(200_000, 800_000))


def _token(tenant: str) -> str:
    """Return a token like one of Entra for an app, but without a signature."""
    claims = {
        "aud": "https://graph.microsoft.com",
        "app_displayname": "Tour of graph-meetings",
        "appid": "00000000-0000-0000-0000-000000000000",
        "exp": int(time.time()) + _LIFETIME,
        "idtyp": "app",
        "roles": list(_ROLES),
        "tid": tenant,
    }
    return ".".join(_part(part) for part in ({"alg": "none", "typ": "JWT"}, claims)) + "."


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
