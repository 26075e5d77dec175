"""The keeper: there is a subscription to each resource, whatever happens, and it is known when there was none."""

import asyncio
import logging
import os
import random
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from graph_meetings import GraphMeetingsClient, Subscription
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import Answer, Moment, Reset
from graph_meetings_emulator.faults.refusals import as_body
from graph_meetings_emulator.notifications.delivery import HandshakeFailed
from graph_meetings_notifications import (
    CallRecords,
    Certificates,
    KeeperError,
    Recordings,
    Resource,
    SubscriptionKeeper,
    SubscriptionNotice,
    Transcripts,
)
from graph_meetings_notifications.keeping.keeper_store import KeeperStore
from graph_meetings_runtime.json_codec import JsonObject
from tests.notifications.conftest import URL, Clock, Make

SECONDS = 30.0
HOUR = timedelta(hours=1)
OK = 200


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.folder(tmp_path_factory.mktemp("keys") / "certs")


def ids(emulator: Emulator) -> list[str]:
    return [each.id for each in emulator.subscriptions.registered]


def writes(emulator: Emulator) -> list[str]:
    """Return the methods that change something, in order, and forget them."""
    found = [each.method for each in emulator.requests if each.method != "GET"]
    emulator.requests.clear()
    return found


def notice(emulator: Emulator, clock: Clock, event: str) -> SubscriptionNotice:
    (id_,) = ids(emulator)
    return SubscriptionNotice(subscription_id=id_, tenant_id="tenant", received=clock(), lifecycle_event=event)


# Creating


async def test_a_subscription_is_created_with_all_that_it_needs(
    make: Make, emulator: Emulator, clock: Clock, certificates: Certificates
) -> None:
    keeper = make(Recordings.of_tenant(), CallRecords.of_tenant(), keys=certificates, lifecycle_url=f"{URL}/life")
    await keeper.check()
    by_resource = {each.properties["resource"]: each.properties for each in emulator.subscriptions.registered}
    recordings, calls = by_resource[Recordings.of_tenant().path], by_resource[CallRecords.of_tenant().path]
    assert recordings["encryptionCertificate"] == certificates.current.base64
    assert recordings["encryptionCertificateId"] == certificates.current.id
    assert (recordings["notificationUrl"], recordings["lifecycleNotificationUrl"]) == (URL, f"{URL}/life")
    assert (calls["changeType"], calls["includeResourceData"]) == ("created,updated", False)
    (client_state,) = keeper.client_states
    assert recordings["clientState"] == calls["clientState"] == client_state
    kept = {each.resource: each for each in keeper.subscriptions()}
    assert kept[Recordings.of_tenant().path].expires == clock() + timedelta(minutes=4_315)
    assert kept[CallRecords.of_tenant().path].expires == clock() + timedelta(minutes=4_225)
    assert not keeper.gaps()


async def test_a_second_pass_changes_nothing(make: Make, emulator: Emulator) -> None:
    await make().check()
    assert writes(emulator) == ["POST"]
    await make().check()
    assert writes(emulator) == []


async def test_a_client_state_is_long_random_and_the_same_for_everyone_with_the_store(
    make: Make, tmp_path: Path
) -> None:
    (state,) = make().client_states
    assert len(state) > 40
    assert make().client_states == {state}
    with SubscriptionKeeper(
        GraphMeetingsClient.__new__(GraphMeetingsClient), [CallRecords.of_tenant()], URL, store=tmp_path / "other.db"
    ) as other:
        assert other.client_states != {state}


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_only_the_owner_can_read_the_file(make: Make, tmp_path: Path) -> None:
    make()
    assert stat.S_IMODE((tmp_path / "notifications.db-subscriptions").stat().st_mode) == 0o600


@pytest.mark.parametrize("resources", [[], [Recordings.of_tenant()] * 2])
def test_each_resource_is_given_once(graph: GraphMeetingsClient, resources: list[Resource]) -> None:
    with pytest.raises(ValueError, match="none of them twice"):
        SubscriptionKeeper(graph, resources, URL, store="unused.db")


