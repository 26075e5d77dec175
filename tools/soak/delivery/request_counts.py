"""Compare the requests of a sync when one in twenty fails with those of a clean sync."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph_meetings import CallRecording, Change, DeltaStore, GraphMeetingsClient, InTransaction, Retry, sync
from graph_meetings_emulator import Dataset, Emulator
from tools.soak.processes import is_past
from tools.soak.report import PartReport, counts, failures_by_seed

NAME: Final = "requests"
MOST: Final = 2.0
"""Maximum ratio of requests with faults to requests without."""


@dataclass(frozen=True, slots=True)
class RequestResult:
    """Request counts of two syncs of the same recordings.

    Attributes:
        recordings: number of recordings.
        clean: requests without faults.
        faulty: requests with faults.
        faults: faults by kind.
    """

    recordings: int
    clean: int
    faulty: int
    faults: Counter[str]

    @property
    def ratio(self) -> float:
        """Requests with faults, relative to those without."""
        return self.faulty / self.clean


def run(seed: int, recordings: int) -> RequestResult:
    """Sync once without faults and once with them.

    Args:
        seed: random seed of the recordings and the faults.
        recordings: number of recordings.

    Raises:
        AssertionError: if a sync does not deliver every recording exactly once.
        GraphError: if a sync does not finish.
    """
    dataset = Dataset(seed=seed)
    organizer = dataset.add_organizer()
    dataset.add_meeting(organizer)
    for _ in range(recordings):
        dataset.add_recording(organizer, content_size=1)
    with Emulator(dataset) as emulator:
        asyncio.run(_sync(emulator, recordings))
        clean = len(emulator.requests)
        emulator.requests.clear()
        emulator.start_chaos("five-percent", seed=seed, longest_delay=0.005)
        asyncio.run(_sync(emulator, recordings))
        return RequestResult(recordings, clean, len(emulator.requests), emulator.faults_injected)


def report(seed: int, recordings: int, deadline: float) -> PartReport:
    """Compare request counts for one seed after another, at least one, and return the report.

    Args:
        seed: the first random seed.
        recordings: number of recordings.
        deadline: `time.monotonic()` after which no further seed starts.
    """
    began = time.monotonic()
    runs = {seed: run(seed, recordings)}
    while not is_past(deadline):
        runs[max(runs) + 1] = run(max(runs) + 1, recordings)
    faults = Counter[str]()
    for result in runs.values():
        faults += result.faults
    worst = max(result.ratio for result in runs.values())
    measurements = {
        "syncs": f"{len(runs)} of {recordings:,} recordings, without and with faults, {time.monotonic() - began:.1f} s",
        "requests without faults": " ".join(f"{result.clean:,}" for result in runs.values()),
        "requests with five-percent": " ".join(f"{result.faulty:,}" for result in runs.values()),
        "worst ratio": f"{worst:.3f}, {MOST:g} allowed",
        "faults": f"{faults.total():,}: {counts(faults.items())}",
    }
    failures = {
        seed: f"{result.ratio:.3f} times as many requests" for seed, result in runs.items() if result.ratio > MOST
    }
    return PartReport(NAME, measurements, failures_by_seed(NAME, failures))


async def _sync(emulator: Emulator, recordings: int) -> None:
    delivered: Counter[str] = Counter()

    def write(changes: Sequence[Change[CallRecording]], _connection: object) -> None:
        delivered.update(str(change.item.id) for change in changes)

    retry = Retry(first_delay=0.001, longest_delay=0.01)
    with tempfile.TemporaryDirectory() as folder, DeltaStore(Path(folder) / "sync.db") as store:
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as graph:
            meetings = graph.users.by_user_id(emulator.dataset.organizers[0]).online_meetings
            await sync(meetings.get_all_recordings().delta(), store, InTransaction(write))
    assert len(delivered) == delivered.total() == recordings, f"{delivered.total()} of {recordings} were delivered"
