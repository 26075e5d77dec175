"""`watch` prints what is created, whether it was notified or missed, and archives it."""

import json
import os
import queue
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph_meetings import CallRecord, CallRecording, CallTranscript
from graph_meetings_archive.command.notifications import lines
from graph_meetings_archive.command.output.columns import handle_of
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_notifications import (
    CallRecordChanged,
    Event,
    RecordingCreated,
    ResourceChanged,
    SubscriptionNotice,
    TranscriptCreated,
)
from tests.command.conftest import Run
from tests.support.processes import free_port

SECONDS = 30.0
TENANT = "99999999-8888-4777-8666-555555555555"
# Shells let programs in the background ignore Ctrl-C. What the emulator makes up comes at once.
WATCH = [
    sys.executable,
    "-c",
    """
import signal, sys
from graph_meetings_archive.command.__main__ import main
from graph_meetings_archive.command.notifications import emulated_events
emulated_events._SECONDS_BETWEEN = 0.1
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(["watch", "--emulator", *sys.argv[1:]]))
""",
]
NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process on Windows")


class Watching:
    """A command that watches, whose lines are read with a bound."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines = queue.Queue[str]()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def next(self) -> dict[str, Any]:
        """Return what the next line says."""
        found: dict[str, Any] = json.loads(self._lines.get(timeout=SECONDS))
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> str:
        """Interrupt the command as `timeout` does, twice, and return what it wrote to stderr."""
        self.process.send_signal(number)
        self.process.send_signal(number)
        self.process.wait(SECONDS)
        assert self.process.stderr is not None
        return self.process.stderr.read()


@contextmanager
def watching(*arguments: str) -> Generator[Watching]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_MEETINGS_")}
    with subprocess.Popen(
        [*WATCH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield Watching(process)
        finally:
            process.kill()


def wait_for(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.01)  # another process is waited for


@pytest.mark.slow
@NOT_ON_WINDOWS
def test_the_whole_of_it_is_shown_without_a_tenant() -> None:
    with watching() as watch:
        assert {watch.next()["kind"] for _ in range(2)} <= {"recording", "transcript", "call_record"}
        err = watch.stop()
    assert watch.process.returncode == 130
    assert {line.partition(",")[0] for line in err.splitlines()} >= {
        "subscribed to recordings of the tenant",
        "subscribed to transcripts of the tenant",
        "subscribed to call records of the tenant",
        "Ctrl-C stops; what comes in is printed below",
        "what has arrived is kept; the next watch resumes",
        "error: interrupted",
    }


@pytest.mark.slow
@NOT_ON_WINDOWS
def test_a_restart_goes_on_and_nothing_is_printed_twice_or_lost(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with Emulator(Dataset.generate(organizers=1, meetings=1, recordings=1)) as emulator:
        organizer = emulator.dataset.organizers[0]

        def record() -> str:
            recording = emulator.dataset.add_recording(organizer, created=datetime.now(UTC), content_size=1000)
            emulator.notifications.notify("recordings", [recording])
            return str(recording["id"])

        def record_call() -> tuple[str, str]:
            call = emulator.dataset.add_adhoc_call(organizer, content_size=1000)
            recordings = emulator.dataset.descendants(("users", organizer, "adhocCalls", call), "recordings")
            emulator.notifications.notify("recordings", recordings)
            return str(recordings[0]["id"]), call

        def archived() -> set[str]:
            if not (archive / "archive.sqlite").exists():
                return set()
            with closing(sqlite3.connect(archive / "archive.sqlite")) as database:
                return {row[0] for row in database.execute("SELECT id FROM recordings")}

        arguments = [
            "recordings", "--ad-hoc-calls", "--base-url", emulator.base_url, "--tenant", emulator.dataset.tenant_id,
            "--to", str(archive), "--store", str(tmp_path / "store"), "--listen", str(free_port()),
        ]  # fmt: skip
        with watching(*arguments, "--url", f"http://127.0.0.1:{arguments[-1]}/") as watch:
            wait_for(lambda: len(emulator.subscriptions.registered) == 2)
            first = record()
            line = watch.next()
            assert (line["id"], line["organizer_id"], line["change_type"]) == (first, organizer, "created")
            wait_for(lambda: first in archived())
            watch.stop(signal.SIGTERM)
        assert watch.process.returncode == 130
        emulator.notifications.behaviour.redeliveries = 0
        missed = record()  # nobody listens
        with watching(*arguments, "--url", f"http://127.0.0.1:{arguments[-1]}/") as watch:
            assert watch.next()["id"] == missed
            last = record()
            assert watch.next()["id"] == last
            of_call, call = record_call()
            line = watch.next()
            assert (line["id"], line["call_id"], line["meeting_id"]) == (of_call, call, None)
            wait_for(lambda: {first, missed, last, of_call} <= archived())
            watch.process.kill()
            watch.process.wait(SECONDS)
        assert len(emulator.subscriptions.registered) == 2


@pytest.mark.long
def test_the_command_ends_when_nobody_reads_any_more() -> None:
    with subprocess.Popen(WATCH, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["kind"] == "recording"
        process.stdout.close()
        assert process.wait(SECONDS) == 141


@pytest.fixture
def opaque_token(emulator: Emulator) -> None:
    """A token that says nothing, so that the options have to."""
    emulator.token = "opaque"


@pytest.mark.usefixtures("opaque_token")
@pytest.mark.parametrize(
    ("arguments", "status", "message", "hint"),
    [
        (["--organizer", "me"], 2, "id of the user", "--organizer ID"),
        (["--every", "soon"], 2, "--every: 'soon' is not a span of time", "12h"),
        (["--listen", "here"], 2, "--listen: 'here' is not an address", "127.0.0.1:8000"),
        (["--listen", "127.0.0.1:99999"], 2, "is not an address", ""),
        (["--listen", "192.0.2.1:80"], 1, "cannot listen on 192.0.2.1:80", "another port"),
        (["--organizer", "nobody@example.com"], 1, "none of the organizers is known", "organizers list"),
        (["videos"], 2, "Choose from", "watch --help"),
    ],
)
def test_wrong_use_is_said_in_words(
    run: Run, arguments: list[str], status: int, message: str, hint: str, tmp_path: Path
) -> None:
    ran = run("watch", *arguments, "--emulator", "--tenant", TENANT, "--store", str(tmp_path))
    assert (ran.status, ran.out) == (status, "")
    assert message in ran.err
    assert hint in ran.err


def test_a_tenant_needs_an_address_at_which_the_service_reaches_this_machine(run: Run) -> None:
    ran = run("watch", "recordings")
    assert (ran.status, ran.out) == (2, "")
    assert "--url is missing" in ran.err
    assert "reverse proxy or a tunnel" in ran.err


@pytest.mark.usefixtures("opaque_token")
def test_the_tenant_has_to_be_known_by_its_id(run: Run, tmp_path: Path) -> None:
    for tenant in ([], ["--tenant", "lakeshore.example"]):
        ran = run("watch", "--emulator", *tenant, "--store", str(tmp_path))
        assert (ran.status, ran.out) == (2, "")
        assert "--tenant with its id" in ran.err


@pytest.mark.usefixtures("opaque_token")
def test_without_a_server_it_is_said_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    ran = run("watch", "--emulator", "--tenant", TENANT)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "error: watch needs a server\nhint: pip install 'graph-meetings[archive,notifications]'\n"


@pytest.mark.usefixtures("opaque_token")
def test_a_store_that_is_something_else_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notifications.db").write_text("no database" * 100)
    ran = run("watch", "--emulator", "--tenant", TENANT, "--store", str(tmp_path))
    assert (ran.status, ran.out) == (1, "")
    assert "notifications.db" in ran.err


COMMON: dict[str, Any] = {"subscription_id": "s", "tenant_id": "t", "received": datetime(2026, 1, 5, 12, tzinfo=UTC)}
EVIL = "a\x1b[2J"
ARTIFACT: dict[str, Any] = {"id": EVIL, "meetingId": "m", "meetingOrganizer": {"user": {"id": "ann"}}}


def test_each_kind_of_event_is_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[Event] = [
        RecordingCreated(recording=CallRecording.from_raw(dict(ARTIFACT)), resource="r", **COMMON),
        TranscriptCreated(transcript=CallTranscript.from_raw({"id": "a"}), resource="r", **COMMON),
        TranscriptCreated(transcript=CallTranscript.from_raw({"id": "b", "callId": "c"}), resource="r", **COMMON),
        CallRecordChanged(call_record=CallRecord.from_raw({"id": "c"}), change_type="updated", resource="r", **COMMON),
        ResourceChanged(change_type="updated", resource="x\x1b[2J", resource_data={}, **COMMON),
        SubscriptionNotice(lifecycle_event="missed", **COMMON),
    ]
    for event in events:
        lines.print_event(event)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["kind"], each["change_type"], each["id"]) for each in found] == [
        ("recording", "created", "a\x1b[2J"),
        ("transcript", "created", "a"),
        ("transcript", "created", "b"),
        ("call_record", "updated", "c"),
        ("other", "updated", None),
    ]
    assert (found[0]["meeting_id"], found[0]["organizer_id"]) == ("m", "ann")

    monkeypatch.setattr(lines, "is_terminal", lambda: True)
    for event in events:
        lines.print_event(event)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert [line[21:] for line in shown.splitlines()] == [
        f"recording    {handle_of(EVIL)}  meeting {handle_of('m')}",
        f"transcript   {handle_of('a')}",
        f"transcript   {handle_of('b')}  call {handle_of('c')}",
        "call record  c",
        "something    x?[2J",
    ]
