"""Thousands of runs under chaos on all cores: every recording is delivered once and downloaded whole."""

import asyncio
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import httpx

from graph_meetings_runtime.http.connections.asynchronous import GraphHttpClient
from tools.soak.delivery.chaos_plan import Plan
from tools.soak.delivery.chaos_run import RunResult, run_once
from tools.soak.processes import WORKERS, is_past, pool
from tools.soak.report import PartReport, counts, failures_by_seed, rate

NAME: Final = "chaos"
_CONCURRENT_RUNS: Final = 4
"""Runs in one process at a time: while one waits for the disk or a delay, the others proceed."""


@dataclass(slots=True)
class Totals:
    """Totals over many runs.

    Attributes:
        runs: number of runs, including failed ones.
        slowest: duration of the slowest run, in seconds.
        failures: error message by seed.
    """

    runs: int = 0
    recordings: int = 0
    requests: int = 0
    retries: int = 0
    restarts: int = 0
    slowest: float = 0.0
    faults: Counter[str] = field(default_factory=Counter[str])
    failures: dict[int, str] = field(default_factory=dict[int, str])

    def add(self, result: "RunResult | Totals") -> None:
        """Add the counts of one run, or of several."""
        self.recordings += result.recordings
        self.requests += result.requests
        self.retries += result.retries
        self.restarts += result.restarts
        self.faults += result.faults

    def merge(self, other: "Totals") -> None:
        """Add the totals of another process."""
        self.add(other)
        self.runs += other.runs
        self.slowest = max(self.slowest, other.slowest)
        self.failures |= other.failures


def run(seed: int, runs: int | None, deadline: float) -> Totals:
    """Run under chaos with one seed after another.

    Args:
        seed: the first seed, which always runs; the next runs use the seeds after it.
        runs: maximum number of runs, `None` for no limit but the deadline.
        deadline: `time.monotonic()` after which no further run starts.
    """
    totals = Totals()
    with pool() as executor:
        for part in [executor.submit(_run_share, seed, worker, runs, deadline) for worker in range(WORKERS)]:
            totals.merge(part.result())
    return totals


def report(totals: Totals, wanted: int, seconds: float) -> PartReport:
    """Return the report.

    Args:
        totals: totals of all runs.
        wanted: minimum number of runs.
        seconds: duration of all runs.
    """
    measurements = {
        "runs": rate(totals.runs, seconds, wanted),
        "recordings": f"{totals.recordings:,}",
        "requests": f"{totals.requests:,}",
        "faults": f"{totals.faults.total():,}: {counts(totals.faults.items())}",
        "retries": f"{totals.retries:,}",
        "restarts": f"{totals.restarts:,}",
        "slowest run": f"{totals.slowest:.2f} s",
        "failures": f"{len(totals.failures):,}",
    }
    return PartReport(NAME, measurements, failures_by_seed(NAME, totals.failures))


def _run_share(first: int, worker: int, runs: int | None, deadline: float) -> Totals:
    seeds = count(first) if runs is None else range(first, first + runs)
    own = (seed for seed in seeds if (seed - first) % WORKERS == worker)
    totals = Totals()
    with warnings.catch_warnings(), asyncio.Runner() as runner:
        warnings.simplefilter("error")
        runner.run(_run_concurrently(_until(deadline, first, own), totals))
    return totals


def _until(deadline: float, first: int, seeds: Iterator[int]) -> Iterator[int]:
    for seed in seeds:
        if seed != first and is_past(deadline):
            return
        yield seed


async def _run_concurrently(seeds: Iterator[int], totals: Totals) -> None:
    async with GraphHttpClient(trust_env=False) as http_client, asyncio.TaskGroup() as group:
        for _ in range(_CONCURRENT_RUNS):
            group.create_task(_run_in_sequence(seeds, totals, http_client))


async def _run_in_sequence(seeds: Iterator[int], totals: Totals, http_client: httpx.AsyncClient) -> None:
    for seed in seeds:
        plan = Plan.from_seed(seed)
        began = time.monotonic()
        try:
            totals.add(await run_once(plan, http_client))
        except Exception as error:  # noqa: BLE001  any error is a finding
            totals.failures[seed] = f"{type(error).__name__}: {error} in {plan}"
        totals.runs += 1
        totals.slowest = max(totals.slowest, time.monotonic() - began)
