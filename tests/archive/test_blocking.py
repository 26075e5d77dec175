"""Archives for the blocking client: the same names, the same archive."""

import inspect
from pathlib import Path

import pytest

import graph_meetings_archive
import graph_meetings_archive.blocking
from graph_meetings.blocking import GraphMeetingsClient as BlockingClient
from graph_meetings_archive import FormatName
from graph_meetings_archive.blocking import Archive, organizers_from_users
from graph_meetings_emulator import Dataset, Emulator
from tests.archive.conftest import FEEDS
from tests.support import archived, archiving

TWIN = Path(inspect.getfile(Archive)).parent


def test_both_have_the_same_names() -> None:
    assert graph_meetings_archive.blocking.__all__ == graph_meetings_archive.__all__


def test_its_words_are_blocking() -> None:
    for path in TWIN.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in ("async", "await", "event loop", "anext") if word in text], path


@pytest.mark.parametrize(
    "format",
    ["sqlite", "csv", *(pytest.param(each, marks=pytest.mark.long) for each in ("jsonl", "parquet", "duckdb"))],
)
def test_both_archive_the_same(emulator: Emulator, dataset: Dataset, tmp_path: Path, format: FormatName) -> None:
    with (
        BlockingClient(emulator.blocking_credential, base_url=emulator.base_url) as graph,
        Archive(tmp_path / "blocking", graph, format=format) as archive,
    ):
        assert archive.update(organizers_from_users(graph), *FEEDS).failures == ()
        again = archive.update(organizers_from_users(graph), *FEEDS)
    assert [(feed.added, feed.replaced, feed.files) for feed in again.feeds] == [(0, 0, 0)] * len(FEEDS)
    archiving.archive_undisturbed(emulator, tmp_path / "asynchronous", format)
    expected = archived.everything(tmp_path / "asynchronous")
    assert len(expected["recordings"]) == sum(len(dataset.recordings(it)) for it in dataset.organizers)
    for name, rows in expected.items():
        if not name.endswith("routing_calls") and name != "pstn_calls":  # which the other one was not asked for
            assert archived.rows(tmp_path / "blocking", name) == rows, name