def test_a_life_that_the_service_would_lengthen_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="at least 0:45"):
        make(life=timedelta(minutes=10))


def test_a_file_of_something_else_is_refused(make: Make, tmp_path: Path) -> None:
    (tmp_path / "notifications.db-subscriptions").write_text("x" * 5_000)
    with pytest.raises(KeeperError, match="db-subscriptions"):
        make()


# Adopting


async def test_a_subscription_whose_creation_was_not_answered_is_adopted(
    make: Make, emulator: Emulator, clock: Clock
) -> None:
    emulator.inject(Reset(when=Moment.BEFORE_HEADERS), after=1)  # the list is asked for first
    again = await make().check()
    assert clock() < again < clock() + timedelta(seconds=10)
    clock.now = again
    keeper = make()
    await keeper.check()
    assert [each.id for each in keeper.subscriptions()] == ids(emulator)
    assert writes(emulator) == ["POST"]


async def test_a_subscription_that_someone_else_created_is_left_alone(
    make: Make, emulator: Emulator, clock: Clock, graph: GraphMeetingsClient, caplog: pytest.LogCaptureFixture
) -> None:
    other = await graph.subscriptions.post(
        Subscription(
            change_type="created",
            resource=Recordings.of_tenant().path,
            notification_url=URL,
            lifecycle_notification_url=URL,
            client_state="something else",
            expiration_date_time=clock() + HOUR,
        )
    )
    keeper = make()
    emulator.inject(Reset(when=Moment.BEFORE_HEADERS), after=1)
    clock.now = await keeper.check()
    await keeper.check()
    (kept,) = keeper.subscriptions()
    assert {kept.id, other.id} == set(ids(emulator))
    assert kept.id != other.id
    assert str(other.id) in caplog.text


# Renewing


async def test_it_is_renewed_at_about_half_of_its_life(make: Make, emulator: Emulator, clock: Clock) -> None:
    keeper = make()
    await keeper.check()
    (kept,) = keeper.subscriptions()
    assert kept.renew_at is not None
    assert kept.expires is not None
    half = clock() + (kept.expires - clock()) / 2
    assert abs(kept.renew_at - half) < (kept.expires - clock()) * 0.051
    clock.now = kept.renew_at - timedelta(seconds=1)
    assert await keeper.check() == kept.renew_at
    assert writes(emulator) == ["POST"]
    clock.now = kept.renew_at
    await keeper.check()
    assert writes(emulator) == ["PATCH"]
    (renewed,) = keeper.subscriptions()
    assert renewed.expires == clock() + timedelta(minutes=4_315)


async def test_renewals_are_spread(make: Make) -> None:
    keeper = make(Recordings.of_tenant(), Transcripts.of_tenant(), CallRecords.of_tenant())
    await keeper.check()
    assert len({each.renew_at for each in keeper.subscriptions()}) == 3


async def test_a_life_that_the_service_does_not_grant_is_shortened(
    make: Make, emulator: Emulator, clock: Clock
) -> None:
    generous = Resource(path=Recordings.of_tenant().path, change_types=("created",), longest_life=timedelta(days=30))
    keeper = make(generous)
    await keeper.check()
    (kept,) = keeper.subscriptions()
    assert kept.expires == clock() + timedelta(minutes=59)
    assert not kept.failure
    assert kept.renew_at is not None
    clock.now = kept.renew_at
    await keeper.check()
    assert keeper.subscriptions()[0].expires == clock() + timedelta(minutes=59)
    assert len(ids(emulator)) == 1


async def test_the_end_that_the_service_sets_counts(make: Make, emulator: Emulator, clock: Clock) -> None:
    keeper = make(life=timedelta(minutes=45))
    emulator.inject(
        Answer(201, {"Content-Type": "application/json"}, _created(clock() + timedelta(minutes=20))), after=1
    )
    await keeper.check()
    (kept,) = keeper.subscriptions()
    assert kept.expires == clock() + timedelta(minutes=20)


