"""Fork: parent and child are both right, and what belongs to the parent is an error in the child that says so."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph_meetings.blocking import (
    CallRecording,
    Change,
    DeltaStore,
    DeltaStoreError,
    FeedBusy,
    GraphMeetingsClient,
    sync,
)
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_runtime.blocking.limiter import Limiter
from graph_meetings_runtime.blocking.locks import Lock
from graph_meetings_runtime.fork import new_request_id
from tests.blocking.conftest import PATIENT

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork"),
    # Python 3.12 warns of threads, which the emulator has.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]
SECONDS = 30.0
MESSAGE = "before the process was forked"
FORK_DURING_AN_IMPORT = """
import os, signal, sys, threading
from importlib.abc import MetaPathFinder
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_emulator import BlockingEmulatorCredential

is_importing = threading.Event()

class Slow(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.endswith(".content.download_many"):
            is_importing.set()
            threading.Event().wait(0.2)

graph = GraphMeetingsClient(BlockingEmulatorCredential("token"), base_url="http://127.0.0.1:9/v1.0")
sys.meta_path.insert(0, Slow())
threading.Thread(target=graph.download_many, args=([], ".")).start()
assert is_importing.wait(20)
if not (child := os.fork()):
    signal.alarm(5)
    graph.download_many([], ".")
    os._exit(0)
sys.exit(os.waitpid(child, 0)[1])
"""


def in_child(work: Callable[[], object]) -> None:
    """Run work in a forked process, and fail with what it raised."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        said = b""
        try:
            work()
        except BaseException:  # noqa: BLE001  shown by the parent
            said = traceback.format_exc().encode()
        os.write(writer, said)
        os._exit(bool(said))
    os.close(writer)
    end = time.monotonic() + SECONDS
    status: int | None = None
    while status is None and time.monotonic() < end:
        done, found = os.waitpid(child, os.WNOHANG)
        status = found if done else None
        time.sleep(0.005)
    if status is None:
        os.kill(child, 9)
        os.waitpid(child, 0)
    said = os.read(reader, 1 << 16)
    os.close(reader)
    assert status == 0, said.decode() or "the child did not end"


def recordings_of(graph: GraphMeetingsClient, organizer: str) -> Any:
    return graph.users.by_user_id(organizer).online_meetings.get_all_recordings()


def test_the_ids_of_requests(tmp_path: Path) -> None:
    in_child(lambda: (tmp_path / "id").write_text(new_request_id()))
    assert new_request_id() != (tmp_path / "id").read_text()


@pytest.mark.parametrize("prefetch", [True, False])
def test_a_list(emulator: Emulator, graph: GraphMeetingsClient, organizer: str, *, prefetch: bool) -> None:
    emulator.page_sizes.default = 3
    iterator = iter(recordings_of(graph, organizer).list(prefetch=prefetch))
    seen = [next(iterator).id for _ in range(5)]

    def child() -> None:
        with pytest.raises(RuntimeError, match=MESSAGE):
            next(iterator)
        assert len(list(recordings_of(graph, organizer).list())) == 12

    in_child(child)
    seen += [item.id for item in iterator]
    assert len(set(seen)) == len(seen) == 12


def test_a_stream(graph: GraphMeetingsClient, emulator: Emulator, organizer: str) -> None:
    recording = emulator.dataset.add_recording(organizer, content_size=8 << 20)
    found = next(each for each in recordings_of(graph, organizer).list() if each.id == recording["id"])
    with graph.content_of(found).stream() as stream:
        chunks = iter(stream)
        received = len(next(chunks))

        def child() -> None:
            with pytest.raises(RuntimeError, match="parent"):
                for _ in chunks:
                    pass
            assert len(graph.content_of(found).get()) == 8 << 20

        in_child(child)
        received += sum(map(len, chunks))
    assert received == 8 << 20


def test_a_download(graph: GraphMeetingsClient, emulator: Emulator, organizer: str, tmp_path: Path) -> None:
    recording = emulator.dataset.add_recording(organizer, content_size=8 << 20)
    found = next(each for each in recordings_of(graph, organizer).list() if each.id == recording["id"])
    forked: list[bool] = []
    parent = os.getpid()

    def fork_once(_: object) -> None:
        if not forked:
            forked.append(True)
            in_child(child)

    def child() -> None:
        assert os.getpid() != parent
        with pytest.raises(BlockingIOError):
            graph.content_of(found).download(tmp_path / "x.mp4")
        graph.content_of(found).download(tmp_path / "child.mp4")

    graph.content_of(found).download(tmp_path / "x.mp4", progress=fork_once)
    assert (tmp_path / "x.mp4").read_bytes() == (tmp_path / "child.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["child.mp4", "x.mp4"]


def test_a_child_that_goes_on_with_its_parents_download_gets_an_error(
    graph: GraphMeetingsClient, emulator: Emulator, organizer: str, tmp_path: Path
) -> None:
    recording = emulator.dataset.add_recording(organizer, content_size=8 << 20)
    found = next(each for each in recordings_of(graph, organizer).list() if each.id == recording["id"])
    child: list[int] = []

    def fork_once(_: object) -> None:
        if not child:
            child.append(os.fork())

    parent = os.getpid()
    try:
        result = graph.content_of(found).download(tmp_path / "x.mp4", progress=fork_once)
    except BaseException as error:
        if os.getpid() != parent:
            os._exit(7 if isinstance(error, RuntimeError) and "parent" in str(error) else 1)
        raise
    if os.getpid() != parent:
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child[0], 0)[1]) == 7
    assert result.size == (tmp_path / "x.mp4").stat().st_size == 8 << 20


