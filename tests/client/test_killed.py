"""SIGKILL at random moments of a sync, and the next one: nothing is lost, nothing is repeated."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_runtime import DeltaStore
from tests.support import killing

pytestmark = pytest.mark.slow

LONGEST = 0.02
SEED = 20

each_number = pytest.mark.parametrize("kills", [4, pytest.param(8, marks=pytest.mark.long)])


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A service of one organizer with sixty small recordings, four on a page."""
    dataset = Dataset.generate(organizers=1, recordings=20, content_size=(1, 100_000), call_records=0)
    with Emulator(dataset, page_size=4) as running:
        yield running


def nothing() -> None:
    """Check nothing."""


Check = Callable[[], None]


def kill(work: killing.Work, emulator: Emulator, folder: Path, kills: int, check: Check = nothing) -> int:
    delivered: set[int] = set()

    def check_and_count() -> None:
        check()
        with DeltaStore(folder / "sync.db") as store:
            delivered.add(sum(store.delivered(name) for name in store.feeds()))

    killed = killing.kill_often(work, emulator, folder, kills=kills, longest=LONGEST, seed=SEED, check=check_and_count)
    assert killed >= kills // 8, "most were done before they were killed, which shows nothing"
    assert len(delivered) >= kills // 4, "most were killed before they had done anything, which shows nothing"
    assert not list(folder.glob("*.lock"))
    return killed


@each_number
def test_calls_are_not_lost_and_not_repeated(emulator: Emulator, tmp_path: Path, kills: int) -> None:
    killed = kill(killing.by_calls, emulator, tmp_path, kills)
    killing.check_calls(emulator, tmp_path, killed)


@each_number
def test_writes_in_the_transaction_are_one_with_the_store(emulator: Emulator, tmp_path: Path, kills: int) -> None:
    kill(killing.in_transaction, emulator, tmp_path, kills, partial(killing.check_rows, tmp_path))
    killing.check_all_rows(emulator, tmp_path)


@each_number
def test_downloads_are_whole_and_made_once(emulator: Emulator, tmp_path: Path, kills: int) -> None:
    kill(killing.downloads, emulator, tmp_path, kills, partial(killing.check_files, emulator, tmp_path))
    killing.check_all_files(emulator, tmp_path)