def _created(expires: datetime) -> bytes:
    return f'{{"id": "1", "expirationDateTime": "{expires.isoformat()}"}}'.encode()


async def test_an_end_in_the_past_makes_no_haste(make: Make, emulator: Emulator, clock: Clock) -> None:
    emulator.inject(Answer(201, {"Content-Type": "application/json"}, _created(clock() - HOUR)), after=1)
    assert await make().check() == clock() + timedelta(minutes=1)


async def test_an_old_subscription_that_cannot_be_deleted_keeps_nothing_from_being_renewed(
    make: Make, emulator: Emulator, clock: Clock
) -> None:
    await make().check()
    (old,) = ids(emulator)
    keeper = make(url=f"{URL}/moved")
    emulator.inject(Answer(403), path=old, times=2)
    assert await keeper.check() == clock() + HOUR
    assert len(ids(emulator)) == 2
    clock.now += timedelta(days=2)
    await keeper.check()
    (kept,) = keeper.subscriptions()
    assert (kept.expires, kept.failure) == (clock() + timedelta(minutes=4_315), "")
    await keeper.check()
    assert ids(emulator) == [kept.id]


async def test_a_subscription_that_no_longer_fits_is_replaced_before_it_is_deleted(
    make: Make, emulator: Emulator
) -> None:
    await make().check()
    (old,) = ids(emulator)
    await make(url=f"{URL}/moved").check()
    assert writes(emulator) == ["POST", "POST", "DELETE"]
    (new,) = ids(emulator)
    assert new != old
    assert not make().gaps()


# Losing


async def test_an_expired_subscription_is_created_again_and_the_gap_is_known(
    make: Make, emulator: Emulator, clock: Clock
) -> None:
    await make().check()
    (old,) = ids(emulator)
    began = clock()
    clock.now += timedelta(days=4)
    keeper = make()
    await keeper.check()
    (new,) = ids(emulator)
    assert new != old
    (gap,) = keeper.gaps()
    assert (gap.resource, gap.begin, gap.end) == (Recordings.of_tenant().path, began, clock())


async def test_a_removed_subscription_is_created_again_within_an_hour(
    make: Make, emulator: Emulator, clock: Clock
) -> None:
    keeper = make()
    due = await keeper.check()
    emulator.subscriptions.remove(*ids(emulator))
    assert due <= clock() + HOUR
    clock.now = due
    await keeper.check()
    assert len(ids(emulator)) == 1
    assert [gap.end for gap in keeper.gaps()] == [clock()]


async def test_a_gap_stays_open_until_there_is_a_subscription(make: Make, emulator: Emulator, clock: Clock) -> None:
    keeper = make()
    clock.now = await keeper.check()
    began = clock()
    emulator.subscriptions.remove(*ids(emulator))
    emulator.subscriptions.quotas.of_teams = 0
    clock.now = await keeper.check()
    assert [gap.end for gap in keeper.gaps()] == [None]
    emulator.subscriptions.quotas.of_teams = 1
    await make().check()
    (gap,) = make().gaps()
    assert gap.begin < began
    assert gap.end == clock()


async def test_a_day_without_a_keeper_is_a_gap(make: Make, emulator: Emulator, clock: Clock) -> None:
    await make().check()
    began = clock()
    clock.now += timedelta(days=1)
    keeper = make()
    await keeper.check()
    assert [(gap.begin, gap.end) for gap in keeper.gaps()] == [(began, clock())]
    await keeper.check()
    assert len(keeper.gaps()) == 1
    assert len(ids(emulator)) == 1


async def test_a_day_without_a_keeper_is_a_gap_where_the_certificate_is_replaced_too(
    make: Make, emulator: Emulator, clock: Clock, tmp_path: Path
) -> None:
    keys = Certificates.folder(tmp_path / "certs")
    await make(keys=keys).check()
    began = clock()
    keys.rotate()
    clock.now += timedelta(days=2)
    keeper = make(keys=keys)
    await keeper.check()
    assert writes(emulator) == ["POST", "POST", "DELETE"]
    assert [(gap.begin, gap.end) for gap in keeper.gaps()] == [(began, clock())]


