"""Microsoft's own clients against the emulator: what they read of it is what ours reads."""

import asyncio
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_meetings import GraphMeetingsClient, NotFound
from graph_meetings_emulator import Emulator
from tests.support.programs import node, npm_packages

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
UNKNOWN = "00000000-0000-0000-0000-000000000000"
PEERS = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """The emulator with https, which both clients insist on."""
    with Emulator(page_size=5, tls=True) as running:
        yield running


@pytest.fixture
async def graph(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GraphMeetingsClient]:
    monkeypatch.setenv("SSL_CERT_FILE", str(emulator.ca_file))
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as client:
        yield client


async def seen_by(graph: GraphMeetingsClient, organizer: str) -> dict[str, Any]:
    """Return what our client sees."""
    organized = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    recordings = [recording async for recording in organized.list()]
    changes = organized.delta().changes()
    changed = [change.item.id async for change in changes]
    records = graph.communications.call_records
    call_records = [str(record.id) async for record in records.list()]
    sessions = [session async for session in records.by_call_record_id(call_records[0]).sessions.list()]
    content = await graph.content_of(recordings[0]).get()
    with pytest.raises(NotFound) as refused:
        await records.by_call_record_id(UNKNOWN).get()
    return {
        "recordings": [recording.id for recording in recordings],
        "content": hashlib.sha256(content).hexdigest(),
        "changes": changed,
        "deltaLink": changes.delta_link,
        "callRecords": call_records,
        "sessions": len(sessions),
        "refusal": {"status": refused.value.status, "code": refused.value.code},
    }


def run(command: list[str], emulator: Emulator) -> dict[str, Any]:
    """Run a program that prints what it sees."""
    trusting = {"SSL_CERT_FILE": str(emulator.ca_file), "NODE_EXTRA_CA_CERTS": str(emulator.ca_file)}
    done = subprocess.run(
        command,
        input=emulator.token,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | trusting,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


async def test_the_javascript_client_sees_what_ours_sees(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    package = npm_packages("@microsoft/microsoft-graph-client@3.0.7")
    organizer = emulator.dataset.organizers[0]
    program = [node(), str(HERE / "graph_client.cjs"), str(package), f"{emulator.origin}/", organizer]
    ours = await seen_by(graph, organizer)
    assert await asyncio.to_thread(run, program, emulator) == ours
    assert len(ours["recordings"]) > 5


def python_with_msgraph() -> str:
    """Return a Python that has msgraph-sdk; it takes 392 MB, so nothing installs it by itself."""
    if importlib.util.find_spec("msgraph"):
        return sys.executable
    named = os.environ.get("MSGRAPH_SDK_PYTHON") or (str(PEERS) if PEERS.exists() else None)
    if named is None:
        pytest.skip(
            "msgraph-sdk is missing; `make bench-peers` installs it, or MSGRAPH_SDK_PYTHON names a Python with it"
        )
    return named


async def test_msgraph_sdk_sees_what_ours_sees(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    organizer = emulator.dataset.organizers[0]
    program = [python_with_msgraph(), str(HERE / "graph_sdk.py"), emulator.origin, organizer]
    ours = await seen_by(graph, organizer)
    theirs = await asyncio.to_thread(run, program, emulator)
    assert theirs == {name: ours[name] for name in theirs}
    assert len(theirs) == 5
