"""Ten times the pages should take ten times as long and no more memory. The plots show these rows."""

from collections.abc import Iterator, Mapping
from typing import Final

from tools.benchmarks.loopback.clients import BARE
from tools.benchmarks.loopback.service import Service, serving, user_with
from tools.benchmarks.measuring.measure import Run, Samples, interleaved
from tools.benchmarks.measuring.processes import printed, program
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings

TIMES: Final = (1, 3, 10)
PAGES: Final = 100
ITEMS: Final = 100

_SECONDS = Metric("growth.time", "time", "s", 1)
_MEMORY = Metric("growth.memory", "peak memory", "MiB", 1 / (1 << 20))


def rows(settings: Settings) -> Iterator[Row]:
    """Measure in new processes; imports and connections count toward the memory but not the time."""
    pages, items = settings.scaled(PAGES), settings.scaled(ITEMS)
    with serving(items) as service:
        for figure, metric in (("seconds", _SECONDS), ("memory", _MEMORY)):
            samples = interleaved(_contenders(service, figure, pages, items), settings.few_rounds)
            yield from _rows(metric, samples, pages, items)


def _contenders(service: Service, figure: str, pages: int, items: int) -> Mapping[str, Run]:
    def paging(side: str, times: int) -> Run:
        command = program("page_through", side, figure, service.base_url, user_with(times * pages, items))
        return lambda: printed(command)

    return {f"{side} {times}": paging(side, times) for times in TIMES for side in ("ours", "bare")}


def _rows(metric: Metric, samples: Samples, pages: int, items: int) -> Iterator[Row]:
    def named(times: int) -> Metric:
        what = f"{times * pages:,} pages of {items:,} recordings, {metric.what}"
        return metric.named(key_of(metric.key, times), what)

    for times in TIMES:
        yield named(times).row(BARE, samples[f"ours {times}"], samples[f"bare {times}"])
    most = max(TIMES)
    first, last = samples["ours 1"], samples[f"ours {most}"]
    if metric is _SECONDS:
        yield named(most).row(f"{most} times the time of a tenth", last, [most * each for each in first])
    else:
        yield named(most).row("the memory of a tenth", last, first)


def key_of(key: str, times: int) -> str:
    """Return the key of the rows for `times` as many pages."""
    return f"{key}_{times}"