# Notices


async def test_it_is_reauthorized_when_the_service_asks_for_it(make: Make, emulator: Emulator, clock: Clock) -> None:
    keeper = make()
    await keeper.check()
    await keeper.on_notice(notice(emulator, clock, "reauthorizationRequired"))
    assert writes(emulator) == ["POST", "POST"]
    assert [each.reauthorized for each in emulator.subscriptions.registered] == [1]
    await keeper.check()
    assert writes(emulator) == []


async def test_a_notice_outlives_a_failure_and_a_restart(make: Make, emulator: Emulator, clock: Clock) -> None:
    keeper = make()
    await keeper.check()
    emulator.fail_next(400, path="/reauthorize")
    await keeper.on_notice(notice(emulator, clock, "reauthorizationRequired"))
    assert [each.reauthorized for each in emulator.subscriptions.registered] == [0]
    assert [each.failures for each in keeper.subscriptions()] == [1]
    clock.now += timedelta(minutes=1)
    again = make()
    await again.check()
    assert [each.reauthorized for each in emulator.subscriptions.registered] == [1]
    assert [each.failures for each in again.subscriptions()] == [0]


async def test_a_subscription_that_the_service_says_is_removed_is_created_again(
    make: Make, emulator: Emulator, clock: Clock
) -> None:
    keeper = make()
    await keeper.check()
    removed = notice(emulator, clock, "subscriptionRemoved")
    emulator.subscriptions.remove(removed.subscription_id)
    clock.now += timedelta(minutes=5)
    await keeper.on_notice(removed)
    assert len(ids(emulator)) == 1
    assert [(gap.begin, gap.end) for gap in keeper.gaps()] == [(clock() - timedelta(minutes=5), clock())]
    await keeper.on_notice(removed)  # the service repeats itself
    assert len(ids(emulator)) == 1


async def test_what_the_service_says_is_missed_is_a_gap(make: Make, emulator: Emulator, clock: Clock) -> None:
    keeper = make()
    await keeper.check()
    await keeper.on_notice(notice(emulator, clock, "missed"))
    assert [(gap.begin, gap.end) for gap in keeper.gaps()] == [(clock() - timedelta(hours=4), clock())]
    assert writes(emulator) == ["POST"]


async def test_notices_of_other_subscriptions_are_ignored(make: Make, emulator: Emulator, clock: Clock) -> None:
    keeper = make()
    await keeper.check()
    other = SubscriptionNotice(subscription_id="x", tenant_id="t", received=clock(), lifecycle_event="missed")
    await keeper.on_notice(other)
    assert not keeper.gaps()
    assert writes(emulator) == ["POST"]


# Certificates


async def test_a_subscription_gets_the_new_certificate_when_it_is_due_and_old_ones_are_removed_then(
    make: Make, emulator: Emulator, clock: Clock, tmp_path: Path
) -> None:
    keys = Certificates.folder(tmp_path / "certs")
    keeper = make(keys=keys)
    await keeper.check()
    old, new = keys.current, keys.rotate()
    os.utime(tmp_path / "certs" / f"{old.id}.key", (0, 0))
    await keeper.check()
    assert [each.certificate_id for each in keeper.subscriptions()] == [old.id]
    (kept,) = keeper.subscriptions()
    assert kept.renew_at is not None
    clock.now = kept.renew_at
    await keeper.check()
    assert [each.certificate_id for each in keeper.subscriptions()] == [new.id]
    assert writes(emulator) == ["POST", "POST", "DELETE"]
    assert [each.properties["encryptionCertificateId"] for each in emulator.subscriptions.registered] == [new.id]
    assert len(keys) == 2, "notifications of the old subscription may still come"
    keys.rotate()
    clock.now = keeper.subscriptions()[0].renew_at or clock()
    await keeper.check()
    assert old.id not in {each.id for each in keys}


