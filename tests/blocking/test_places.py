"""Where blocking code runs: in a notebook's cell, below an event loop, with gevent, at the end of a program."""

import asyncio
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_emulator import Emulator

COUNT = """
import sys
from graph_meetings.blocking import GraphMeetingsClient, concurrently
from graph_meetings_emulator import BlockingEmulatorCredential

url, token, organizer = sys.argv[1:]

def count(graph):
    return len(list(graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list()))

def client():
    return GraphMeetingsClient(BlockingEmulatorCredential(token), base_url=url)
"""
AT_EXIT = """
import atexit

graph = client()

@atexit.register
def last():
    print(count(graph), concurrently(lambda _: count(graph), range(3), concurrency=3))
    graph.close()
"""
GREENLETS = """
import gevent
with client() as graph:
    jobs = [gevent.spawn(count, graph) for _ in range(20)]
    gevent.joinall(jobs, timeout=30)
    print([job.value for job in jobs] == [12] * 20, concurrently(lambda _: count(graph), range(3), concurrency=3))
"""
IMPORTS = """
from graph_meetings import GraphError
with client() as graph:
    meetings = graph.users.by_user_id(organizer).online_meetings
    before = set(sys.modules)
    count(graph)
    list(meetings.get_all_recordings().delta().changes())
    try:
        meetings.by_online_meeting_id("gone").recordings.by_call_recording_id("gone").get()
    except GraphError:
        print(*sorted(set(sys.modules) - before))
"""


def run(program: str, emulator: Emulator) -> str:
    emulator.page_sizes.default = 3
    command = [sys.executable, "-c", program, emulator.base_url, emulator.token, emulator.dataset.organizers[0]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout.strip()


async def test_in_a_thread_with_a_running_loop_as_in_a_notebook(graph: GraphMeetingsClient, organizer: str) -> None:
    assert asyncio.get_running_loop().is_running()
    assert len(list(graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list())) == 12


def test_at_the_exit_of_the_interpreter(emulator: Emulator) -> None:
    assert run(COUNT + AT_EXIT, emulator) == "12 [12, 12, 12]"


@pytest.mark.skipif(find_spec("gevent") is None, reason="gevent is not installed")
def test_with_the_monkey_patching_of_gevent(emulator: Emulator) -> None:
    program = f"from gevent import monkey; monkey.patch_all()\n{COUNT}{GREENLETS}"
    assert run(program, emulator) == "True [12, 12, 12]"


def test_neither_lists_nor_changes_nor_errors_import_anything(emulator: Emulator) -> None:
    """Another thread may fork meanwhile, and in the child the module would stay locked for ever."""
    assert run(COUNT + IMPORTS, emulator) == ""