def test_a_sync(graph: GraphMeetingsClient, organizer: str, tmp_path: Path) -> None:
    delta = recordings_of(graph, organizer).delta()
    seen: list[str] = []

    def child() -> None:
        with pytest.raises(FeedBusy):
            sync(delta, store, lambda _: None)
        with pytest.raises(DeltaStoreError, match="open it again in the child"):
            store.feeds()
        with DeltaStore(tmp_path / "child.db") as own:
            assert sync(delta, own, lambda _: None).delivered == 12

    def handle(change: Change[CallRecording]) -> None:
        if not seen:
            in_child(child)
        seen.append(str(change.item.id))

    with DeltaStore(tmp_path / "sync.db") as store:
        assert sync(delta, store, handle).delivered == 12
    assert len(set(seen)) == len(seen) == 12


def test_locks_of_other_threads_are_open_in_the_child(graph: GraphMeetingsClient) -> None:
    lock, limiter = Lock(), Limiter(1)
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.held():
            start = limiter.acquire()
            is_held.set()
            may_end.wait(SECONDS)
            limiter.release(start)

    def child() -> None:
        with lock.held():
            start = limiter.acquire()
            limiter.release(start)

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(SECONDS)
    in_child(child)
    may_end.set()
    thread.join(SECONDS)
    assert graph.request_adapter.base_url


def count(job: tuple[str, str, str]) -> int:
    return len(list(recordings_of(SHARED[0], job[2]).list()))


SHARED: list[GraphMeetingsClient] = []


def test_workers_of_a_prefork_pool_share_a_client_of_their_parent() -> None:
    """As Celery's do: a client made at import, used by the parent and by each worker."""
    with Emulator(Dataset.generate(organizers=1, recordings=20, call_records=0), page_size=5) as running:
        organizer = running.dataset.organizers[0]
        graph = GraphMeetingsClient(running.blocking_credential, base_url=running.base_url, retry=PATIENT)
        SHARED.append(graph)
        expected = len(list(recordings_of(graph, organizer).list()))
        with multiprocessing.get_context("fork").Pool(4) as pool:
            jobs = [(running.base_url, running.token, organizer)] * 12
            assert pool.map_async(count, jobs, chunksize=1).get(SECONDS) == [expected] * 12
        assert len(list(recordings_of(graph, organizer).list())) == expected
        SHARED.clear()
        graph.close()


def test_a_module_that_another_thread_imports_meanwhile_is_not_locked_in_the_child() -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORK_DURING_AN_IMPORT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
