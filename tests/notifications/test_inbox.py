"""The inbox: nothing that was put in is lost, whatever happens to those who handle it."""

import asyncio
import logging
import random
import signal
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from graph_meetings_notifications import (
    CallRecordChanged,
    Event,
    Inbox,
    InboxError,
    InTransaction,
    RecordingCreated,
    ResourceChanged,
    SubscriptionNotice,
    TranscriptCreated,
)
from graph_meetings_notifications.events import StoredEvent
from graph_meetings_notifications.inbox import event_store
from graph_meetings_notifications.inbox.stored_events import decode
from tests.support.forked import FORKED

SECONDS = 30.0
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATH = "users/ada/onlineMeetings('meet')/recordings('{}')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notifications.db"


@pytest.fixture
def inbox(path: Path) -> Iterator[Inbox]:
    with Inbox(path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_store, "_FIRST_DELAY", 0.0)


def recording(id_: str, **changed: Any) -> StoredEvent:
    given: dict[str, Any] = {"subscription_id": "sub", "tenant_id": "tenant", "received": NOW, "change_type": "created"}
    given["data"] = {"@odata.type": "#Microsoft.Graph.callRecording", "id": id_}
    given["resource"] = PATH.format(id_)
    given.update(changed)
    return StoredEvent(**given)


def call_record(id_: str, change_type: str = "updated") -> StoredEvent:
    resource = f"communications/callRecords/{id_}"
    return recording(id_, data={"id": id_}, resource=resource, change_type=change_type)


def notice(kind: str) -> StoredEvent:
    return StoredEvent(subscription_id="sub", tenant_id="tenant", received=NOW, lifecycle_event=kind)


def ids(inbox: Inbox) -> list[str]:
    return [id_of(event) for event in inbox.events(wait=False)]


def id_of(event: Event) -> str:
    match event:
        case RecordingCreated(recording=found):
            return str(found.id)
        case CallRecordChanged(call_record=found):
            return str(found.id)
        case SubscriptionNotice(lifecycle_event=kind):
            return kind
        case _:
            raise AssertionError(event)


# What goes in comes out, typed


def test_events_come_out_typed_and_in_order(inbox: Inbox) -> None:
    path = "communications/onlineMeetings('m')/transcripts('t')"
    inbox.store.put(
        [
            recording("r", data={"@odata.type": "#Microsoft.Graph.callRecording", "id": "r", "callId": "c", "n": 1.10}),
            recording("t", data={"id": "t"}, resource=path),
            call_record("c"),
            recording("w", data={"id": "solutions/x"}, resource="solutions/virtualEvents/webinars/w"),
            notice("missed"),
        ]
    )
    first, second, third, fourth, fifth = inbox.events(wait=False)
    assert isinstance(first, RecordingCreated)
    assert (first.subscription_id, first.tenant_id, first.received) == ("sub", "tenant", NOW)
    assert first.recording.call_id == "c"
    assert first.recording.meeting_id == "meet"
    assert first.recording.meeting_organizer
    assert first.recording.meeting_organizer.user
    assert first.recording.meeting_organizer.user.id == "ada"
    assert b"1.1" in first.recording.to_json()
    assert isinstance(second, TranscriptCreated)
    assert (second.transcript.id, second.transcript.meeting_id) == ("t", "m")
    assert second.transcript.meeting_organizer is None
    assert isinstance(third, CallRecordChanged)
    assert (third.call_record.id, third.change_type) == ("c", "updated")
    assert isinstance(fourth, ResourceChanged)
    assert fourth.resource_data == {"id": "solutions/x"}
    assert isinstance(fifth, SubscriptionNotice)
    assert fifth.lifecycle_event == "missed"
    assert inbox.waiting() == 0


def test_what_was_put_in_is_there_when_the_inbox_is_opened_again(path: Path) -> None:
    with Inbox(path) as inbox:
        inbox.store.put([recording("1"), recording("2")])
    with Inbox(path) as inbox:
        assert inbox.waiting() == 2
        assert ids(inbox) == ["1", "2"]
    with Inbox(path) as inbox:
        assert ids(inbox) == []


def test_the_files_are_for_their_owner_only(inbox: Inbox, path: Path) -> None:
    inbox.store.put([recording("1")])
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert sorted(file.name for file in path.parent.glob("*[bd]")) == ["notifications.db", "notifications.db-arrived"]


