"""Kill a process at random moments of a sync and its downloads, and restart it until everything is done.

After any kill nothing is lost, nothing is delivered twice, and no partial file has a final name.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final

from graph_meetings import DeltaStore, GraphError, GraphMeetingsClient, InTransaction, Retry, sync
from graph_meetings_emulator import Dataset, Emulator, EmulatorCredential
from graph_meetings_emulator.faults import (
    DecompressionBomb,
    EndlessPages,
    Fault,
    IdentityEncoding,
    LyingLength,
    LyingRange,
    Reset,
    TokenEcho,
)
from tests.support import delivered_table, killing
from tools.soak.processes import WORKERS, is_past
from tools.soak.report import PartReport, counts, failures_by_seed, rate

NAME: Final = "kills"
_BATCH: Final = 20
_NOT_KILLED: Final = 2
"""Processes that `kill_often` lets finish at the end."""

_LOCK: Final = Lock()
_LONGEST: Final = 0.02
_CONTENT_SIZE: Final = (1, 300_000)
MOST_RESTARTS: Final = 500
_FAULTS: Final[Mapping[Fault, float]] = MappingProxyType(
    {
        EndlessPages(40): 0.02,
        DecompressionBomb(size=2 << 20): 0.02,
        LyingLength(): 0.03,
        IdentityEncoding(): 0.03,
        LyingRange(): 0.2,
        TokenEcho(): 0.03,
        Reset(): 0.03,
    }
)
"""What may happen to a request besides the kills, with its probability."""


@dataclass(slots=True)
class KillResult:
    """Counts of killed processes.

    Attributes:
        kills: processes killed before they finished.
        finished: processes that finished, because they were too fast or were not killed.
        recordings: recordings synced and downloaded.
        faults: faults by kind.
        with_part_file: kills that left a `.part` file behind.
        failures: error message by the seed of the batch.
    """

    kills: int = 0
    finished: int = 0
    recordings: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    with_part_file: int = 0
    failures: dict[int, str] = field(default_factory=dict[int, str])

    def merge(self, other: "KillResult") -> None:
        """Add the counts of another batch."""
        self.kills += other.kills
        self.finished += other.finished
        self.recordings += other.recordings
        self.faults += other.faults
        self.with_part_file += other.with_part_file
        self.failures |= other.failures


async def sync_and_download(job: killing.Job) -> None:
    """Sync and download, and start over after each error, as a program that is restarted would."""
    for _ in range(MOST_RESTARTS):
        try:
            return await _sync_and_download(job)
        except GraphError:
            continue
    raise AssertionError(f"{MOST_RESTARTS} restarts were not enough")


async def _sync_and_download(job: killing.Job) -> None:
    """Sync into a table in the store's file, then download the recordings in that table."""
    retry = Retry(first_delay=0.001, longest_delay=0.01)
    async with GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url, retry=retry) as graph:
        delta = graph.users.by_user_id(job.organizer).online_meetings.get_all_recordings().delta()
        async with DeltaStore(job.folder / "sync.db") as store:
            await sync(delta, store, InTransaction(delivered_table.add))
        recordings = await asyncio.to_thread(delivered_table.read, job.folder / "sync.db")
        files = job.folder / "files"
        await asyncio.to_thread(files.mkdir, exist_ok=True)
        summary = await graph.download_many(
            recordings, files, name=lambda recording: killing.file_name(str(recording.id))
        )
        if errors := [failed.error for failed in summary.failed if failed.error is not None]:
            raise errors[0]


def run(seed: int, kills: int | None, deadline: float) -> KillResult:
    """Kill processes in batches, at least one.

    Args:
        seed: random seed of the first batch; the next batches use the seeds after it.
        kills: number of kills to stop after, `None` for no limit but the deadline.
        deadline: `time.monotonic()` after which no further batch starts.
    """
    result = KillResult()
    batches = count(seed)

    def kill_some() -> None:
        for batch in batches:
            if batch != seed and (is_past(deadline) or (kills is not None and result.kills >= kills)):
                return
            done = _kill_batch(batch)
            with _LOCK:
                result.merge(done)

    with ThreadPoolExecutor(WORKERS) as executor:
        for thread in [executor.submit(kill_some) for _ in range(WORKERS)]:
            thread.result()
    return result


def report(result: KillResult, wanted: int, seconds: float) -> PartReport:
    """Return the report.

    Args:
        result: counts of all batches.
        wanted: minimum number of kills.
        seconds: duration of all batches.
    """
    measurements = {
        "kills": rate(result.kills, seconds, wanted),
        "kills that left a partial file": str(result.with_part_file),
        "processes that finished": str(result.finished),
        "recordings": str(result.recordings),
        "faults": f"{result.faults.total():,}: {counts(result.faults.items())}",
    }
    return PartReport(NAME, measurements, failures_by_seed(NAME, result.failures))


def _kill_batch(seed: int) -> KillResult:
    result = KillResult()
    dataset = Dataset.generate(
        seed=seed, organizers=1, meetings=1, recordings=20, content_size=_CONTENT_SIZE, call_records=0
    )
    with tempfile.TemporaryDirectory() as name, Emulator(dataset, page_size=4) as emulator:
        folder = Path(name)
        emulator.start_chaos(_FAULTS, seed=seed, longest_delay=_LONGEST)
        check = partial(_check_after_kill, emulator, folder, result)
        try:
            result.kills = killing.kill_often(
                sync_and_download, emulator, folder, kills=_BATCH, longest=_LONGEST, seed=seed, check=check
            )
            result.finished = _BATCH + _NOT_KILLED - result.kills
            _check_at_end(emulator, folder)
        except Exception as error:  # noqa: BLE001  any error is a finding
            result.failures[seed] = f"{type(error).__name__}: {error}"
        result.faults = emulator.faults_injected
        result.recordings = len(killing.recording_ids(emulator))
    return result


def _check_after_kill(emulator: Emulator, folder: Path, result: KillResult) -> None:
    killing.check_rows(folder)
    killing.check_files(emulator, folder / "files")
    result.with_part_file += any(path.stat().st_size for path in (folder / "files").glob("*.part"))


def _check_at_end(emulator: Emulator, folder: Path) -> None:
    killing.check_all_rows(emulator, folder)
    names = {killing.file_name(id_) for id_ in killing.recording_ids(emulator)}
    found = {path.name for path in (folder / "files").iterdir()}
    assert found == names, f"missing: {names - found}; left over: {found - names}"
