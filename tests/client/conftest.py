"""An emulator and a client of it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from graph_meetings import GraphMeetingsClient, Retry
from graph_meetings_emulator import Emulator

PATIENT = Retry(attempts=4, total_time=20, first_delay=0.01, longest_delay=0.02)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A service of two organizers with twelve recordings each."""
    with Emulator() as running:
        yield running


@pytest.fixture
async def graph(emulator: Emulator) -> AsyncIterator[GraphMeetingsClient]:
    """A client of the emulator."""
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=PATIENT) as client:
        yield client


@pytest.fixture
def organizer(emulator: Emulator) -> str:
    """Id of the first organizer."""
    return emulator.dataset.organizers[0]


@pytest.fixture(scope="session")
def tracing() -> tuple[TracerProvider, InMemorySpanExporter]:
    """One provider for all tests, because Kiota's tracers keep the first that they see."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider, exporter


@pytest.fixture
def spans(
    tracing: tuple[TracerProvider, InMemorySpanExporter], monkeypatch: pytest.MonkeyPatch
) -> InMemorySpanExporter:
    """The spans of a test that is traced."""
    provider, exporter = tracing
    exporter.clear()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    return exporter
