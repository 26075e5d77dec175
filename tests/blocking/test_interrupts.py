"""Ctrl-C during any call leaves what a crash leaves: nothing lost, nothing half under its final name."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from graph_meetings.blocking import DeltaStore, GraphMeetingsClient, sync
from graph_meetings_emulator import Dataset, Emulator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
SECONDS = 30.0
WORK = """
import signal
import sys
from pathlib import Path
from graph_meetings.blocking import DeltaStore, GraphMeetingsClient, concurrently, sync
from graph_meetings_emulator import BlockingEmulatorCredential

signal.signal(signal.SIGINT, signal.default_int_handler)  # shells let programs in the background ignore it
url, token, organizer, folder, what = sys.argv[1:]
folder = Path(folder)
with GraphMeetingsClient(BlockingEmulatorCredential(token), base_url=url) as graph:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    print("ready", flush=True)
    if what == "list":
        while True:
            assert len(list(recordings.list())) == 30
    elif what == "download":
        while True:
            graph.download_many(recordings.list(), folder, concurrency=3, overwrite=True)
    elif what == "concurrently":
        while True:
            concurrently(lambda item: graph.content_of(item).get(), recordings.list(), concurrency=4)
    else:
        with DeltaStore(folder / "sync.db") as store, (folder / "log").open("a") as log:
            def handle(change):
                log.write(f"{change.item.id}\\n")
                log.flush()
            while True:
                sync(recordings.delta(), store, handle)
                store.restart(store.feeds()[0])
"""


@pytest.mark.long
@pytest.mark.parametrize("what", ["list", "download", "concurrently", "sync"])
def test_an_interrupted_call_ends_at_once_and_leaves_nothing_half(tmp_path: Path, what: str) -> None:
    dataset = Dataset.generate(organizers=1, recordings=10, content_size=(1, 3_000_000), call_records=0)
    with Emulator(dataset, page_size=5) as emulator:
        organizer = emulator.dataset.organizers[0]
        for number in range(4):
            command = [sys.executable, "-c", WORK, emulator.base_url, emulator.token, organizer, str(tmp_path), what]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
            ) as process:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
                time.sleep(0.05 * number)
                said = interrupted(process)
            assert said.strip().endswith("KeyboardInterrupt"), said
        check(emulator, organizer, tmp_path, what)


def interrupted(process: subprocess.Popen[str]) -> str:
    """Interrupt a process, and return what it says at its end.

    Python drops an interrupt that happens while an object is finalized: whoever sits before it presses the keys again.
    """
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=SECONDS / 3)[1]
    raise AssertionError("it goes on")


def check(emulator: Emulator, organizer: str, folder: Path, what: str) -> None:
    with GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as graph:
        recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
        if what == "download":
            sizes = {path: path.stat().st_size for path in folder.glob("*.mp4")}
            assert not graph.download_many(recordings.list(), folder, overwrite=True).failed
            whole = {len(graph.content_of(item).get()) for item in recordings.list()}
            assert set(sizes.values()) <= whole
            assert not [path for path in folder.iterdir() if ".part" in path.name]
        if what == "sync":
            with DeltaStore(folder / "sync.db") as store:
                sync(recordings.delta(), store, lambda _: None)
                assert store.delivered(store.feeds()[0]) == 30
            delivered = (folder / "log").read_text().split()
            # Each interruption may repeat the one call that it cut off from its commit.
            assert len(delivered) - len(set(delivered)) <= 4
