"""End processes at random calls to the system while they write archives, or extend their tables, in each format."""

import tempfile
import time
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Final

from tests.support import archived, crashing
from tools.soak.processes import is_past
from tools.soak.report import PartReport, failures_by_seed, rate

NAME: Final = "archive-crashes"
_BATCH: Final = 5


def report(seed: int, wanted: int, deadline: float) -> PartReport:
    """Crash in batches, one format after the other, at least one batch, and return the report.

    Args:
        seed: of the first batch; the next batches use the seeds after it.
        wanted: minimum number of crashes for each format.
        deadline: `time.monotonic()` after which no further batch starts.
    """
    began = time.monotonic()
    crashes: Counter[str] = Counter()
    failures: dict[int, str] = {}
    for batch in count(seed):
        if batch != seed and is_past(deadline):
            break
        name = archived.FORMATS[batch % len(archived.FORMATS)]
        try:
            with tempfile.TemporaryDirectory() as folder:
                crashing.crash_often(Path(folder, "filled"), name, crashes=_BATCH, seed=batch)
                crashing.crash_while_extending(Path(folder, "extended"), name, crashes=_BATCH, seed=batch)
        except Exception as error:  # noqa: BLE001  any error is a finding
            failures[batch] = f"{name}: {type(error).__name__}: {str(error)[:500]}"
        crashes[name] += 2 * _BATCH
    seconds = time.monotonic() - began
    measurements = {f"crashes, {name}": rate(crashes[name], seconds, wanted) for name in archived.FORMATS}
    return PartReport(NAME, measurements, failures_by_seed(NAME, failures))
