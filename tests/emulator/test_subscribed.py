"""Whoever subscribes through the service is notified of what was subscribed to, until that ends."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph_meetings import GraphMeetingsClient, Subscription
from graph_meetings_emulator import Dataset, Emulator, Subscriber
from graph_meetings_notifications import (
    CallRecordChanged,
    CallRecords,
    Certificates,
    Inbox,
    Receiver,
    RecordingCreated,
    Recordings,
    SigningKeys,
    SubscriptionKeeper,
    SubscriptionNotice,
    Transcripts,
)
from graph_meetings_runtime.json_codec import JsonObject
from tests.support.asgi_server import serving

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(Dataset.generate(organizers=1, meetings=1, recordings=2)) as running:
        yield running


@pytest.fixture
async def graph(emulator: Emulator) -> AsyncIterator[GraphMeetingsClient]:
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as client:
        yield client


async def test_a_keeper_subscribes_a_receiver_receives_and_notices_go_back(
    emulator: Emulator, graph: GraphMeetingsClient, tmp_path: Path
) -> None:
    keys, path, sender = Certificates.folder(tmp_path / "certs"), tmp_path / "notifications.db", emulator.notifications
    states = SubscriptionKeeper.client_states_of(path)
    with Inbox(path) as inbox:
        receiver = Receiver(
            keys,
            app_ids={emulator.app_id},
            tenants={emulator.dataset.tenant_id},
            inbox=inbox,
            client_states=states,
            signing_keys=SigningKeys(url=emulator.key_set_url),
        )
        with (
            serving(receiver.asgi()) as url,
            SubscriptionKeeper(
                graph, [Recordings.of_tenant(), CallRecords.of_tenant()], url, keys=keys, store=path
            ) as keeper,
        ):
            assert keeper.client_states == states
            await keeper.check()  # with a real handshake
            assert not [each.failure for each in keeper.subscriptions() if each.failure]
            recording = emulator.dataset.recordings(emulator.dataset.organizers[0])[0]
            for collection, resource in (("recordings", recording), ("callRecords", emulator.dataset.call_records[0])):
                sent = await asyncio.to_thread(sender.notify, collection, [resource])
                assert (sent.sent, sent.statuses) == (1, (202,))
            assert (await asyncio.to_thread(sender.notify, "transcripts", [recording])).sent == 0
            first, second = list(inbox.events(wait=False))
            assert isinstance(first, RecordingCreated)
            assert first.recording.raw["meetingOrganizer"] == recording["meetingOrganizer"]
            assert isinstance(second, CallRecordChanged)
            (subscriber, _) = sender.subscribers
            emulator.subscriptions.remove(subscriber.id)
            await asyncio.to_thread(sender.lifecycle, subscriber, "subscriptionRemoved")
            (notice,) = list(inbox.events(wait=False))
            assert isinstance(notice, SubscriptionNotice)
            await keeper.on_notice(notice)
            assert len(emulator.subscriptions.registered) == 2
            assert [gap.resource for gap in keeper.gaps()] == [subscriber.resource]


async def test_an_expired_subscription_is_not_notified(emulator: Emulator, graph: GraphMeetingsClient) -> None:
    emulator.tenant.clock = lambda: NOW
    emulator.subscriptions.shake_hands = lambda url, token: None  # noqa: ARG005  the protocol's names
    path = CallRecords.of_tenant().path
    await graph.subscriptions.post(
        Subscription(
            change_type="updated",
            resource=path,
            notification_url="http://127.0.0.1:9/",
            expiration_date_time=NOW + timedelta(hours=1),
        )
    )
    (subscriber,) = emulator.notifications.subscribers
    assert (subscriber.resource, subscriber.change_type("created")) == (path, "updated")
    emulator.tenant.clock = lambda: NOW + timedelta(hours=1)
    assert emulator.notifications.subscribers == []
    assert emulator.notifications.notify("callRecords", emulator.dataset.call_records).statuses == ()


MINE: JsonObject = {"id": "r", "meetingId": "m", "meetingOrganizer": {"user": {"id": "Ada"}}}
CALL: JsonObject = {"id": "r", "callId": "c", "meetingOrganizer": {"user": {"id": "ada"}}}


@pytest.mark.parametrize(
    ("path", "of_meeting", "of_call"),
    [
        (Recordings.of_tenant().path, True, False),
        (Recordings.of_user("ada").path, True, False),
        (Recordings.of_user("bert").path, False, False),
        (Recordings.of_meeting("m").path, True, False),
        (Recordings.of_meeting("n").path, False, False),
        (Recordings.of_adhoc_calls().path, False, True),
        (Recordings.of_adhoc_calls_of_user("ada").path, False, True),
        (Recordings.of_adhoc_call("c").path, False, True),
        (Transcripts.of_tenant().path, False, False),
        (CallRecords.of_tenant().path, False, False),
    ],
)
def test_a_subscription_covers_what_its_path_says(path: str, of_meeting: bool, of_call: bool) -> None:
    subscriber = Subscriber(id="1", url="http://127.0.0.1/", tenant_id="t", app_id="a", resource=path)
    assert (subscriber.covers("recordings", MINE), subscriber.covers("recordings", CALL)) == (of_meeting, of_call)