async def test_where_only_one_is_allowed_the_old_subscription_is_deleted_first(
    make: Make, emulator: Emulator, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = Certificates.folder(tmp_path / "certs")
    keeper = make(Recordings.of_user("ada"), keys=keys)
    await keeper.check()
    keys.rotate()
    clock.now = keeper.subscriptions()[0].renew_at or clock()
    await keeper.check()
    assert writes(emulator) == ["POST", "POST", "DELETE", "POST"]
    assert [each.certificate_id for each in keeper.subscriptions()] == [keys.current.id]
    assert [gap.begin for gap in keeper.gaps()][-1] == clock()
    assert "whose client state is not known" not in caplog.text


# Failing


async def test_a_failure_of_one_does_not_stop_the_others_and_says_what_to_do(
    make: Make, emulator: Emulator, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.subscriptions.quotas.of_call_records = 0
    keeper = make(CallRecords.of_tenant(), Recordings.of_tenant())
    again = await keeper.check()
    assert again < clock() + timedelta(seconds=10)
    kept = {each.resource: each for each in keeper.subscriptions()}
    assert kept[Recordings.of_tenant().path].id is not None
    assert "A quota of subscriptions is reached" in kept[CallRecords.of_tenant().path].failure
    assert "A quota of subscriptions is reached" in caplog.text


async def test_failures_are_tried_again_more_and_more_slowly(make: Make, emulator: Emulator, clock: Clock) -> None:
    emulator.subscriptions.quotas.of_teams = 0
    keeper = make()
    delays: list[timedelta] = []
    for _ in range(12):
        again = await keeper.check()
        delays.append(again - clock())
        clock.now = again
    assert delays[0] < timedelta(seconds=7)
    assert delays[4] > timedelta(minutes=1)
    assert timedelta(minutes=12) <= delays[-1] <= timedelta(minutes=18)
    assert writes(emulator) == ["POST"] * 12


async def test_an_endpoint_that_does_not_answer_is_named(make: Make, emulator: Emulator) -> None:
    def refuse(url: str, token: str) -> None:  # noqa: ARG001  the protocol's names
        raise HandshakeFailed("it does not answer")

    emulator.subscriptions.shake_hands = refuse
    keeper = make()
    await keeper.check()
    assert "did not pass the handshake" in keeper.subscriptions()[0].failure


async def test_a_list_that_fails_is_a_failure_of_each(make: Make, emulator: Emulator, clock: Clock) -> None:
    emulator.fail_next(403)
    keeper = make(Recordings.of_tenant(), Transcripts.of_tenant())
    clock.now = await keeper.check() + timedelta(seconds=5)
    assert [each.failures for each in keeper.subscriptions()] == [1, 1]
    await keeper.check()
    assert [each.failures for each in keeper.subscriptions()] == [0, 0]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {"id": 5, "expirationDateTime": "2026-06-02T08:00:00Z"}),
        (201, {"id": "new", "expirationDateTime": "soon"}),
        (201, {"id": "new"}),
        (201, {}),
        (200, {"value": [{"id": 5}]}),
    ],
    ids=str,
)
async def test_an_answer_that_makes_no_sense_is_a_failure_like_others(
    make: Make, emulator: Emulator, clock: Clock, status: int, body: JsonObject
) -> None:
    keeper = make()
    emulator.inject(Answer(status, {}, as_body(body)), path="/subscriptions", after=0 if status == OK else 1)
    assert await keeper.check() > clock()
    clock.now += HOUR
    await keeper.check()
    (kept,) = keeper.subscriptions()
    assert kept.failures == 0
    assert kept.expires is not None
    assert len(ids(emulator)) == 1


