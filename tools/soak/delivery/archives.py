"""Kill updates of archives at random moments under chaos, in each format, until everything is archived.

After any kill nobody finds a key twice. At the end the archive has what an undisturbed one has, and whole files.
"""

import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.faults import PROFILES
from tests.support import archived, archiving
from tools.soak.delivery.finite import finite
from tools.soak.processes import is_past
from tools.soak.report import PartReport, counts, failures_by_seed, rate

NAME: Final = "archives"
_BATCH: Final = 10
_LONGEST: Final = 0.5
_LIES_ABOUT_VALUES: Final = frozenset({"hostile-links", "malformed-json", "everything", "token-echo"})
"""What such a service once said stays in the archive, because delta does not say it again."""


@dataclass(slots=True)
class ArchiveResult:
    """Counts of killed updates.

    Attributes:
        kills: processes killed before they finished, by format.
        recordings: recordings archived.
        faults: faults by kind.
        failures: error message by the seed of the batch.
    """

    kills: Counter[str] = field(default_factory=Counter[str])
    recordings: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    failures: dict[int, str] = field(default_factory=dict[int, str])


def run(seed: int, deadline: float, *, organizers: int = 50) -> ArchiveResult:
    """Kill updates in batches, one format and one profile after the other, at least one batch.

    Args:
        seed: of the first batch; the next batches use the seeds after it.
        deadline: `time.monotonic()` after which no further batch starts.
        organizers: of whom artifacts are archived.
    """
    result = ArchiveResult()
    for batch in count(seed):
        if batch != seed and is_past(deadline):
            return result
        _kill_batch(batch, organizers, result)
    return result


def report(seed: int, wanted: int, deadline: float) -> PartReport:
    """Run, and return the report.

    Args:
        seed: of the first batch.
        wanted: minimum number of kills for each format.
        deadline: `time.monotonic()` after which no further batch starts.
    """
    began = time.monotonic()
    result = run(seed, deadline)
    seconds = time.monotonic() - began
    measurements = {
        **{f"kills, {name}": rate(result.kills[name], seconds, wanted) for name in archived.FORMATS},
        "recordings": str(result.recordings),
        "faults": f"{result.faults.total():,}: {counts(result.faults.items())}",
    }
    return PartReport(NAME, measurements, failures_by_seed(NAME, result.failures))


def _kill_batch(seed: int, organizers: int, result: ArchiveResult) -> None:
    name = archived.FORMATS[seed % len(archived.FORMATS)]
    profile = list(PROFILES.values())[seed // len(archived.FORMATS) % len(PROFILES)]
    dataset = Dataset.generate(
        seed=seed, organizers=organizers, meetings=1, recordings=2, content_size=(1, 50_000), call_records=10
    )
    with tempfile.TemporaryDirectory() as folder, Emulator(dataset, page_size=4) as emulator:
        killed, undisturbed = Path(folder, "killed"), Path(folder, "undisturbed")
        emulator.start_chaos(finite(profile), seed=seed, longest_delay=0.02)
        try:
            result.kills[name] += archiving.kill_often(
                emulator, killed, name, kills=_BATCH, longest=_LONGEST, seed=seed
            )
            archiving.archive_undisturbed(emulator, undisturbed, name)
            has_lied = profile.name in _LIES_ABOUT_VALUES
            archiving.check_everything(emulator, killed, undisturbed, compare_values=not has_lied)
        except Exception as error:  # noqa: BLE001  any error is a finding
            result.failures[seed] = f"{name}, {profile.name}: {type(error).__name__}: {str(error)[:500]}"
        result.faults += emulator.faults_injected
        result.recordings += sum(len(dataset.recordings(organizer)) for organizer in dataset.organizers)
