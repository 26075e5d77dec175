"""Memory of 100,000 recordings: as decoded dicts, as unread models, and as models with every field read."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tools.benchmarks.measuring.measure import Run, interleaved
from tools.benchmarks.measuring.processes import printed, program
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.pages.payloads import recordings
from tools.benchmarks.peers import msgraph

_ROUNDS = 2
"""Allocations are counted, not sampled, and hardly differ between rounds."""


def rows(settings: Settings) -> Iterator[Row]:
    """Measure each in a new process."""
    count, pages = settings.scaled(1000), 100
    with TemporaryDirectory() as folder:
        items = recordings(count)
        file, few = Path(folder) / "page.json", Path(folder) / "few.json"
        file.write_bytes(msgspec.json.encode({"value": items}))
        few.write_bytes(msgspec.json.encode({"value": items[: count // 10 or 1]}))

        def keeping(what: str) -> Run:
            command = program("model_memory", what, file, pages)
            return lambda: printed(command)

        contenders = {
            "unread": keeping("unread"),
            "read": keeping("read"),
            "decoded dicts": keeping("dicts"),
            # A thousandth of the items: counting allocations takes minutes for more.
            **msgraph.once(settings.peers, "model_memory", "recordings", few, 1),
        }
        samples = interleaved(contenders, min(_ROUNDS, settings.rounds))
    for key, what in (("unread", "unread"), ("read", "every field read")):
        metric = Metric(f"memory.{key}", f"{count * pages:,} recordings, {what}, each", "bytes", 1)
        for against in list(contenders)[2:]:
            yield metric.row(against, samples[key], samples[against])
