"""Runs under chaos: every recording is delivered once and downloaded whole."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import PROFILES
from graph_meetings_runtime.http.connections.asynchronous import GraphHttpClient
from tests.support import delivered_table
from tools.soak.delivery import chaos
from tools.soak.delivery.chaos_plan import Plan
from tools.soak.delivery.chaos_run import RunResult, run_once

pytestmark = pytest.mark.long

SEED = 1
SECONDS = 60.0
RUNS = 80
IN_TRANSACTION = 16
RARE = {"lying-range", "range-ignored", "range-not-satisfiable"}  # only happen when a download is resumed


def test_runs_lose_nothing_and_repeat_nothing() -> None:
    began = time.monotonic()
    totals = chaos.run(SEED, RUNS, began + SECONDS)
    assert not totals.failures, chaos.report(totals, RUNS, time.monotonic() - began)
    kinds = {fault.kind for fault in PROFILES["everything"].probabilities}
    assert totals.runs >= 50
    assert totals.faults.keys() >= kinds - RARE, "some kinds of faults never happened"
    assert totals.retries > 0
    assert totals.restarts > 0


async def test_a_run_alone_has_the_same_faults_again() -> None:
    assert (await _run(IN_TRANSACTION)).faults == (await _run(IN_TRANSACTION)).faults


# The checks work: each of these runs is sabotaged, and the check notices.


async def test_what_is_delivered_twice_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    write = delivered_table.add

    def write_twice(*args: Any) -> None:
        write(*args)
        write(*args)

    monkeypatch.setattr(delivered_table, "add", write_twice)
    with pytest.raises(AssertionError, match="repeated or unknown: Counter"):
        await _run(IN_TRANSACTION)


async def test_what_is_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    read = delivered_table.read

    def read_less(path: Path) -> object:
        return read(path)[1:]

    monkeypatch.setattr(delivered_table, "read", read_less)
    with pytest.raises(AssertionError, match="lost: Counter"):
        await _run(IN_TRANSACTION)


def _append(folder: Path) -> None:
    path = next(folder.iterdir())
    path.write_bytes(path.read_bytes() + b"x")


def _remove(folder: Path) -> None:
    next(folder.iterdir()).unlink()


def _leave(folder: Path) -> None:
    (folder / "x.part").touch()


@pytest.mark.parametrize(
    ("sabotage", "noticed"), [(_append, "wrong content"), (_remove, "missing: {'"), (_leave, "left over: {'x.part'}")]
)
async def test_files_that_are_not_right_are_noticed(
    monkeypatch: pytest.MonkeyPatch, sabotage: Callable[[Path], None], noticed: str
) -> None:
    download_many = GraphMeetingsClient.download_many

    async def sabotaged(graph: GraphMeetingsClient, artifacts: Any, folder: Path, **options: Any) -> object:
        summary: object = await download_many(graph, artifacts, folder, **options)
        sabotage(folder)
        return summary

    monkeypatch.setattr(GraphMeetingsClient, "download_many", sabotaged)
    with pytest.raises(AssertionError, match=noticed):
        await _run(_seed_with_one_phase())


async def test_a_token_on_a_foreign_host_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    make = Plan.emulator
    emulators: list[Emulator] = []

    def remembered(plan: Plan) -> Emulator:
        emulators.append(make(plan))
        return emulators[-1]

    download_many = GraphMeetingsClient.download_many

    async def leaking(graph: GraphMeetingsClient, artifacts: Any, folder: Path, **options: Any) -> object:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(emulators[-1].foreign_origin, params={"token": emulators[-1].token})
        return await download_many(graph, artifacts, folder, **options)

    monkeypatch.setattr(Plan, "emulator", remembered)
    monkeypatch.setattr(GraphMeetingsClient, "download_many", leaking)
    with pytest.raises(AssertionError, match="contains the token"):
        await _run(IN_TRANSACTION)


async def test_requests_without_a_reason_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(*_: object) -> int:
        return 1

    monkeypatch.setattr(Plan, "most_requests", one)
    with pytest.raises(AssertionError, match="at most 1 allowed"):
        await _run(IN_TRANSACTION)


def _seed_with_one_phase() -> int:
    return next(seed for seed in range(100) if len(Plan.from_seed(seed).phases) == 1)


async def _run(seed: int) -> RunResult:
    async with GraphHttpClient(trust_env=False) as http_client:
        return await run_once(Plan.from_seed(seed), http_client)