def test_commits_survive_a_failure_of_the_power(inbox: Inbox) -> None:
    for file in (inbox.store.file, inbox.store._incoming):  # pyright: ignore[reportPrivateUsage]  its files are not public
        assert file.execute("PRAGMA synchronous") == [(2,)]  # FULL


def test_a_file_that_is_something_else_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE diary (entry TEXT)")
    with pytest.raises(InboxError, match="is a SQLite database of something else; use another file for the inbox"):
        Inbox(path)


# Duplicates


def test_something_created_is_handled_once_however_often_it_is_said(inbox: Inbox) -> None:
    assert inbox.store.put([recording("1"), recording("1"), recording("2")]) == 2
    assert inbox.store.put([recording("1", subscription_id="other", resource="elsewhere")]) == 0
    assert ids(inbox) == ["1", "2"]
    inbox.store.put([recording("2"), recording("3"), recording("1")])
    assert ids(inbox) == ["3"]
    assert inbox.waiting() == 0


def test_the_same_id_of_another_tenant_or_type_is_something_else(inbox: Inbox) -> None:
    transcript = recording("1", data={"@odata.type": "#microsoft.graph.callTranscript", "id": "1"})
    assert inbox.store.put([recording("1"), recording("1", tenant_id="other"), transcript]) == 3


def test_an_update_that_still_waits_is_not_put_in_twice_but_one_that_was_taken_is(inbox: Inbox) -> None:
    assert inbox.store.put([call_record("1"), call_record("1"), call_record("2")]) == 2
    events = inbox.events(wait=False)
    assert id_of(next(events)) == "1"
    assert inbox.store.put([call_record("1")]) == 1, "the handler may have read the record before this update"
    assert [id_of(event) for event in events] == ["2", "1"]
    assert inbox.store.put([call_record("1")]) == 1
    assert inbox.store.put([notice("missed"), notice("missed"), notice("subscriptionRemoved")]) == 2


def test_what_a_failure_of_the_power_brings_back_is_not_handled_again(path: Path) -> None:
    waiting = path.with_name(f"{path.name}-arrived")
    with Inbox(path) as inbox:
        inbox.store.put([recording("1"), call_record("2")])
    before = waiting.read_bytes()
    with Inbox(path) as inbox:
        inbox.deliver_blocking(InTransaction(add), wait=False)
    waiting.write_bytes(before)
    with Inbox(path) as inbox:
        assert inbox.waiting() == 2
        inbox.deliver_blocking(InTransaction(add), wait=False)
    assert mine(path) == ["1", "2"]


# At least once


def test_an_event_counts_as_handled_when_the_next_one_is_asked_for(inbox: Inbox) -> None:
    inbox.store.put([recording("1"), recording("2"), recording("3")])
    with inbox.events() as events:
        for event in events:
            if id_of(event) == "2":
                break
    assert ids(inbox) == ["2", "3"]


async def test_the_same_holds_for_asynchronous_loops(inbox: Inbox) -> None:
    inbox.store.put([recording("1"), recording("2")])
    async with inbox.events() as events:
        async for event in events:
            if id_of(event) == "2":
                break
    assert [id_of(event) async for event in inbox.events(wait=False)] == ["2"]


async def test_a_loop_waits_for_what_comes_in(inbox: Inbox) -> None:
    async with asyncio.timeout(SECONDS), inbox.events() as events:
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        began = time.monotonic()
        await asyncio.to_thread(inbox.store.put, [recording("1")])
        assert id_of(await waiting) == "1"
        assert time.monotonic() - began < 0.9, "it was found by polling"


def test_a_blocking_loop_waits_for_what_another_process_puts_in(inbox: Inbox, path: Path) -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(id_of(next(inbox.events()))))
    thread.start()
    with Inbox(path) as other:  # it rings no bell here, as another process
        other.store.put([recording("1")])
    thread.join(SECONDS)
    assert found == ["1"]


async def test_a_loop_that_is_cancelled_while_it_waits_loses_nothing(inbox: Inbox) -> None:
    inbox.store.put([recording("1"), recording("2")])
    async with asyncio.timeout(SECONDS), inbox.events() as events:
        for _ in range(5):
            task = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert [id_of(await anext(events)) for _ in range(2)] == ["1", "2"]


