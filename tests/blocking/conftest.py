"""An emulator and a blocking client of it."""

from collections.abc import Iterator

import pytest

from graph_meetings.blocking import GraphMeetingsClient, Retry
from graph_meetings_emulator import Emulator

PATIENT = Retry(attempts=4, total_time=20, first_delay=0.01, longest_delay=0.02)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A service of two organizers with twelve recordings each."""
    with Emulator() as running:
        yield running


@pytest.fixture
def graph(emulator: Emulator) -> Iterator[GraphMeetingsClient]:
    """A client of the emulator."""
    with GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url, retry=PATIENT) as client:
        yield client


@pytest.fixture
def organizer(emulator: Emulator) -> str:
    """Id of the first organizer."""
    return emulator.dataset.organizers[0]
