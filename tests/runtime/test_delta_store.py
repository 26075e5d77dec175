"""The store on its own: its file, its locks, its transactions."""

import fcntl
import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings import CallRecording, Change
from graph_meetings_runtime import DeltaStore, DeltaStoreError, FeedBusy, MalformedResponse
from graph_meetings_runtime.delta.change import FollowingLink, require_ids
from graph_meetings_runtime.delta.stored_feed import StoredFeed
from tests.support.forked import FORKED

NEXT = FollowingLink("https://graph.example/v1.0/x?$skiptoken=secret", ends_round=False)
END = FollowingLink("https://graph.example/v1.0/x?$deltatoken=secret", ends_round=True)

Write: TypeAlias = Callable[[Sequence[Change[CallRecording]], sqlite3.Connection], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sync.db"


@pytest.fixture
def store(path: Path) -> Iterator[DeltaStore]:
    with DeltaStore(path) as opened:
        yield opened


@pytest.fixture
def feed(store: DeltaStore) -> StoredFeed:
    store.file.execute("CREATE TABLE own (id TEXT UNIQUE)")
    return store.open("feed")


def added(*ids: str) -> list[Change[CallRecording]]:
    return [Change(CallRecording(id=id_)) for id_ in ids]


def own_rows(store: DeltaStore) -> list[str]:
    return [id_ for (id_,) in store.file.execute("SELECT id FROM own ORDER BY id")]


# The file


def test_the_file_is_for_its_owner_only(store: DeltaStore, path: Path) -> None:
    store.open("feed")
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"sync.db": 0o600, "sync.db-wal": 0o600, "sync.db-shm": 0o600}


def test_commits_survive_a_failure_of_the_power(store: DeltaStore) -> None:
    assert store.file.execute("PRAGMA journal_mode") == [("wal",)]
    assert store.file.execute("PRAGMA synchronous") == [(2,)]  # FULL


def test_what_was_stored_is_there_when_the_file_is_opened_again(path: Path) -> None:
    with DeltaStore(path) as store:
        feed = store.open("feed")
        feed.record(added("1"))
        feed.move(END)
        feed.move(NEXT)
    with DeltaStore(path) as store:
        again = store.open("feed")
        assert (again.link, again.is_interrupted) == (NEXT.link, True)
        assert again.undelivered(added("1", "2")) == added("2")
        again.move(END)
        assert store.open("feed").link == END.link
        assert not store.open("feed").is_interrupted


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with DeltaStore(path) as store:
        assert store.feeds() == []


def text_file(path: Path) -> None:
    path.write_text("Dear diary, this is no database at all.\n" * 100)


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE diary (entry TEXT)")


