"""SIGKILL at random moments of a sync and of the downloads behind it, then a restart, until all is done.

Nothing is lost, nothing is delivered twice, and no half file has a final name, after any of the kills.
"""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

from graph_meetings import DeltaStore, GraphMeetingsClient, InTransaction, sync
from graph_meetings_emulator import Dataset, Emulator, EmulatorCredential
from tests.support import killing
from tools.soak.delivery import own_table
from tools.soak.findings import Findings
from tools.soak.processes import WORKERS, is_over

NAME: Final = "kills"
_BATCH: Final = 20
_LAST: Final = 2
"""Processes that `kill_often` lets finish in the end."""

_LOCK: Final = Lock()
_LONGEST: Final = 0.02
_CONTENT_SIZE: Final = (1, 300_000)


@dataclass(slots=True)
class KillFigures:
    """What was killed.

    Attributes:
        kills: processes that were killed before they were done.
        finished: processes that were done before they could be killed, or were let finish.
        recordings: that were synced and downloaded.
        with_a_part: kills that left a `.part` file.
        failures: by the seed of their batch.
    """

    kills: int = 0
    finished: int = 0
    recordings: int = 0
    with_a_part: int = 0
    failures: dict[int, str] = field(default_factory=dict[int, str])

    def merge(self, other: "KillFigures") -> None:
        """Add another batch."""
        self.kills += other.kills
        self.finished += other.finished
        self.recordings += other.recordings
        self.with_a_part += other.with_a_part
        self.failures |= other.failures


async def sync_and_download(job: killing.Job) -> None:
    """Write what is new into a table of the store's file, and download what is in that table."""
    async with GraphMeetingsClient(EmulatorCredential(job.token), base_url=job.base_url) as graph:
        delta = graph.users.by_user_id(job.organizer).online_meetings.get_all_recordings().delta()
        async with DeltaStore(job.folder / "sync.db") as store:
            await sync(delta, store, InTransaction(own_table.write))
        recordings = await asyncio.to_thread(own_table.read, job.folder / "sync.db")
        files = job.folder / "files"
        await asyncio.to_thread(files.mkdir, exist_ok=True)
        summary = await graph.download_many(
            recordings, files, name=lambda recording: killing.file_name(str(recording.id))
        )
        assert not summary.failed, summary.failed


def run(seed: int, kills: int | None, deadline: float) -> KillFigures:
    """Kill processes, in batches; at least one.

    Args:
        seed: of the first batch; the others have the seeds that follow.
        kills: how many are enough, `None` for as many as time allows.
        deadline: the `time.monotonic()` after which no other batch begins.
    """
    figures = KillFigures()
    batches = count(seed)

    def kill_some() -> None:
        for batch in batches:
            if batch != seed and (is_over(deadline) or (kills is not None and figures.kills >= kills)):
                return
            done = _kill_batch(batch)
            with _LOCK:
                figures.merge(done)

    with ThreadPoolExecutor(WORKERS) as executor:
        for thread in [executor.submit(kill_some) for _ in range(WORKERS)]:
            thread.result()
    return figures


def findings(figures: KillFigures, wanted: int, seconds: float) -> Findings:
    """Put what was killed into words.

    Args:
        figures: of the run.
        wanted: how many kills there should be at least.
        seconds: how long it took.
    """
    short = "" if figures.kills >= wanted else f", of {wanted} that were wanted"
    table = {
        "kills": f"{figures.kills} in {seconds:.1f} s{short}",
        "that left a part of a file": str(figures.with_a_part),
        "processes that came to their end": str(figures.finished),
        "recordings": str(figures.recordings),
    }
    failures = [
        f"seed {seed}: {failure}\n    alone: python -m tools.soak --only {NAME} --seconds 0 --seed {seed}"
        for seed, failure in figures.failures.items()
    ]
    return Findings(NAME, table, failures)


def _kill_batch(seed: int) -> KillFigures:
    figures = KillFigures()
    dataset = Dataset.generate(
        seed=seed, organizers=1, meetings=1, recordings=20, content_size=_CONTENT_SIZE, call_records=0
    )
    with tempfile.TemporaryDirectory() as name, Emulator(dataset, page_size=4) as emulator:
        folder = Path(name)
        check = partial(_check, emulator, folder, figures)
        try:
            figures.kills = killing.kill_often(
                sync_and_download, emulator, folder, kills=_BATCH, longest=_LONGEST, seed=seed, check=check
            )
            figures.finished = _BATCH + _LAST - figures.kills
            _check_all(emulator, folder)
        except Exception as error:  # noqa: BLE001  whatever comes out is what is looked for
            figures.failures[seed] = f"{type(error).__name__}: {error}"
        figures.recordings = len(killing.recording_ids(emulator))
    return figures


def _check(emulator: Emulator, folder: Path, figures: KillFigures) -> None:
    """After any kill."""
    killing.check_rows(folder)
    killing.check_files(emulator, folder / "files")
    figures.with_a_part += any(path.stat().st_size for path in (folder / "files").glob("*.part"))


def _check_all(emulator: Emulator, folder: Path) -> None:
    """When all is done."""
    killing.check_all_rows(emulator, folder)
    names = {killing.file_name(id_) for id_ in killing.recording_ids(emulator)}
    found = {path.name for path in (folder / "files").iterdir()}
    assert found == names, f"missing: {names - found}; left over: {found - names}"
