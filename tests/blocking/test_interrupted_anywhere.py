"""Ctrl-C at any line of a call: it gets out, nothing is reported in passing, and the client still works."""

import gc
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from graph_meetings.blocking import DeltaStore, GraphMeetingsClient, concurrently, sync
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_runtime.http.connections.time_left import seconds_left
from tests.support.blocking.interrupting import InterruptAt

OURS = ("graph_meetings_runtime", "graph_meetings_blocking_runtime")
EVERY = 41
"""A line in so many is interrupted, another one each time."""

EXPECTED = (KeyboardInterrupt, ResourceWarning)
"""Python drops an interrupt of an object's finalization. It closes a socket that was cut off on its way to the pool."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    dataset = Dataset.generate(organizers=1, recordings=8, content_size=10_000, call_records=0)
    with Emulator(dataset, page_size=10) as started:
        yield started


def one_page(graph: GraphMeetingsClient, organizer: str, _: Path) -> None:
    graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get(top=3)


def every_page(graph: GraphMeetingsClient, organizer: str, _: Path) -> None:
    assert len(list(graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list())) == 24


def one_download(graph: GraphMeetingsClient, organizer: str, folder: Path) -> None:
    recording = next(iter(graph.users.by_user_id(organizer).online_meetings.get_all_recordings().list(prefetch=False)))
    graph.content_of(recording).download(folder / "one.mp4", overwrite=True)


def one_round(graph: GraphMeetingsClient, organizer: str, folder: Path) -> None:
    with DeltaStore(folder / "sync.db") as store:
        sync(graph.users.by_user_id(organizer).online_meetings.get_all_recordings().delta(), store, lambda _: None)


def two_at_a_time(graph: GraphMeetingsClient, organizer: str, _: Path) -> None:
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings().get(top=3).value
    concurrently(lambda recording: graph.content_of(recording).get(), recordings or [], concurrency=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "every"),
    [(one_page, EVERY), (every_page, EVERY), (one_download, EVERY), (one_round, 4 * EVERY), (two_at_a_time, EVERY)],
)
def test_an_interrupt_at_any_line_gets_out_and_the_client_still_works(
    call: Callable[[GraphMeetingsClient, str, Path], None],
    every: int,
    emulator: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    organizer = emulator.dataset.organizers[0]
    number, interrupted = 1, True
    with GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url, concurrency=2) as graph:
        while interrupted:
            folder = tmp_path / str(number)
            folder.mkdir()
            try:
                InterruptAt(number, OURS).during(partial(call, graph, organizer, folder))
                interrupted = bool(unraisable)
            except KeyboardInterrupt:
                interrupted = True
            assert [said.exc_type for said in unraisable if said.exc_type not in EXPECTED] == []
            unraisable.clear()
            assert seconds_left() is None
            call(graph, organizer, folder)
            number += every
    gc.collect()  # a failure of `concurrently` is in a cycle: what it holds must not be reported in a later test
    assert [said.exc_type for said in unraisable if said.exc_type not in EXPECTED] == []
