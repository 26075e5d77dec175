"""Archive 100,000 recordings, and 20,000 calls beside them, in each format."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

from graph_meetings_archive.formats.formats import FORMATS
from tools.benchmarks.loopback.service import Service, organizer_with, serving_tenant
from tools.benchmarks.measuring.measure import Run, interleaved
from tools.benchmarks.measuring.processes import printed, program
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings

LIST: Final = "list()"
_PAGES: Final = 100
_MEMORY_ROUNDS: Final = 1
"""Each takes a minute, and the peak hardly differs between rounds."""

_MOST_MEMORY: Final = 150
_NEEDS: Final = {"parquet": "pyarrow", "duckdb": "duckdb"}


def rows(settings: Settings) -> Iterator[Row]:
    """Measure in new processes: processor time against `list()`, and memory with everything imported on the way."""
    formats = [name for name in FORMATS if name not in _NEEDS or find_spec(_NEEDS[name])]
    items, calls = settings.scaled(1000), settings.scaled(20_000)
    with serving_tenant(items, calls) as service:
        yield from _rates(settings, service, formats, items)
        yield from _memory(settings, service, formats, items, calls)


def _rates(settings: Settings, service: Service, formats: list[str], items: int) -> Iterator[Row]:
    contenders = {name: _run("seconds", name, service, items, "recordings") for name in (*formats, "list")}
    samples = interleaved(contenders, settings.few_rounds)
    for name in formats:
        per_item = {each: [cost / (_PAGES * items) for cost in samples[each]] for each in (name, "list")}
        what = f"{_PAGES * items:,} recordings, {items:,} on a page, to {name}, by processor time"
        metric = Metric(f"archive.{name}", what, "items/s", 1, is_rate=True)
        yield metric.row(LIST, per_item[name], per_item["list"])


def _memory(settings: Settings, service: Service, formats: list[str], items: int, calls: int) -> Iterator[Row]:
    contenders = {name: _run("memory", name, service, items, "everything") for name in formats}
    samples = interleaved(contenders, min(_MEMORY_ROUNDS, settings.rounds))
    for name in formats:
        what = f"{_PAGES * items:,} recordings and {calls:,} calls to {name}, growth"
        yield Metric(f"archive.{name}_memory", what, "MiB", 1).within(
            _MOST_MEMORY, [size / (1 << 20) for size in samples[name]]
        )


def _run(figure: str, what: str, service: Service, items: int, feeds: str) -> Run:
    command = program("archive", figure, what, service.base_url, organizer_with(_PAGES, items), feeds)
    return lambda: printed(command)