async def test_a_handler_that_fails_gets_the_event_again_while_others_go_on(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    async def handle(event: Event) -> None:
        seen.append(id_of(event))
        if seen.count("1") < 3 and seen[-1] == "1":
            raise ValueError("secret")

    inbox.store.put([recording("1"), recording("2")])
    with caplog.at_level(logging.WARNING):
        await inbox.deliver(handle, wait=False)
    assert sorted(seen) == ["1", "1", "1", "2"]
    assert inbox.waiting() == 0
    assert caplog.messages[0] == "a handler failed with ValueError, attempt 1 of 5"
    assert "secret" not in caplog.text


def test_a_poison_event_is_set_aside_and_can_be_tried_again_or_dropped(inbox: Inbox) -> None:
    def fail(_: Event) -> None:
        raise ValueError("cannot read it")

    inbox.store.put([recording("1"), recording("2")])
    inbox.deliver_blocking(fail, max_attempts=3, wait=False)
    aside = inbox.set_aside()
    assert [(id_of(each.event), each.attempts, each.reason) for each in aside] == [
        ("1", 3, "ValueError: cannot read it"),
        ("2", 3, "ValueError: cannot read it"),
    ]
    assert inbox.waiting() == 0
    inbox.store.put([recording("1")])
    assert ids(inbox) == [], "it must not come back because the service repeats it"
    inbox.retry(aside[0].id)
    inbox.discard(aside[1].id)
    inbox.store.put([recording("2")])
    assert ids(inbox) == ["1"]
    assert inbox.set_aside() == []
    for act in (inbox.retry, inbox.discard):
        with pytest.raises(LookupError, match="no event with the id 1 is set aside"):
            act(1)


def test_an_event_that_fails_waits_longer_each_time(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_store, "_FIRST_DELAY", 10.0)
    clock = [1000.0]
    monkeypatch.setattr("graph_meetings_notifications.inbox.event_store.time", lambda: clock[0])
    tried: list[float] = []

    def fail(_: Event) -> None:
        tried.append(clock[0])
        raise ValueError

    inbox.store.put([recording("1")])
    for _ in range(200):
        inbox.deliver_blocking(fail, wait=False)
        clock[0] += 1
    assert [later - earlier for earlier, later in pairwise(tried)] == [10, 20, 40, 80]


def test_an_event_that_ends_its_process_is_set_aside(inbox: Inbox) -> None:
    inbox.store.put([recording("1"), recording("2")])
    for _ in range(3):
        assert inbox.store.take(3)  # and nothing more, as if the process had ended
    inbox.store.take(3)
    assert [each.reason for each in inbox.set_aside()] == ["its handler did not return"]


async def test_cancelling_a_delivery_does_not_count_as_an_attempt(inbox: Inbox) -> None:
    inbox.store.put([recording("1")])
    for _ in range(6):
        begun = asyncio.Event()

        async def handle(_: Event, begun: asyncio.Event = begun) -> None:
            begun.set()
            await asyncio.sleep(SECONDS)

        task = asyncio.create_task(inbox.deliver(handle))
        await asyncio.wait_for(begun.wait(), SECONDS)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert ids(inbox) == ["1"]


async def test_the_wrong_kind_of_handler_is_refused_and_costs_no_attempt(inbox: Inbox) -> None:
    async def asynchronous(_: Event) -> None:
        raise AssertionError

    inbox.store.put([recording("1")])
    for _ in range(6):
        with pytest.raises(TypeError, match="must be an async function"):
            await inbox.deliver(lambda _: None, wait=False)  # type: ignore[arg-type,return-value]  # pyright: ignore[reportArgumentType]  the mistake
        with pytest.raises(TypeError, match="must be a plain function"):
            inbox.deliver_blocking(asynchronous, wait=False)
    assert ids(inbox) == ["1"]
    with pytest.raises(ValueError, match="max_attempts must be at least 1, not 0"):
        inbox.events(max_attempts=0)


# Exactly once


def add(event: Event, connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS mine (id TEXT)")
    connection.execute("INSERT INTO mine VALUES (?)", (id_of(event),))


def mine(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [id_ for (id_,) in connection.execute("SELECT id FROM mine ORDER BY id")]


def test_what_a_handler_writes_and_that_it_was_handled_are_one(inbox: Inbox, path: Path) -> None:
    def write(event: Event, connection: sqlite3.Connection) -> None:
        add(event, connection)
        if id_of(event) == "2" and not failed:
            failed.append(True)
            raise ValueError

    failed: list[bool] = []
    inbox.store.put([recording("1"), recording("2")])
    inbox.deliver_blocking(InTransaction(write), wait=False)
    assert mine(path) == ["1", "2"]


def test_an_end_between_the_two_files_repeats_nothing(
    inbox: Inbox, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ended(BaseException):
        pass

    def end(*_: object) -> None:
        raise Ended

    inbox.store.put([recording("1"), call_record("2")])
    for _ in range(2):
        with monkeypatch.context() as patched:
            patched.setattr(inbox.store, "_remove", end)
            with pytest.raises(Ended):
                inbox.deliver_blocking(InTransaction(add), wait=False)
    inbox.deliver_blocking(InTransaction(add), wait=False)
    assert mine(path) == ["1", "2"]
    assert inbox.waiting() == 0


@pytest.mark.parametrize("act", ["commit", "rollback"])
def test_a_handler_must_not_end_the_transaction(inbox: Inbox, act: str) -> None:
    inbox.store.put([recording("1")])
    handler = InTransaction(lambda _, connection: getattr(connection, act)())
    inbox.deliver_blocking(handler, wait=False, max_attempts=1)
    assert "must not use" in inbox.set_aside()[0].reason


def test_a_handler_that_holds_its_transaction_keeps_nothing_out(inbox: Inbox) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def write(_: Event, __: sqlite3.Connection) -> None:
        inside.set()
        assert go_on.wait(SECONDS)

    inbox.store.put([recording("1")])
    thread = threading.Thread(target=lambda: inbox.deliver_blocking(InTransaction(write), wait=False))
    thread.start()
    assert inside.wait(SECONDS)
    began = time.monotonic()
    assert inbox.store.put([recording("1"), recording("2")]) == 1
    assert time.monotonic() - began < 1
    go_on.set()
    thread.join(SECONDS)
    assert inbox.waiting() == 0


# Several processes


def test_only_one_loop_at_a_time_gets_events(inbox: Inbox, path: Path) -> None:
    inbox.store.put([recording("1"), recording("2")])
    with Inbox(path) as other, inbox.events(wait=False) as first:
        assert id_of(next(first)) == "1"
        assert ids(other) == []
        first.close()
        assert ids(other) == ["1", "2"]


def work(path: Path, base: int, begun: Connection) -> None:
    """Put 30 recordings in, and handle what is there, in a transaction."""
    with Inbox(path) as inbox:
        begun.send_bytes(b"begun")
        for number in range(30):
            inbox.store.put([recording(f"{base + number:04}"), recording(f"{base + number - 5:04}")])
            if number % 10 == 9:
                inbox.deliver_blocking(InTransaction(add), wait=False, max_attempts=100)


def handle_all(path: Path) -> None:
    with Inbox(path) as inbox:
        inbox.deliver_blocking(InTransaction(add), wait=False, max_attempts=100)


@pytest.mark.slow
def test_two_processes_that_are_killed_lose_nothing_and_repeat_nothing(path: Path) -> None:
    kill_often(path, kills=12)


@pytest.mark.long
def test_processes_that_are_killed_often_lose_nothing_and_repeat_nothing(path: Path) -> None:
    kill_often(path, kills=60)


def kill_often(path: Path, kills: int) -> None:
    draw = random.Random(7)  # noqa: S311  not a secret
    Inbox(path).close()
    put: set[str] = set()
    for round_ in range(kills // 2):
        bases = [1000 * (round_ % 4), 1000 * (round_ % 4) + 500]
        receiver, sender = FORKED.Pipe(duplex=False)
        running = [FORKED.Process(target=work, args=(path, base, sender)) for base in bases]
        for process in running:
            process.start()
        for _ in running:
            assert receiver.poll(SECONDS), "the process did not start"
            receiver.recv_bytes()
        for process in running:
            process.join(draw.uniform(0, 0.4))
            process.kill()
        for process in running:
            process.join(SECONDS)
            assert process.exitcode in {0, -signal.SIGKILL}
        with Inbox(path) as inbox:
            known = {id_of(each) for each in waiting_events(inbox)}
        put |= known
    handle_all(path)
    rows = mine(path)
    assert len(rows) == len(set(rows)), "something was handled twice"
    assert put <= set(rows), "something was lost"
    with Inbox(path) as inbox:
        assert inbox.waiting() == 0
        assert inbox.set_aside() == []


def waiting_events(inbox: Inbox) -> list[Event]:
    rows = inbox.store._arrived.execute("SELECT event FROM graph_meetings_arrived")  # pyright: ignore[reportPrivateUsage]  its files are not public
    return [decode(content).typed() for (content,) in rows]
