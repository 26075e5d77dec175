"""What the blocking client shares with the asynchronous one, and what it must not bring along."""

import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import graph_meetings
import graph_meetings.beta
import graph_meetings.beta.blocking
import graph_meetings.blocking
import graph_meetings_blocking_runtime

PAIRS = [(graph_meetings, graph_meetings.blocking), (graph_meetings.beta, graph_meetings.beta.blocking)]
each_pair = pytest.mark.parametrize(("package", "twin"), PAIRS, ids=["v1.0", "beta"])
DIFFERENT = {"GraphMeetingsClient", *graph_meetings_blocking_runtime.__all__}


@each_pair
def test_both_have_the_same_names(package: ModuleType, twin: ModuleType) -> None:
    assert twin.__all__ == package.__all__


@each_pair
def test_what_does_not_wait_is_the_same_object(package: ModuleType, twin: ModuleType) -> None:
    for name in package.__all__:
        assert (getattr(twin, name) is getattr(package, name)) == (name not in DIFFERENT), name


@each_pair
def test_both_have_the_same_members_with_the_same_parameters(package: ModuleType, twin: ModuleType) -> None:
    for name in DIFFERENT:
        one, other = getattr(package, name), getattr(twin, name)
        if not isinstance(one, type):
            assert list(inspect.signature(one).parameters) == list(inspect.signature(other).parameters)
            continue
        members = {member for member in dir(one) if not member.startswith("_")}
        assert {member for member in dir(other) if not member.startswith("_")} == members, name
        for member in members:
            mine, its = getattr(one, member), getattr(other, member)
            if callable(mine) and not isinstance(mine, type):
                assert list(inspect.signature(mine).parameters) == list(inspect.signature(its).parameters), member


@each_pair
def test_docs_speak_of_what_there_is(package: ModuleType, twin: ModuleType) -> None:
    del package
    for name in DIFFERENT:
        found = getattr(twin, name)
        methods = [member for member in vars(found).values() if callable(member)] if isinstance(found, type) else []
        for thing in (found, *methods):
            text = f"{inspect.getdoc(thing)}"
            assert not any(word in text for word in ("async", "await", "event loop", "aiter", "anext", "None\n\n\n")), (
                text
            )


@pytest.mark.parametrize("name", ["graph_meetings.blocking", "graph_meetings.beta.blocking"])
def test_it_brings_no_event_loop(name: str) -> None:
    code = f"import sys, {name}; {name}.GraphMeetingsClient; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert {"asyncio", "aiohttp", "anyio", "kiota_http", "graph_meetings.client"}.isdisjoint(run.stdout.split())
