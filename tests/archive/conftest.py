"""An emulator with something of everything, and a client of it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_archive import (
    Attendance,
    CallRecords,
    DirectRoutingCalls,
    Feed,
    PstnCalls,
    Recordings,
    Transcripts,
)
from graph_meetings_emulator import Dataset, Emulator

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
