"""The rounds of a stream for Spark, and the journal that they are kept in, without Spark."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings import CallRecord, GraphError
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.spark import OptionError
from graph_meetings_archive.spark.planning.planning import OF_ORGANIZERS
from graph_meetings_archive.spark.reading.rows import Rows
from graph_meetings_archive.spark.request.options import read_options
from graph_meetings_archive.spark.request.service import open_client
from graph_meetings_archive.spark.streaming import rounds
from graph_meetings_archive.spark.streaming.journal import Journal
from graph_meetings_archive.spark.streaming.rounds import OF_CALLS, read_round
from graph_meetings_archive.spark.streaming.state import Call, State, decode, encode
from graph_meetings_blocking_archive.feeds.call_records import whole_call
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.faults import Answer
from tests.support.emulated_credential import TOKEN

_ipc: Any = import_module("pyarrow.ipc")  # it has no types

CREDENTIAL = "tests.support.emulated_credential.from_environment"
ABOUT = {"table": "recordings", "service": "http://127.0.0.1/v1.0"}


@pytest.fixture
def dataset() -> Dataset:
    return Dataset.generate(organizers=4, meetings=1, recordings=3, content_size=1_000, call_records=3)


@pytest.fixture
def emulator(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator(dataset, page_size=2) as running:
        monkeypatch.setenv(TOKEN, running.token)
        yield running


class Stream:
    """A stream that is opened anew for each round, as after a restart."""

    def __init__(self, emulator: Emulator, folder: Path, table: str = "recordings", **options: str) -> None:
        whose = {"organizers": ",".join(emulator.dataset.organizers)} if table in OF_ORGANIZERS else {}
        always = {"table": table, "base_url": emulator.base_url, "credential": CREDENTIAL, "concurrency": "2"}
        self.options = read_options({**always, **whose, **options})
        self.folder = folder
        self.position = 0

    def ask(self) -> int:
        """Read a round, and return its number."""
        journal = Journal(self.folder, ABOUT)
        with open_client(self.options) as graph:
            return read_round(Rows(graph, self.options, 2), journal, journal.state()).round

    def news(self) -> list[dict[str, Any]]:
        """Return the rows that are new, as Spark would get them."""
        after, self.position = self.position, self.ask()
        return self.rows(after, self.position)

    def rows(self, after: int, last: int) -> list[dict[str, Any]]:
        streams = Journal(self.folder, ABOUT).rows(after, last)
        return [row for stream in streams for row in _ipc.open_stream(stream).read_all().to_pylist()]


def recordings_of(dataset: Dataset) -> Counter[str]:
    return Counter(str(each["id"]) for organizer in dataset.organizers for each in dataset.recordings(organizer))


def ids(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(row["id"] for row in rows)


# Rounds


def test_each_round_has_what_is_new_since_the_last_one(emulator: Emulator, dataset: Dataset, tmp_path: Path) -> None:
    stream = Stream(emulator, tmp_path / "journal")
    assert ids(stream.news()) == recordings_of(dataset)
    assert stream.news() == []
    assert stream.position == 1  # a round without rows is none, so that Spark makes no batch of it
    added = {str(dataset.add_recording(organizer)["id"]) for organizer in dataset.organizers[:2]}
    assert ids(stream.news()) == Counter(added)
    assert stream.position == 2


def test_a_removed_artifact_is_no_row(emulator: Emulator, dataset: Dataset, tmp_path: Path) -> None:
    stream = Stream(emulator, tmp_path / "journal")
    stream.news()
    organizer = dataset.organizers[0]
    first = dataset.recordings(organizer)[0]
    dataset.remove(("users", organizer, "onlineMeetings", str(first["meetingId"]), "recordings", str(first["id"])))
    assert stream.news() == []


@pytest.mark.parametrize("table", [*sorted(OF_ORGANIZERS - {"recordings"}), *sorted(OF_CALLS)])
def test_other_tables_are_streamed_too(emulator: Emulator, dataset: Dataset, tmp_path: Path, table: str) -> None:
    stream = Stream(emulator, tmp_path / "journal", table)
    assert stream.news()
    assert stream.news() == []
    organizer = dataset.organizers[0]
    if table in OF_ORGANIZERS:
        dataset.add_transcript(organizer)
    else:
        dataset.add_call_record(organizer_id=organizer, start=datetime(2026, 6, 30, tzinfo=UTC))
    assert stream.news()
    assert stream.news() == []


def test_a_call_comes_again_in_a_higher_version(emulator: Emulator, dataset: Dataset, tmp_path: Path) -> None:
    stream = Stream(emulator, tmp_path / "journal", "calls")
    latest = max(stream.news(), key=lambda row: row["start_date_time"])
    path = ("communications", "callRecords", latest["id"])
    dataset.replace(path, {**dataset.find(path).properties, "version": latest["version"] + 1})
    (again,) = stream.news()
    assert (again["id"], again["version"]) == (latest["id"], latest["version"] + 1)


def test_a_call_that_is_revised_while_it_is_read_comes_once(
    emulator: Emulator, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list has the version before, the record the next one."""
    stream = Stream(emulator, tmp_path / "journal", "sessions")
    latest = max(dataset.call_records, key=lambda record: str(record["startDateTime"]))
    path = ("communications", "callRecords", str(latest["id"]))

    def read_later(graph: GraphMeetingsClient, id_: str) -> CallRecord:
        if id_ == path[-1]:
            dataset.replace(path, {**dataset.find(path).properties, "version": 77})
        return whole_call(graph, id_)

    monkeypatch.setattr("graph_meetings_archive.spark.reading.calls.whole_call", read_later)
    assert 77 in {row["call_version"] for row in stream.news()}
    assert stream.news() == []


