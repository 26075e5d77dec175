"""An emulator with something of everything, and a client of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_archive import (
    Archive,
    ArchiveError,
    Attendance,
    CallRecords,
    DirectRoutingCalls,
    Feed,
    FormatName,
    PstnCalls,
    Recordings,
    Transcripts,
)
from graph_meetings_emulator import Dataset, Emulator, EmulatorCredential
from tests.support import archived

SINCE = datetime(2025, 12, 1, tzinfo=UTC)
FEEDS: tuple[Feed, ...] = (
    Recordings(content=True),
    Transcripts(content=True),
    Attendance(),
    CallRecords(),
    PstnCalls(since=SINCE),
    DirectRoutingCalls(since=SINCE),
)


def add_call_of_meeting(dataset: Dataset, organizer: str, meeting: str, start: str | None = None) -> str:
    """Add the record of a call that took place in a meeting, and return its id."""
    record = dataset.add_call_record(organizer_id=organizer, start=start)
    url = dataset.find(("users", organizer, "onlineMeetings", meeting)).properties["joinWebUrl"]
    id_ = str(record["id"])
    dataset.replace(("communications", "callRecords", id_), {**record, "joinWebUrl": url})
    return id_


def small_dataset() -> Dataset:
    """Return something of everything, of two organizers."""
    dataset = Dataset.generate(organizers=2, meetings=2, recordings=2, content_size=(1_000, 20_000))
    for organizer in dataset.organizers:
        add_call_of_meeting(dataset, organizer, dataset.meetings(organizer)[0])
    return dataset


@pytest.fixture
def dataset() -> Dataset:
    return small_dataset()


@pytest.fixture
def emulator(dataset: Dataset) -> Iterator[Emulator]:
    with Emulator(dataset, page_size=5) as running:
        yield running


@pytest.fixture
async def graph(emulator: Emulator) -> AsyncIterator[GraphMeetingsClient]:
    retry = Retry(attempts=3, total_time=10, first_delay=0.01, longest_delay=0.02)
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=retry) as client:
        yield client


async def fill(folder: Path, graph: GraphMeetingsClient, dataset: Dataset, format: FormatName) -> None:
    async with Archive(folder, graph, format=format) as archive:
        await archive.update(dataset.organizers, Recordings(), Transcripts())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an archive of each format."""
    folder = tmp_path_factory.mktemp("filled")

    async def fill_all(emulator: Emulator) -> None:
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
            for name in archived.FORMATS:
                await fill(folder / name, graph, emulator.dataset, name)

    with Emulator(small_dataset()) as emulator:
        asyncio.run(fill_all(emulator))
    return folder


@pytest.fixture
async def offline() -> AsyncIterator[GraphMeetingsClient]:
    """Return a client of the same service that is not asked for anything."""
    async with GraphMeetingsClient(EmulatorCredential("made-up"), base_url="http://127.0.0.1:1/v1.0") as client:
        yield client


async def refused(folder: Path, graph: GraphMeetingsClient, **options: Any) -> ArchiveError:
    """Return the error of opening an archive, which must leave every file as it is."""
    before = contents(folder)
    with pytest.raises(ArchiveError) as caught:
        async with Archive(folder, graph, **options):
            pass
    assert contents(folder) == before
    return caught.value


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files but those that SQLite itself keeps beside its own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def journal_of(folder: Path, format: FormatName) -> Path:
    return folder / ("archive.sqlite" if format == "sqlite" else ".graph-meetings/journal.sqlite")
