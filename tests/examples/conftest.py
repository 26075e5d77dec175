"""What the tests of examples share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.blocking.examples import blocking_example
from graph_meetings_emulator import Dataset, Emulator

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    dataset = Dataset.generate(recordings=2, call_records=0, content_size=10_000)
    with Emulator(dataset, page_size=2) as running:
        yield running


@pytest.fixture
def data(emulator: Emulator) -> Dataset:
    return emulator.dataset


@pytest.fixture
def organizer(data: Dataset) -> str:
    return data.organizers[0]


@pytest.fixture(params=["asynchronous", pytest.param("blocking", marks=pytest.mark.long)])
def examples(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the examples, as they are or in their blocking form."""
    if request.param == "asynchronous":
        return EXAMPLES
    folder = tmp_path_factory.mktemp("examples")
    for path in EXAMPLES.glob("*.py"):
        (folder / path.name).write_text(blocking_example(path.read_text()))
    return folder
