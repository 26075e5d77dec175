"""The command, run in this process over an emulator."""

import base64
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from graph_meetings_archive.command.__main__ import main
from graph_meetings_archive.command.service import client
from graph_meetings_archive.command.service.emulated import EmulatedService
from graph_meetings_emulator import Dataset, Emulator

ROLES = (
    "CallRecords.Read.All",
    "CallRecord-PstnCalls.Read.All",
    "OnlineMeetingArtifact.Read.All",
    "OnlineMeetingRecording.Read.All",
    "OnlineMeetings.Read.All",
    "OnlineMeetingTranscript.Read.All",
    "User.ReadBasic.All",
    "VirtualEvent.Read.All",
)


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str


Run: TypeAlias = Callable[..., Ran]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns, no settings for Azure, and one time zone."""
    for name in list(os.environ):
        if name.startswith(("AZURE_", "GRAPH_MEETINGS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str) -> Ran:
        capsys.readouterr()
        status = main(arguments)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return ran


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator that `--emulator` uses instead of its own."""
    with Emulator(Dataset.generate(meetings=2, recordings=2, call_records=4, content_size=50_000)) as running:
        running.token = token_of(app_claims())

        @contextmanager
        def emulated_service(_: str | None) -> Generator[EmulatedService]:
            yield EmulatedService(running.base_url, running.blocking_credential)

        monkeypatch.setattr(client, "emulated_service", emulated_service)
        yield running


def app_claims(roles: Iterable[str] = ROLES) -> dict[str, object]:
    return {"tid": "a-tenant", "appid": "an-app", "app_displayname": "Export", "roles": list(roles), "exp": 2**31}


def user_claims(scopes: Iterable[str]) -> dict[str, object]:
    return {"tid": "a-tenant", "appid": "an-app", "upn": "ann@example.com", "scp": " ".join(scopes), "exp": 2**31}


def token_of(claims: object) -> str:
    header, payload = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)
    )
    return f"{header}.{payload}.c2lnbmF0dXJl"
