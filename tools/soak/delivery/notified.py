"""Kill processes that are notified at random moments, while most notifications are lost and subscriptions end.

With reconciliation, every recording, transcript and call is handled once. In every other batch a second process does
the same beside, and is killed, too.
"""

import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from graph_meetings_emulator import Dataset, Emulator
from tests.support.notified import Scene
from tools.soak.processes import is_past
from tools.soak.report import PartReport, failures_by_seed, rate

NAME: Final = "notified"
_BATCH: Final = 25
_LONGEST: Final = 0.5


@dataclass(slots=True)
class NotifiedResult:
    """What happened to the processes.

    Attributes:
        kills: processes killed.
        artifacts: recordings, transcripts and calls that came into being.
        delivered: notifications that arrived, repeated ones included.
        lapses: days on which nobody was there.
        expirations: times when the subscriptions had expired.
        removals: subscriptions that the service removed.
        failures: error message by the seed of the batch.
    """

    kills: int = 0
    artifacts: int = 0
    delivered: int = 0
    lapses: int = 0
    expirations: int = 0
    removals: int = 0
    failures: dict[int, str] = field(default_factory=dict[int, str])


def run(seed: int, deadline: float) -> NotifiedResult:
    """Kill processes in batches, at least one batch.

    Args:
        seed: of the first batch; the next batches use the seeds after it.
        deadline: `time.monotonic()` after which no further batch starts.
    """
    result = NotifiedResult()
    for batch in count(seed):
        if batch != seed and is_past(deadline):
            return result
        _kill_batch(batch, result)
    return result


def report(seed: int, wanted: int, deadline: float) -> PartReport:
    """Run, and return the report.

    Args:
        seed: of the first batch.
        wanted: minimum number of kills.
        deadline: `time.monotonic()` after which no further batch starts.
    """
    began = time.monotonic()
    result = run(seed, deadline)
    measurements = {
        "kills": rate(result.kills, time.monotonic() - began, wanted),
        "artifacts, each handled once": f"{result.artifacts:,}",
        "notifications delivered": f"{result.delivered:,}",
        "days away": str(result.lapses),
        "expirations": str(result.expirations),
        "removals": str(result.removals),
    }
    return PartReport(NAME, measurements, failures_by_seed(NAME, result.failures))


def _kill_batch(seed: int, result: NotifiedResult) -> None:
    data = Dataset.generate(until="2026-01-01T00:00:00Z", seed=seed, organizers=3, meetings=1, recordings=1)
    with tempfile.TemporaryDirectory() as folder, Emulator(data) as emulator:
        scene = Scene(emulator, Path(folder), seed, has_second=seed % 2 == 1)
        try:
            scene.run(_BATCH, _LONGEST)
        except Exception as error:  # noqa: BLE001  any error is a finding
            result.failures[seed] = f"{type(error).__name__}: {str(error)[:500]}"
        result.kills += _BATCH
        result.artifacts += len(scene.expected)
        result.delivered += scene.sent
        result.lapses += scene.lapses
        result.expirations += scene.expirations
        result.removals += scene.removals
