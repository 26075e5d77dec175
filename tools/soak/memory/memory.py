"""Memory does not grow with what passes through: over pages by the hundred thousand, over a content of 4 GiB."""

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
from tools.benchmarks.loopback.service import serving as serving_contents
from tools.benchmarks.measuring.processes import printed, program
from tools.soak.findings import Findings, mebibytes, rate
from tools.soak.memory.endless_service import serving, user_with
from tools.soak.processes import alone, is_over

NAME: Final = "memory"
MOST_OVER_PAGES: Final = 4 << 20
"""Bytes by which memory may grow after the first pages."""

MOST_OVER_A_CONTENT: Final = 16 << 20
"""Bytes by which the most memory may grow beyond that of a download of 1,000 bytes."""

_EVERY: Final = 100


@dataclass(frozen=True, slots=True)
class Way:
    """How pages are passed through.

    Attributes:
        items: on each page.
        warm_up: pages after which all caches are full.
    """

    items: int
    warm_up: int


WAYS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "list()": Way(1, 2_000),
        # A round remembers up to 65,536 items.
        "changes()": Way(10, 8_000),
        "sync": Way(1, 2_000),
    }
)


@dataclass(frozen=True, slots=True)
class PagesFigures:
    """What passing through pages took.

    Attributes:
        way: how it was done.
        pages: how many, warm-up included.
        seconds: how long it took.
        growth: bytes between the memory after the warm-up and the most that there was behind it.
    """

    way: str
    pages: int
    seconds: float
    growth: int


class _Enough(Exception):
    """Time is over."""


class _Watch:
    """Looks at the memory of this process, page after page."""

    def __init__(self, way: Way, deadline: float) -> None:
        self.pages = 0
        self._way = way
        self._deadline = deadline
        self._items = self._at_first = self._most = 0

    def pass_item(self) -> None:
        self._items += 1
        if self._items % (self._way.items * _EVERY) == 0:
            self.pages = self._items // self._way.items
            self._look()

    def _look(self) -> None:
        resident = resident_memory()
        if self.pages <= self._way.warm_up:
            self._at_first = self._most = resident
            return
        self._most = max(self._most, resident)
        if is_over(self._deadline):
            raise _Enough

    @property
    def growth(self) -> int:
        return self._most - self._at_first


def over_pages(way: str, pages: int, deadline: float) -> PagesFigures:
    """Pass through pages, in a process of its own.

    Args:
        way: one of `WAYS`.
        pages: how many.
        deadline: the `time.monotonic()` after which it ends early, though never before the warm-up does.
    """
    with serving() as base_url:
        return alone(pass_through, way, base_url, pages, deadline)


def over_content(size: int) -> int:
    """Download a content in a process of its own; gives the bytes by which its memory grew at most.

    Args:
        size: of the content, in bytes.

    Raises:
        OSError: the disk has no room for it.
        AssertionError: the file has another size.
    """
    with tempfile.TemporaryDirectory() as folder, serving_contents() as service:
        free = shutil.disk_usage(folder).free
        if free < 2 * size:  # the service's own file has no blocks; but the others here need some too
            raise OSError(
                f"a download of {mebibytes(size)} needs twice that much free, and there are {mebibytes(free)}"
            )
        growth = int(printed(program("download_memory", service.base_url, size, folder)))
        assert (Path(folder) / "big.mp4").stat().st_size == size, "the file has another size"
        return growth


def findings(pages: int, size: int, deadline: float) -> Findings:
    """Measure all, and put it into words.

    Args:
        pages: how many, in each way.
        size: of the content, in bytes.
        deadline: the `time.monotonic()` up to which the ways through the pages share the time.
    """
    figures: dict[str, str] = {}
    failures: list[str] = []
    began = time.monotonic()
    growth = over_content(size)
    figures["a content"] = f"{mebibytes(size)} in {time.monotonic() - began:.1f} s: {mebibytes(growth)} more memory"
    if growth > MOST_OVER_A_CONTENT:
        failures.append(f"the download of {mebibytes(size)} took {mebibytes(growth)}")
    for number, way in enumerate(WAYS):
        share = (deadline - time.monotonic()) / (len(WAYS) - number)
        passed = over_pages(way, pages, time.monotonic() + share)
        short = "" if passed.pages >= pages else f", of {pages:,} that were wanted"
        more = f"{mebibytes(passed.growth)} more memory"
        figures[f"pages, {way}"] = f"{rate(passed.pages, passed.seconds)}{short}: {more}"
        if passed.growth > MOST_OVER_PAGES:
            failures.append(f"{more} for {way} over {passed.pages:,} pages")
    return Findings(NAME, figures, failures)


def resident_memory() -> int:
    """Give the memory that this process has, in bytes, as Linux says it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS"))


def pass_through(way: str, base_url: str, pages: int, deadline: float) -> PagesFigures:
    """Do what `over_pages` says, in this process.

    Args:
        way: one of `WAYS`.
        base_url: of the service.
        pages: how many.
        deadline: as there.
    """
    watch = _Watch(WAYS[way], deadline)
    began = time.monotonic()
    with suppress(_Enough):
        asyncio.run(_go(way, base_url, user_with(pages, WAYS[way].items), watch))
    return PagesFigures(way, watch.pages, time.monotonic() - began, watch.growth)


async def _go(way: str, base_url: str, user: str, watch: _Watch) -> None:
    async with GraphMeetingsClient(EmulatorCredential("made-up"), base_url=base_url) as graph:
        recordings = graph.users.by_user_id(user).online_meetings.get_all_recordings()
        match way:
            case "list()":
                async for _ in recordings.list():
                    watch.pass_item()
            case "changes()":
                async for _ in recordings.delta().changes():
                    watch.pass_item()
            case _:
                await _sync(recordings.delta(), watch)


async def _sync(delta: DeltaRequestBuilder[CallRecording], watch: _Watch) -> None:
    def write(changes: Sequence[Change[CallRecording]], _connection: object) -> None:
        for _ in changes:
            watch.pass_item()

    with tempfile.TemporaryDirectory() as folder, DeltaStore(Path(folder) / "sync.db") as store:
        await sync(delta, store, InTransaction(write))