def other_application(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")


def no_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {0x474D6473}")
        connection.execute("PRAGMA user_version = 1")


def other_tables(path: Path) -> None:
    no_tables(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE graph_meetings_feeds (id, name)")
        connection.execute("CREATE TABLE graph_meetings_items (feed, digest, is_removed)")


def newer_schema(path: Path) -> None:
    with DeltaStore(path) as store:
        store.file.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (text_file, "file is not a database; use another file"),
        (other_database, "something else; use another file"),
        (other_application, "something else; use another file"),
        (no_tables, "says that it is a delta store, but its tables are missing or different"),
        (other_tables, "says that it is a delta store, but its tables are missing or different"),
        (newer_schema, "its schema is 99, this release knows 1.*update graph-meetings"),
    ],
)
def test_a_file_that_is_no_store_is_refused_and_left_alone(
    path: Path, make: Callable[[Path], None], message: str
) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(DeltaStoreError, match=message) as caught:
        DeltaStore(path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_a_damaged_store_is_an_error_that_says_so(path: Path) -> None:
    with DeltaStore(path) as store:
        feed = store.open("feed")
        feed.record(added(*(str(number) for number in range(200))))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    path.write_bytes(content)
    with DeltaStore(path) as store, pytest.raises(DeltaStoreError, match=r"malformed; use another file, or delete"):
        store.open("feed")


def test_a_place_where_no_file_can_be_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing"):
        DeltaStore(tmp_path / "missing" / "sync.db")
    with pytest.raises(DeltaStoreError, match="is a folder; name a file in it"):
        DeltaStore(tmp_path)


def test_a_store_that_cannot_be_written_is_an_error_that_says_so(store: DeltaStore, feed: StoredFeed) -> None:
    store.file.execute("PRAGMA query_only = ON")
    with pytest.raises(DeltaStoreError, match=r"readonly.*must be writable"):
        feed.move(NEXT)


def test_a_store_that_someone_else_is_writing_is_waited_for(store: DeltaStore, feed: StoredFeed, path: Path) -> None:
    assert store.file.execute("PRAGMA busy_timeout") == [(30_000,)]
    store.file.execute("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DeltaStoreError, match="locked; another process has been writing it"):
            feed.move(NEXT)
    feed.move(NEXT)


def test_a_closed_store_is_an_error(path: Path) -> None:
    store = DeltaStore(path)
    store.close()
    with pytest.raises(DeltaStoreError, match="closed"):
        store.feeds()


def open_and_count(path: Path) -> int:
    with DeltaStore(path) as store:
        store.open(f"feed {multiprocessing.current_process().pid}")
        return len(store.feeds())


def test_several_processes_may_make_the_same_store(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.db" for number in range(10) for _ in range(4)]
    with ProcessPoolExecutor(4, mp_context=FORKED) as pool:
        assert all(pool.map(open_and_count, paths, timeout=60))


def test_opening_waits_for_one_who_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    DeltaStore(path).close()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.rollback)
    release.start()
    with DeltaStore(path) as store:  # SQLite itself refuses to change the mode at once, without waiting
        assert store.file.execute("PRAGMA journal_mode") == [("wal",)]
    release.join()
    other.close()


@pytest.mark.parametrize("pages", [0, 1, 3])
def test_a_full_disk_leaves_the_state_as_it_was(store: DeltaStore, feed: StoredFeed, pages: int) -> None:
    feed.deliver(added("first"), NEXT, insert)
    ((size,),) = store.file.execute("PRAGMA page_count")
    store.file.execute(f"PRAGMA max_page_count = {size + pages}")
    many = added(*(str(number) for number in range(10_000)))
    with pytest.raises((DeltaStoreError, sqlite3.OperationalError), match="full"):
        feed.deliver(many, END, insert)
    assert own_rows(store) == ["first"]
    assert store.delivered("feed") == 1
    assert store.open("feed").link == NEXT.link
    store.file.execute("PRAGMA max_page_count = 1000000")
    assert len(feed.deliver(many, END, insert)) == 10_000
    assert store.file.execute("PRAGMA integrity_check") == [("ok",)]


# What it remembers


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=8), max_size=8))
def test_an_item_is_delivered_when_it_comes_as_something_else_than_the_last_time(
    store_folder: Path, pages: list[list[tuple[str, bool]]]
) -> None:
    path = store_folder / "sync.db"
    path.unlink(missing_ok=True)
    delivered: list[tuple[str, bool]] = []
    expected: list[tuple[str, bool]] = []
    last: dict[str, bool] = {}
    with DeltaStore(path) as store:
        feed = store.open("feed")
        for page in pages:
            changes = [Change(CallRecording(id=id_), removed=removed) for id_, removed in page]
            new = feed.undelivered(changes)
            feed.record(new)
            delivered += [(str(change.item.id), change.removed) for change in new]
            for id_, removed in page:
                if last.get(id_) is not removed:
                    expected.append((id_, removed))
                    last[id_] = removed
        assert store.delivered("feed") == len(last)
    assert delivered == expected


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stores")


def test_feeds_do_not_know_of_each_other(store: DeltaStore) -> None:
    one, other = store.open("one"), store.open("other")
    one.record(added("1"))
    one.move(END)
    assert other.undelivered(added("1")) == added("1")
    assert store.open("other").link is None
    assert store.feeds() == ["one", "other"]
    assert (store.delivered("one"), store.delivered("other")) == (1, 0)