async def test_no_message_has_the_client_state(
    make: Make, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keeper = make()
    (state,) = keeper.client_states
    emulator.fail_next(400, body={"error": {"code": "InvalidRequest", "message": f"clientState {state} is wrong"}})
    emulator.fail_next(400, body={"error": {"code": "InvalidRequest", "message": f"clientState {state} is wrong"}})
    await keeper.check()
    await keeper.check()
    assert state not in caplog.text + str(keeper.subscriptions()) + repr(keeper)


# Several, and for long


async def test_of_two_only_one_acts(make: Make, emulator: Emulator) -> None:
    first, second = make(), make()
    await asyncio.gather(first.check(), second.check())
    assert writes(emulator) == ["POST"]


async def test_one_that_finds_another_at_work_comes_back_soon(make: Make, clock: Clock, tmp_path: Path) -> None:
    keeper, store = make(), KeeperStore(tmp_path / "notifications.db")
    with store.lock():
        assert await keeper.check() == clock() + timedelta(seconds=5)
    store.close()


async def test_it_keeps_until_it_is_cancelled_and_wakes_for_notices(
    make: Make, emulator: Emulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = make()
    checked, check = asyncio.Event(), keeper.check

    async def watched() -> datetime:
        due = await check()
        checked.set()
        return due

    monkeypatch.setattr(keeper, "check", watched)
    task = asyncio.create_task(keeper.keep())
    async with asyncio.timeout(SECONDS):
        await checked.wait()
    removed = notice(emulator, clock, "subscriptionRemoved")
    emulator.subscriptions.remove(removed.subscription_id)
    checked.clear()
    assert await asyncio.to_thread(keeper.note, removed)
    async with asyncio.timeout(SECONDS):
        await checked.wait()
    assert len(ids(emulator)) == 1
    assert not keeper.note(removed)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def something_happens(draw: random.Random, keeper: SubscriptionKeeper, emulator: Emulator, clock: Clock) -> None:
    match draw.randrange(6):
        case 0 if ids(emulator):
            emulator.subscriptions.remove(draw.choice(ids(emulator)))
        case 1:
            emulator.inject(Reset(when=Moment.BEFORE_HEADERS), after=draw.randrange(3))
        case 2:
            emulator.fail_next(draw.choice([400, 403, 500, 503]), times=draw.randrange(1, 4))
        case 3 if ids(emulator):
            said = draw.choice(["reauthorizationRequired", "missed", "subscriptionRemoved"])
            about = draw.choice(ids(emulator))
            await keeper.on_notice(
                SubscriptionNotice(subscription_id=about, tenant_id="t", received=clock(), lifecycle_event=said)
            )
        case _:
            clock.now += draw.choice([timedelta(seconds=5), timedelta(minutes=20), HOUR, timedelta(hours=30)])


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_there_is_one_subscription_in_the_end_and_each_time_without_is_a_gap(
    make: Make, emulator: Emulator, clock: Clock, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311  not a secret
    keys = Certificates.folder(tmp_path / "certs")
    keeper = make(keys=keys)
    await keeper.check()
    absences: list[tuple[datetime, datetime]] = []
    absent_since: datetime | None = None
    for step in range(45):
        await something_happens(draw, keeper, emulator, clock)
        if step % 15 == 14:
            keys.rotate()
            keeper = make(keys=keys)
        if not ids(emulator):
            absent_since = absent_since or clock()
        await keeper.check()
        if ids(emulator) and absent_since:
            absences.append((absent_since, clock()))
            absent_since = None
    assert absences
    for _ in range(12):  # until what was injected is used up
        clock.now += HOUR
        await keeper.check()
    (kept,) = keeper.subscriptions()
    assert (kept.failure, kept.id in ids(emulator)) == ("", True)
    gaps = [(gap.begin, gap.end) for gap in keeper.gaps()]
    for begin, end in absences:
        assert any(first <= begin and last and end <= last for first, last in gaps), (begin, end, gaps)
    for _ in range(4):  # what a lost notice has left behind ends
        clock.now += timedelta(days=1)
        await keeper.check()
    assert ids(emulator) == [keeper.subscriptions()[0].id]
