"""Memory stays flat over a hundred thousand pages and over a download of 4 GiB."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from graph_meetings import CallRecording, Change, DeltaStore, GraphMeetingsClient, InTransaction, sync
from graph_meetings_emulator import EmulatorCredential
from graph_meetings_runtime import DeltaRequestBuilder
from tools.benchmarks.loopback.service import serving as serving_content
from tools.benchmarks.loopback.service import user_with
from tools.benchmarks.measuring.processes import printed, program
from tools.soak.memory.endless_service import serving
from tools.soak.processes import in_new_process, is_past
from tools.soak.report import PartReport, mebibytes, rate

NAME: Final = "memory"
MOST_PER_PAGES: Final = 4 << 20
"""Maximum growth after the first pages, in bytes."""

MOST_PER_DOWNLOAD: Final = 16 << 20
"""Maximum growth of the peak memory over a download of 1,000 bytes, in bytes."""

_EVERY: Final = 100


@dataclass(frozen=True, slots=True)
class PagingMethod:
    """A method that iterates over pages.

    Attributes:
        items: items per page.
        warm_up: pages after which all caches are full.
    """

    items: int
    warm_up: int


METHODS: Final[Mapping[str, PagingMethod]] = MappingProxyType(
    {
        "list()": PagingMethod(1, 2_000),
        # A round remembers up to 65,536 item ids.
        "changes()": PagingMethod(10, 8_000),
        "sync": PagingMethod(1, 2_000),
    }
)


@dataclass(frozen=True, slots=True)
class PagesResult:
    """Memory growth over many pages.

    Attributes:
        method: the method that iterated over them.
        pages: number of pages, including the warm-up.
        seconds: duration.
        growth: growth from the end of the warm-up to the peak after it, in bytes.
    """

    method: str
    pages: int
    seconds: float
    growth: int


class _OutOfTimeError(Exception):
    """The deadline has passed."""


class _Watch:
    """Measures the memory of this process page by page."""

    def __init__(self, method: PagingMethod, deadline: float) -> None:
        self.pages = 0
        self._method = method
        self._deadline = deadline
        self._items = self._at_first = self._most = 0

    def count_item(self) -> None:
        self._items += 1
        if self._items % (self._method.items * _EVERY) == 0:
            self.pages = self._items // self._method.items
            self._measure()

    def _measure(self) -> None:
        resident = resident_memory()
        if self.pages <= self._method.warm_up:
            self._at_first = self._most = resident
            return
        self._most = max(self._most, resident)
        if is_past(self._deadline):
            raise _OutOfTimeError

    @property
    def growth(self) -> int:
        return self._most - self._at_first


def over_pages(method: str, pages: int, deadline: float) -> PagesResult:
    """Iterate over pages in a new process.

    Args:
        method: one of `METHODS`.
        pages: number of pages.
        deadline: `time.monotonic()` after which to stop early, but not before the warm-up is done.
    """
    with serving() as base_url:
        return in_new_process(iterate, method, base_url, pages, deadline)


def over_download(size: int) -> int:
    """Download content in a new process; return the growth of its peak memory in bytes.

    Args:
        size: size of the content, in bytes.

    Raises:
        OSError: if the disk does not have enough room.
        AssertionError: if the file has the wrong size.
    """
    with tempfile.TemporaryDirectory() as folder, serving_content() as service:
        free = shutil.disk_usage(folder).free
        if free < 2 * size:  # the service's own file is sparse; other programs need room too
            raise OSError(
                f"a download of {mebibytes(size)} needs twice that on the disk; only {mebibytes(free)} are free"
            )
        growth = int(printed(program("download_memory", service.base_url, size, folder)))
        assert (Path(folder) / "big.mp4").stat().st_size == size, "the file has the wrong size"
        return growth


def report(pages: int, size: int, deadline: float) -> PartReport:
    """Measure all methods and a download, and return the report.

    Args:
        pages: number of pages for each method.
        size: size of the download, in bytes.
        deadline: `time.monotonic()` by which the methods should be done; they share the time.
    """
    measurements: dict[str, str] = {}
    failures: list[str] = []
    began = time.monotonic()
    growth = over_download(size)
    measurements["download"] = f"{mebibytes(size)} in {time.monotonic() - began:.1f} s: {mebibytes(growth)} more memory"
    if growth > MOST_PER_DOWNLOAD:
        failures.append(f"the download of {mebibytes(size)} took {mebibytes(growth)}")
    for number, method in enumerate(METHODS):
        share = (deadline - time.monotonic()) / (len(METHODS) - number)
        passed = over_pages(method, pages, time.monotonic() + share)
        more = f"{mebibytes(passed.growth)} more memory"
        measurements[f"pages, {method}"] = f"{rate(passed.pages, passed.seconds, pages)}: {more}"
        if passed.growth > MOST_PER_PAGES:
            failures.append(f"{more} for {method} over {passed.pages:,} pages")
    return PartReport(NAME, measurements, failures)


def resident_memory() -> int:
    """Return the resident memory of this process in bytes; Linux only."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS"))


def iterate(method: str, base_url: str, pages: int, deadline: float) -> PagesResult:
    """Iterate over pages in this process; see `over_pages`.

    Args:
        method: one of `METHODS`.
        base_url: base URL of the service.
        pages: number of pages.
        deadline: see `over_pages`.
    """
    watch = _Watch(METHODS[method], deadline)
    began = time.monotonic()
    with suppress(_OutOfTimeError):
        asyncio.run(_iterate(method, base_url, user_with(pages, METHODS[method].items), watch))
    return PagesResult(method, watch.pages, time.monotonic() - began, watch.growth)


async def _iterate(method: str, base_url: str, user: str, watch: _Watch) -> None:
    async with GraphMeetingsClient(EmulatorCredential("made-up"), base_url=base_url) as graph:
        recordings = graph.users.by_user_id(user).online_meetings.get_all_recordings()
        match method:
            case "list()":
                async for _ in recordings.list():
                    watch.count_item()
            case "changes()":
                async for _ in recordings.delta().changes():
                    watch.count_item()
            case _:
                await _sync(recordings.delta(), watch)


async def _sync(delta: DeltaRequestBuilder[CallRecording], watch: _Watch) -> None:
    def write(changes: Sequence[Change[CallRecording]], _connection: object) -> None:
        for _ in changes:
            watch.count_item()

    with tempfile.TemporaryDirectory() as folder, DeltaStore(Path(folder) / "sync.db") as store:
        await sync(delta, store, InTransaction(write))