def test_a_round_from_the_start_repeats_nothing(emulator: Emulator, dataset: Dataset, tmp_path: Path) -> None:
    """The service forgets where an organizer goes on."""
    stream = Stream(emulator, tmp_path / "journal")
    stream.news()
    emulator.delta.expire_tokens()
    added = str(dataset.add_recording(dataset.organizers[0])["id"])
    assert ids(stream.news()) == Counter([added])


def test_what_came_before_an_error_is_kept(emulator: Emulator, dataset: Dataset, tmp_path: Path) -> None:
    stream = Stream(emulator, tmp_path / "journal")
    last = dataset.organizers[-1]
    emulator.inject(Answer(403), path=last)
    with pytest.raises(GraphError):
        stream.ask()
    before = len(emulator.requests)
    assert ids(stream.news()) == recordings_of(dataset)
    assert stream.position == 2
    # One request for each organizer who has been read, and two pages of the one who has not.
    assert len(emulator.requests) - before == len(dataset.organizers) - 1 + 2


def test_many_rows_become_several_rounds(
    emulator: Emulator, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "_ENOUGH", 5)
    stream = Stream(emulator, tmp_path / "journal")
    assert ids(stream.news()) == recordings_of(dataset)
    assert stream.position == 2


# Crashes


@pytest.mark.parametrize("survived", range(5))
def test_a_crash_while_the_journal_is_written_loses_and_repeats_nothing(
    emulator: Emulator, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    stream = Stream(emulator, tmp_path / "journal")
    writes = 0
    replace = Path.replace

    def crash(self: Path, target: Path) -> Path:
        nonlocal writes
        writes += 1
        if writes > survived:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        try:
            stream.ask()
        except OSError:
            assert survived < 3  # the stream, the rows, the state
    first = stream.news()
    assert ids(first) == recordings_of(dataset)
    assert stream.rows(0, stream.position) == first


def test_rows_between_the_same_offsets_stay_the_same(emulator: Emulator, dataset: Dataset, tmp_path: Path) -> None:
    stream = Stream(emulator, tmp_path / "journal")
    first = stream.news()
    dataset.add_recording(dataset.organizers[0])
    stream.news()
    assert stream.rows(0, 1) == first
    assert len(stream.rows(0, 2)) == len(first) + 1


# The journal


def test_only_its_owner_can_read_the_journal(emulator: Emulator, tmp_path: Path) -> None:
    stream = Stream(emulator, tmp_path / "journal")
    stream.ask()
    state = Journal(stream.folder, ABOUT).state()
    tokens = {link.partition("skipToken=")[2] for link in state.links.values()}
    assert all(tokens)
    assert not any(token in repr(state) for token in tokens)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (stream.folder, *stream.folder.iterdir())}
    assert modes == {"journal": 0o700, "stream.json": 0o600, "rows-0000000001": 0o600, "state": 0o600}
    rows = (stream.folder / "rows-0000000001").read_bytes()
    assert not any(token.encode() in rows for token in tokens)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(OptionError, match=r"others can read .*; chmod 700 it"):
        Journal(tmp_path, ABOUT)


def test_the_journal_of_another_stream_is_refused(tmp_path: Path) -> None:
    Journal(tmp_path / "journal", ABOUT)
    with pytest.raises(OptionError, match="a stream with table 'recordings', not 'transcripts'"):
        Journal(tmp_path / "journal", ABOUT | {"table": "transcripts"})


def test_a_journal_in_use_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", ABOUT)
    with (
        journal.held(),
        pytest.raises(OptionError, match="another stream uses"),
        Journal(tmp_path / "journal", ABOUT).held(),
    ):
        pass


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", ABOUT)
    (tmp_path / "journal" / "state").write_bytes(b"x")
    with pytest.raises(OptionError, match="the state is damaged"):
        journal.state()


def test_rows_that_are_gone_are_named(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"lacks rows that the checkpoint still needs .*rows-0000000001"):
        Journal(tmp_path / "journal", ABOUT).rows(0, 1)


def test_the_rows_of_the_last_hundred_committed_rounds_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", ABOUT)
    for number in range(1, 121):
        (tmp_path / "journal" / f"rows-{number:010}").write_bytes(b"")
    journal.forget(110)
    assert len(journal.rows(10, 120)) == 110
    assert not (tmp_path / "journal" / "rows-0000000010").exists()


_moments = st.datetimes(timezones=st.just(UTC))


@given(
    st.builds(
        State,
        round=st.integers(0, 2**40),
        tenant=st.none() | st.text(),
        links=st.dictionaries(st.text(), st.text()),
        delivered=st.frozensets(st.binary(min_size=8, max_size=8)),
        calls=st.dictionaries(st.text(), st.builds(Call, version=st.integers(0, 2**60), start=st.none() | _moments)),
        latest=st.none() | _moments,
    )
)
def test_a_state_is_read_as_it_was_written(state: State) -> None:
    assert decode(encode(state)) == state
