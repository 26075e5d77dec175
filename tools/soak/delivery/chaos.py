"""Thousands of runs under chaos, on all cores: each recording is delivered once and downloaded whole."""

import asyncio
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import httpx

from graph_meetings_runtime.http.transport import GraphHttpClient
from tools.soak.delivery.chaos_plan import Plan
from tools.soak.delivery.chaos_run import RunFigures, run_once
from tools.soak.findings import Findings, rate
from tools.soak.processes import WORKERS, is_over, pool

NAME: Final = "chaos"
_AT_ONCE: Final = 4
"""Runs in one process: while one waits for the disk or for a delay, the others go on."""


@dataclass(slots=True)
class Totals:
    """What runs took together.

    Attributes:
        runs: how many, failed ones included.
        slowest: seconds of the slowest run.
        failures: by seed.
    """

    runs: int = 0
    recordings: int = 0
    requests: int = 0
    retries: int = 0
    restarts: int = 0
    slowest: float = 0.0
    faults: Counter[str] = field(default_factory=Counter[str])
    failures: dict[int, str] = field(default_factory=dict[int, str])

    def add(self, figures: RunFigures) -> None:
        """Add what one run took."""
        self.recordings += figures.recordings
        self.requests += figures.requests
        self.retries += figures.retries
        self.restarts += figures.restarts
        self.faults += figures.faults

    def merge(self, other: "Totals") -> None:
        """Add what other runs took."""
        self.runs += other.runs
        self.recordings += other.recordings
        self.requests += other.requests
        self.retries += other.retries
        self.restarts += other.restarts
        self.slowest = max(self.slowest, other.slowest)
        self.faults += other.faults
        self.failures |= other.failures


def run(seed: int, runs: int | None, deadline: float) -> Totals:
    """Do runs.

    Args:
        seed: of the first one, which is done in any case; the others have the seeds that follow.
        runs: how many at most, `None` for as many as time allows.
        deadline: the `time.monotonic()` after which no other one begins.
    """
    totals = Totals()
    with pool() as executor:
        for part in [executor.submit(_run_some, seed, number, runs, deadline) for number in range(WORKERS)]:
            totals.merge(part.result())
    return totals


def findings(totals: Totals, wanted: int, seconds: float) -> Findings:
    """Put what runs took into words.

    Args:
        totals: of the runs.
        wanted: how many there should be at least.
        seconds: how long they took.
    """
    faults = ", ".join(f"{number:,} {kind}" for kind, number in sorted(totals.faults.items()))
    figures = {
        "runs": rate(totals.runs, seconds) + ("" if totals.runs >= wanted else f", of {wanted:,} that were wanted"),
        "recordings": f"{totals.recordings:,}",
        "requests": f"{totals.requests:,}",
        "faults": f"{totals.faults.total():,}: {faults}",
        "retries": f"{totals.retries:,}",
        "restarts": f"{totals.restarts:,}",
        "slowest run": f"{totals.slowest:.2f} s",
        "failures": f"{len(totals.failures):,}",
    }
    failures = [
        f"seed {seed}: {failure}\n    alone: python -m tools.soak --only {NAME} --seconds 0 --seed {seed}"
        for seed, failure in sorted(totals.failures.items())
    ]
    return Findings(NAME, figures, failures)


def _run_some(first: int, number: int, runs: int | None, deadline: float) -> Totals:
    seeds = count(first) if runs is None else range(first, first + runs)
    mine = (seed for seed in seeds if (seed - first) % WORKERS == number)
    due = _until(deadline, first, mine)
    totals = Totals()
    with warnings.catch_warnings(), asyncio.Runner() as runner:
        warnings.simplefilter("error")
        runner.run(_side_by_side(due, totals))
    return totals


def _until(deadline: float, first: int, seeds: Iterator[int]) -> Iterator[int]:
    for seed in seeds:
        if seed != first and is_over(deadline):
            return
        yield seed


async def _side_by_side(seeds: Iterator[int], totals: Totals) -> None:
    async with GraphHttpClient(trust_env=False) as http_client, asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(_one_after_another(seeds, totals, http_client))


async def _one_after_another(seeds: Iterator[int], totals: Totals, http_client: httpx.AsyncClient) -> None:
    for seed in seeds:
        plan = Plan.of(seed)
        began = time.monotonic()
        try:
            totals.add(await run_once(plan, http_client))
        except Exception as error:  # noqa: BLE001  whatever comes out is what is looked for
            totals.failures[seed] = f"{type(error).__name__}: {error} in {plan}"
        totals.runs += 1
        totals.slowest = max(totals.slowest, time.monotonic() - began)