def test_a_feed_can_be_restarted_and_forgotten(store: DeltaStore) -> None:
    for name in ("kept", "feed"):
        feed = store.open(name)
        feed.record(added("1"))
        feed.move(END)
        feed.move(NEXT)
    store.restart("feed")
    restarted = store.open("feed")
    assert (restarted.link, restarted.is_interrupted) == (None, False)
    assert restarted.undelivered(added("1", "2")) == added("2")
    store.forget("feed")
    assert store.feeds() == ["kept"]
    assert store.open("feed").undelivered(added("1")) == added("1")
    assert store.open("kept").link == NEXT.link
    assert store.delivered("kept") == 1


@pytest.mark.parametrize("operation", [DeltaStore.delivered, DeltaStore.restart, DeltaStore.forget])
def test_an_unknown_feed_is_an_error_that_names_it(
    store: DeltaStore, operation: Callable[[DeltaStore, str], object]
) -> None:
    with pytest.raises(LookupError, match=r"sync\.db has no feed 'unknown'"):
        operation(store, "unknown")
    assert store.feeds() == []


@pytest.mark.parametrize("raw", [{}, {"id": None}, {"id": ""}, {"id": 7}])
def test_an_item_without_an_id_is_an_error_that_says_what_to_select(raw: dict[str, str | int | None]) -> None:
    with pytest.raises(MalformedResponse, match=r"CallRecording has no id.*select") as caught:
        require_ids([*added("1"), Change(CallRecording.from_raw({**raw}))], "GET /x")
    assert caught.value.request == "GET /x"


def test_no_link_and_no_id_is_where_it_can_be_printed_or_read(store: DeltaStore, feed: StoredFeed, path: Path) -> None:
    feed.record(added("someone-elses-meeting"))
    feed.move(NEXT)
    shown = [repr(store), repr(store.open("feed")), repr(NEXT), str(store.feeds())]
    assert "secret" not in "".join(shown)
    with pytest.raises(DeltaStoreError) as caught:
        store.file.execute("INSERT INTO missing VALUES (?)", NEXT.link)
    assert "secret" not in str(caught.value)
    store.close()
    assert b"someone-elses-meeting" not in path.read_bytes()


# Locks


def test_one_at_a_time_has_a_feed(store: DeltaStore, path: Path) -> None:
    store.open("feed")
    with DeltaStore(path) as other, store.lock("feed"):
        for operation in (other.restart, other.forget, store.forget):
            with pytest.raises(FeedBusy, match="feed is already being synced"):
                operation("feed")
        with other.lock("another feed"), pytest.raises(FeedBusy), store.lock("another feed"):
            pass
    with other.lock("feed"):
        pass
    assert list(path.parent.glob("*.lock")) == []


def test_the_way_to_the_file_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "sync.db")
    with DeltaStore(tmp_path / "sync.db") as one, DeltaStore(tmp_path / "link.db") as two:
        monkeypatch.chdir(tmp_path)
        with DeltaStore("sync.db") as three, one.lock("feed"):
            for store in (two, three):
                with pytest.raises(FeedBusy), store.lock("feed"):
                    pass


def test_a_lock_is_released_when_the_block_fails(store: DeltaStore) -> None:
    with suppress(ZeroDivisionError), store.lock("feed"):
        raise ZeroDivisionError
    with store.lock("feed"):
        pass


