"""Reconciliation: what notifications have missed comes, once, and gaps are closed after that."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_meetings import AccessDenied, GraphMeetingsClient
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_notifications import (
    CallRecordChanged,
    CallRecords,
    Event,
    Inbox,
    InTransaction,
    Reconciled,
    RecordingCreated,
    Recordings,
    Resource,
    SubscriptionKeeper,
    TranscriptCreated,
    Transcripts,
    reconcile,
    reconcile_regularly,
)
from graph_meetings_notifications.events import StoredEvent
from graph_meetings_notifications.keeping.records import State
from graph_meetings_notifications.reconciling import reconcile as module
from tests.notifications.conftest import Clock, Make, agree

SECONDS = 30.0
TENANT = "9F4EBAB6-520d-49c0-85cc-7b25c78d4a93"
HOUR = timedelta(hours=1)


@pytest.fixture
def emulator(clock: Clock) -> Iterator[Emulator]:
    data = Dataset.generate(until="2026-05-20T00:00:00Z", organizers=2, meetings=1, recordings=2, call_records=2)
    with Emulator(data) as running:
        running.tenant.clock = clock
        running.subscriptions.shake_hands = agree
        yield running


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / "notifications.db") as opened:
        yield opened


class Cut(Exception):
    """The end of a pass at any point."""


class Reconciler:
    """What `reconcile` needs in every test."""

    def __init__(self, emulator: Emulator, graph: GraphMeetingsClient, inbox: Inbox) -> None:
        self.emulator, self.graph, self.inbox = emulator, graph, inbox

    async def __call__(self, keeper: SubscriptionKeeper, **changed: Any) -> Reconciled:
        given: dict[str, Any] = {"organizers": self.emulator.dataset.organizers, **changed}
        return await reconcile(self.graph, keeper, inbox=self.inbox, tenant_id=TENANT, **given)


@pytest.fixture
def again(emulator: Emulator, graph: GraphMeetingsClient, inbox: Inbox) -> Reconciler:
    return Reconciler(emulator, graph, inbox)


def add_recording(emulator: Emulator, clock: Clock, organizer: int = 0) -> str:
    user = emulator.dataset.organizers[organizer]
    return str(emulator.dataset.add_recording(user, created=clock().isoformat())["id"])


def add_call(emulator: Emulator, clock: Clock) -> str:
    return str(emulator.dataset.add_call_record(start=clock().isoformat())["id"])


def handled(inbox: Inbox) -> list[Event]:
    return list(inbox.events(wait=False))


def id_of(event: Event) -> str:
    match event:
        case RecordingCreated():
            return str(event.recording.id)
        case TranscriptCreated():
            return str(event.transcript.id)
        case CallRecordChanged():
            return str(event.call_record.id)
        case _:
            raise AssertionError(event)


# What comes


async def test_what_was_created_since_the_keeper_began_comes_once(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    keeper = make(Recordings.of_tenant(), Transcripts.of_tenant(), CallRecords.of_tenant())
    await keeper.check()
    clock.now += HOUR
    recordings = [add_recording(emulator, clock, organizer) for organizer in (0, 1)]
    call = add_call(emulator, clock)
    assert await again(keeper) == Reconciled(added=3, closed=0, failures=())
    events = handled(inbox)
    assert sorted(map(id_of, events)) == sorted([*recordings, call])
    assert {event.tenant_id for event in events} == {TENANT.lower()}
    kept = {each.id for each in keeper.subscriptions()}
    assert {event.subscription_id for event in events} <= kept
    assert await again(keeper) == Reconciled(added=0, closed=0, failures=())


async def test_an_event_is_as_its_notification_would_have_been(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    keeper = make()
    await keeper.check()
    clock.now += HOUR
    user = emulator.dataset.organizers[0]
    expected = emulator.dataset.add_recording(user, created=clock().isoformat())
    await again(keeper)
    (event,) = handled(inbox)
    assert isinstance(event, RecordingCreated)
    assert event.recording.meeting_id == expected["meetingId"]
    assert event.resource == f"users/{user}/onlineMeetings('{expected['meetingId']}')/recordings('{expected['id']}')"


async def test_transcripts_and_ad_hoc_calls_come(make: Make, clock: Clock, inbox: Inbox, again: Reconciler) -> None:
    clock.now -= timedelta(days=365)
    resources = (Transcripts.of_tenant(), Transcripts.of_adhoc_calls(), Recordings.of_adhoc_calls())
    keeper = make(*resources)
    await keeper.check()
    await again(keeper)
    events = handled(inbox)
    adhoc = [event for event in events if "adhocCalls" in getattr(event, "resource", "")]
    assert sum(isinstance(event, RecordingCreated) for event in adhoc) == 2
    assert sum(isinstance(event, TranscriptCreated) for event in adhoc) == 2
    assert sum(isinstance(event, TranscriptCreated) for event in events) == 4


async def test_resources_of_a_user_or_a_meeting_bring_only_theirs(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    ada, bert = emulator.dataset.organizers
    meeting = emulator.dataset.meetings(bert)[0]
    keeper = make(Recordings.of_user(ada), Recordings.of_meeting(meeting))
    await keeper.check()
    clock.now += HOUR
    other = emulator.dataset.add_meeting(bert)
    expected = [add_recording(emulator, clock)]
    expected.append(str(emulator.dataset.add_recording(bert, meeting, created=clock().isoformat())["id"]))
    emulator.dataset.add_recording(bert, other, created=clock().isoformat())
    await again(keeper)
    assert sorted(map(id_of, handled(inbox))) == sorted(expected)


@pytest.mark.parametrize("is_handled", [True, False])
async def test_what_was_notified_is_handled_once(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler, is_handled: bool
) -> None:
    keeper = make()
    await keeper.check()
    clock.now += HOUR
    id_ = add_recording(emulator, clock)
    data: Any = {"@odata.type": "#Microsoft.Graph.callRecording", "id": id_}
    notified = StoredEvent(
        subscription_id="1",
        tenant_id=TENANT.lower(),
        received=clock(),
        change_type="created",
        resource=f"communications/onlineMeetings('m')/recordings('{id_}')",
        data=data,
    )
    inbox.store.put([notified])
    events = handled(inbox) if is_handled else []
    assert (await again(keeper)).added == 0
    assert [id_of(event) for event in [*events, *handled(inbox)]] == [id_]


async def test_a_call_comes_again_when_the_list_has_a_new_version(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    keeper = make(CallRecords.of_tenant())
    await keeper.check()
    clock.now += HOUR
    record = emulator.dataset.add_call_record(start=clock().isoformat())
    for version, expected in ((None, ["created"]), (None, []), (99, ["updated"]), (None, [])):
        if version:
            path = ("communications", "callRecords", str(record["id"]))
            emulator.dataset.replace(path, {**record, "version": version})
        await again(keeper)
        events = handled(inbox)
        assert [event.change_type for event in events if isinstance(event, CallRecordChanged)] == expected
        clock.now += HOUR


async def test_a_call_that_began_before_the_last_pass_and_was_listed_after_it_comes(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    keeper = make(CallRecords.of_tenant())
    await keeper.check()
    clock.now += HOUR
    started = Clock()
    started.now = clock.now
    clock.now += timedelta(hours=20)
    await again(keeper)
    call = add_call(emulator, started)
    await again(keeper)
    assert [id_of(event) for event in handled(inbox)] == [call]


# Gaps


async def test_a_gap_is_closed_when_its_events_are_in_the_inbox(
    make: Make, emulator: Emulator, clock: Clock, again: Reconciler, inbox: Inbox
) -> None:
    keeper = make()
    await keeper.check()
    clock.now += HOUR
    id_ = add_recording(emulator, clock)
    clock.now += timedelta(days=4)
    await keeper.check()
    assert len(keeper.gaps()) == 1
    assert await again(keeper) == Reconciled(added=1, closed=1, failures=())
    assert not keeper.gaps()
    assert [id_of(event) for event in handled(inbox)] == [id_]


async def test_a_gap_that_has_not_ended_stays(make: Make, emulator: Emulator, clock: Clock, again: Reconciler) -> None:
    keeper = make()
    await keeper.check()
    emulator.subscriptions.quotas.of_teams = 0
    clock.now += timedelta(days=4)
    await keeper.check()
    assert (await again(keeper)).closed == 0
    assert [gap.end for gap in keeper.gaps()] == [None]


async def test_a_gap_stays_when_something_cannot_be_read_and_the_rest_comes(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    keeper = make(Recordings.of_tenant(), CallRecords.of_tenant())
    await keeper.check()
    clock.now += timedelta(days=4)
    await keeper.check()
    call, recordings = add_call(emulator, clock), [add_recording(emulator, clock, user) for user in (0, 1)]
    emulator.fail_next(400, path=emulator.dataset.organizers[0])
    result = await again(keeper)
    assert (result.added, result.closed, len(result.failures)) == (2, 1, 1)
    assert "400" in result.failures[0]
    assert [gap.resource for gap in keeper.gaps()] == [Recordings.of_tenant().path]
    assert sorted(map(id_of, handled(inbox))) == sorted([call, recordings[1]])
    assert await again(keeper) == Reconciled(added=1, closed=1, failures=())


async def test_an_organizer_who_must_not_be_read_keeps_no_gap_open(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    keeper = make()
    await keeper.check()
    clock.now += timedelta(days=4)
    await keeper.check()
    id_ = add_recording(emulator, clock)
    emulator.tenant.access_policy_missing_for.add(emulator.dataset.organizers[0])
    result = await again(keeper)
    assert (result.closed, len(result.failures)) == (1, 1)
    assert "policy" in result.failures[0]
    emulator.tenant.access_policy_missing_for.clear()
    await again(keeper)
    assert [id_of(event) for event in handled(inbox)] == [id_]


async def test_a_list_of_calls_that_fails_keeps_its_gap(
    make: Make, emulator: Emulator, clock: Clock, again: Reconciler
) -> None:
    keeper = make(CallRecords.of_tenant())
    await keeper.check()
    clock.now += timedelta(days=4)
    await keeper.check()
    emulator.fail_next(403, path="callRecords")
    assert len((await again(keeper)).failures) == 1
    assert len(keeper.gaps()) == 1
    assert (await again(keeper)).closed == 1


async def test_a_resource_that_cannot_be_read_is_named(make: Make, again: Reconciler) -> None:
    keeper = make(Resource(path="solutions/virtualEvents/events", change_types=("updated",), has_resource_data=False))
    keeper.store.save(keeper.resources[0].path, State(began=keeper.clock()))
    (failure,) = (await again(keeper)).failures
    assert "solutions/virtualEvents/events" in failure


# Organizers


async def test_organizers_come_from_a_function_that_may_be_asynchronous(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler
) -> None:
    async def organizers() -> AsyncIterator[str]:
        for user in [*emulator.dataset.organizers] * 2:
            yield user

    keeper = make()
    await keeper.check()
    clock.now += HOUR
    id_ = add_recording(emulator, clock)
    emulator.requests.clear()
    await again(keeper, organizers=organizers)
    await again(keeper, organizers=organizers())
    assert [id_of(event) for event in handled(inbox)] == [id_]
    assert sum("delta" in each.target for each in emulator.requests) == 4


async def test_organizers_that_cannot_be_found_are_a_failure(make: Make, again: Reconciler) -> None:
    async def organizers() -> AsyncIterator[str]:
        yield "ada"
        raise AccessDenied("no", status=403, headers={})

    keeper = make()
    await keeper.check()
    assert "organizers cannot be found" in (await again(keeper, organizers=organizers)).failures[0]


async def test_organizers_are_needed_for_a_tenant(make: Make, again: Reconciler) -> None:
    with pytest.raises(ValueError, match="organizers are needed for communications/onlineMeetings"):
        await again(make(), organizers=())
    with pytest.raises(TypeError, match="collection of ids"):
        await again(make(), organizers="ada")
    assert await again(make(CallRecords.of_tenant()), organizers=()) == Reconciled(0, 0, ())


# Restarts, several, and for long


async def test_a_pass_that_is_cut_off_is_made_good_by_the_next_one(
    make: Make, emulator: Emulator, clock: Clock, inbox: Inbox, again: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = make(Recordings.of_tenant(), CallRecords.of_tenant())
    await keeper.check()
    clock.now += HOUR
    expected = [*(add_recording(emulator, clock) for _ in range(30)), *(add_call(emulator, clock) for _ in range(30))]
    put, left = inbox.store.put, [2]

    def failing(events: Any) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise Cut
        return put(events)

    for cut in (0, 1, 1):
        left[0] = cut
        monkeypatch.setattr(inbox.store, "put", failing)
        with pytest.raises(Cut):
            await again(keeper)
        monkeypatch.setattr(inbox.store, "put", put)
    await again(keeper)
    rows: list[str] = []

    def write(event: Event, _: sqlite3.Connection) -> None:
        rows.append(id_of(event))

    await inbox.deliver(InTransaction(write), wait=False)
    assert sorted(rows) == sorted(expected)


async def test_of_two_only_one_reconciles(make: Make, again: Reconciler) -> None:
    keeper = make()
    await keeper.check()
    with keeper.store.reconciling():
        result = await again(keeper)
    assert result.is_elsewhere
    assert not result.failures
    assert not (await again(keeper)).is_elsewhere


async def test_an_ended_gap_starts_a_pass(
    make: Make,
    emulator: Emulator,
    clock: Clock,
    inbox: Inbox,
    graph: GraphMeetingsClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_SECONDS_BETWEEN", 0.01)
    keeper = make()
    await keeper.check()
    regular = reconcile_regularly(
        graph, keeper, inbox=inbox, tenant_id=TENANT, organizers=emulator.dataset.organizers, every=HOUR
    )
    task = asyncio.create_task(regular)
    clock.now += timedelta(days=4)
    id_ = add_recording(emulator, clock)
    await keeper.check()
    async with asyncio.timeout(SECONDS):
        event = await anext(inbox.events())
    assert id_of(event) == id_
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
