"""How many more requests a sync takes when one in twenty fails."""

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
from tools.soak.findings import Findings
from tools.soak.processes import is_over

NAME: Final = "requests"
MOST: Final = 2.0
"""How many times as many requests as without faults a sync may take."""


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """What two syncs of the same recordings took.

    Attributes:
        recordings: how many there are.
        clean: requests without faults.
        faulty: requests with them.
        faults: by kind.
    """

    recordings: int
    clean: int
    faulty: int
    faults: Counter[str]

    @property
    def ratio(self) -> float:
        """How many times as many."""
        return self.faulty / self.clean


def run(seed: int, recordings: int) -> RequestFigures:
    """Sync without faults, and with them.

    Args:
        seed: decides the recordings and the faults.
        recordings: how many.

    Raises:
        AssertionError: a sync delivered not all of them, or not only them.
        GraphError: a sync did not come to its end.
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
        return RequestFigures(recordings, clean, len(emulator.requests), emulator.faults_injected)


def findings(seed: int, recordings: int, deadline: float) -> Findings:
    """Do so with seed after seed, at least one, and put what it took into words.

    Args:
        seed: the first one.
        recordings: how many.
        deadline: the `time.monotonic()` after which no other seed begins.
    """
    began = time.monotonic()
    runs = {seed: run(seed, recordings)}
    while not is_over(deadline):
        runs[max(runs) + 1] = run(max(runs) + 1, recordings)
    faults = Counter[str]()
    for figures in runs.values():
        faults += figures.faults
    worst = max(figures.ratio for figures in runs.values())
    table = {
        "syncs": f"{len(runs)} of {recordings:,} recordings without faults and with, {time.monotonic() - began:.1f} s",
        "requests without faults": " ".join(f"{figures.clean:,}" for figures in runs.values()),
        "requests with five-percent": " ".join(f"{figures.faulty:,}" for figures in runs.values()),
        "at most": f"{worst:.3f} times as many, where {MOST:g} are allowed",
        "faults": f"{faults.total():,}: {', '.join(f'{number} {kind}' for kind, number in sorted(faults.items()))}",
    }
    failures = [
        f"seed {seed}: {figures.ratio:.3f} times as many requests\n"
        f"    alone: python -m tools.soak --only {NAME} --seconds 0 --seed {seed}"
        for seed, figures in runs.items()
        if figures.ratio > MOST
    ]
    return Findings(NAME, table, failures)


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