def test_a_lock_file_that_its_holder_removed_is_no_lock(
    store: DeltaStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, calls = fcntl.flock, 0

    def removed_just_before(descriptor: int, operation: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            next(path.parent.glob("*.lock")).unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_just_before)
    with store.lock("feed"), pytest.raises(FeedBusy), store.lock("feed"):
        pass
    assert calls == 3


def take_lock(path: Path, rounds: int) -> int:
    """Take a lock often, and count the other holders that were there meanwhile."""
    others = 0
    marker = path.with_name("held")
    taken = 0
    with DeltaStore(path) as store:
        while taken < rounds:
            with suppress(FeedBusy), store.lock("feed"):
                taken += 1
                try:
                    marker.touch(exist_ok=False)
                except FileExistsError:
                    others += 1
                marker.unlink(missing_ok=True)
    return others


def test_processes_never_have_a_lock_at_once(path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=FORKED) as pool:
        assert list(pool.map(take_lock, [path] * 3, [300] * 3, timeout=60)) == [0, 0, 0]


# Transactions


def insert(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    connection.executemany("INSERT INTO own VALUES (?)", [(change.item.id,) for change in changes])


def test_what_the_handler_writes_the_ids_and_the_link_are_one(store: DeltaStore, feed: StoredFeed) -> None:
    assert feed.deliver(added("1", "2", "1"), NEXT, insert) == added("1", "2")
    assert feed.deliver(added("2", "3"), END, insert) == added("3")
    assert own_rows(store) == ["1", "2", "3"]
    assert store.open("feed").link == END.link


def fails(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    raise ZeroDivisionError


def fails_in_sql(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    insert(changes, connection)


def commits(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    connection.commit()


def commits_by_with(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    with connection:
        insert(changes, connection)


def commits_by_script(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    connection.executescript("SELECT 1")


def rolls_back(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    connection.rollback()


def closes(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    connection.close()


def takes_the_file(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    connection.execute("PRAGMA user_version = 7")


def stops_writing(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    connection.execute("PRAGMA query_only = ON")


def rolls_back_on_a_conflict(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    with suppress(sqlite3.IntegrityError):
        connection.execute("INSERT OR ROLLBACK INTO own VALUES (?)", (changes[0].item.id,))


async def is_no_plain_function(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)


@pytest.mark.parametrize(
    ("write", "error", "message"),
    [
        (fails, ZeroDivisionError, "^$"),
        (fails_in_sql, sqlite3.IntegrityError, "UNIQUE"),
        (commits, RuntimeError, "must not use COMMIT"),
        (commits_by_with, RuntimeError, "must not use COMMIT"),
        (commits_by_script, RuntimeError, "must not use COMMIT"),
        (rolls_back, RuntimeError, "must not use ROLLBACK"),
        (rolls_back_on_a_conflict, RuntimeError, "must not use ROLLBACK"),
        (takes_the_file, RuntimeError, "must not use PRAGMA user_version"),
        (stops_writing, RuntimeError, "must not use PRAGMA query_only"),
        (is_no_plain_function, TypeError, "`def`, not `async def`"),
    ],
)
def test_a_handler_that_fails_leaves_nothing(
    store: DeltaStore, feed: StoredFeed, write: Write, error: type[Exception], message: str
) -> None:
    feed.deliver(added("0"), NEXT, insert)
    with pytest.raises(error, match=message):
        feed.deliver(added("1", "2"), END, write)
    assert own_rows(store) == ["0"]
    assert store.delivered("feed") == 1
    assert store.open("feed").link == NEXT.link
    feed.deliver(added("1", "2"), END, insert)  # and the store works on
    assert own_rows(store) == ["0", "1", "2"]


def test_a_handler_may_use_savepoints(store: DeltaStore, feed: StoredFeed) -> None:
    def write(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
        insert(changes, connection)
        connection.execute("SAVEPOINT step")
        insert(added("undone"), connection)
        connection.execute("ROLLBACK TO step")
        connection.execute("RELEASE step")

    feed.deliver(added("1"), END, write)
    assert own_rows(store) == ["1"]


def test_a_handler_is_not_called_for_nothing(store: DeltaStore, feed: StoredFeed) -> None:
    feed.deliver(added("1"), NEXT, insert)
    feed.deliver(added("1"), END, fails)
    assert store.open("feed").link == END.link


def test_how_a_handler_reads_rows_is_its_own_affair(store: DeltaStore, feed: StoredFeed) -> None:
    def write(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
        insert(changes, connection)
        connection.row_factory = lambda cursor, row: dict(zip([it[0] for it in cursor.description], row, strict=True))
        connection.text_factory = bytes
        assert connection.execute("SELECT id FROM own WHERE id = '1'").fetchall() == [{"id": b"1"}]

    feed.deliver(added("1"), NEXT, write)
    assert feed.deliver(added("1", "2"), END, write) == added("2")
    assert store.open("feed").link == END.link
    assert store.feeds() == ["feed"]


def sets_isolation(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    connection.isolation_level = "DEFERRED"
    insert(changes, connection)


def sets_isolation_and_fails(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    sets_isolation(changes, connection)
    raise ZeroDivisionError


def sets_autocommit(changes: Sequence[Change[CallRecording]], connection: Any) -> None:
    insert(changes, connection)
    connection.autocommit = False  # as of Python 3.12; before, it is just refused


def interrupts_later(changes: Sequence[Change[CallRecording]], connection: sqlite3.Connection) -> None:
    insert(changes, connection)
    connection.set_progress_handler(lambda: 1, 1)


@pytest.mark.parametrize("write", [sets_isolation, sets_isolation_and_fails, sets_autocommit, interrupts_later])
def test_what_a_handler_sets_on_the_connection_does_not_outlive_it(path: Path, write: Write) -> None:
    with DeltaStore(path) as store:
        store.file.execute("CREATE TABLE own (id TEXT UNIQUE)")
        feed = store.open("feed")
        with suppress(ZeroDivisionError, AttributeError):
            feed.deliver(added("1"), NEXT, write)
        feed.record(added("2"))
        feed.move(END)
        count = store.delivered("feed")
    with DeltaStore(path) as store:
        assert store.delivered("feed") == count >= 1
        assert store.open("feed").link == END.link


def test_a_handler_that_closes_the_connection_leaves_nothing(path: Path) -> None:
    with DeltaStore(path) as store:
        store.file.execute("CREATE TABLE own (id TEXT UNIQUE)")
        with pytest.raises(RuntimeError, match=r"must not use .*close\(\)"):
            store.open("feed").deliver(added("1"), NEXT, closes)
        with pytest.raises(DeltaStoreError, match="closed"):
            store.feeds()
    with DeltaStore(path) as store:
        assert (store.delivered("feed"), own_rows(store)) == (0, [])


@pytest.mark.parametrize("name", ["\ud800", "feed \udfff"])
def test_a_name_that_is_not_text_is_an_error_that_says_so(store: DeltaStore, name: str) -> None:
    uses: list[Callable[[str], object]] = [store.open, store.delivered, store.restart, store.forget]
    for use in uses:
        with pytest.raises(DeltaStoreError, match="must be valid Unicode"):
            use(name)
    with pytest.raises(DeltaStoreError, match="must be valid Unicode"):
        store.lock(name)
    untyped: Any = store
    with pytest.raises(TypeError, match="must be a string, not 5"):
        untyped.open(5)


def test_an_id_that_is_not_text_is_remembered(feed: StoredFeed) -> None:
    feed.record(added("\ud800"))
    assert feed.undelivered(added("\ud800", "\ud801")) == added("\ud801")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_an_empty_file_that_becomes_a_store_is_for_its_owner_only(path: Path) -> None:
    path.touch(mode=0o644)
    path.chmod(0o644)
    with DeltaStore(path) as store:
        store.open("feed")
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_store_that_others_can_read_is_repaired_and_told_of(path: Path) -> None:
    with DeltaStore(path) as store:
        store.open("feed")
        for file in path.parent.iterdir():
            file.chmod(0o664)
        with pytest.warns(UserWarning, match="other users of this machine could read .* readable for its owner only"):
            again = DeltaStore(path)
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        again.close()
    with DeltaStore(path) as store:
        assert store.feeds() == ["feed"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_store_in_a_forked_process_says_that_it_belongs_to_the_parent(store: DeltaStore) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            store.close()
            store.feeds()
        except BaseException as error:  # noqa: BLE001  whatever it is, the parent has to hear of it
            os.write(write, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0) == (child, 0)
    assert said.startswith("DeltaStoreError")
    assert "open it again in the child" in said
    assert store.feeds() == []
