"""The emulator sends notifications, and a receiver takes them: everything that arrived is handled, once."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from graph_meetings_emulator import Dataset, Emulator, Subscriber
from graph_meetings_emulator.notifications.delivery import HandshakeFailed
from graph_meetings_notifications import (
    CallRecordChanged,
    Certificates,
    Inbox,
    Receiver,
    RecordingCreated,
    SigningKeys,
    SubscriptionNotice,
    TranscriptCreated,
    decrypt,
)
from tests.support.asgi_server import serving

APP = "3c7a4f0e-1111-4222-8333-444455556666"
TENANT = "9f4ebab6-520d-49c0-85cc-7b25c78d4a93"
STATE = "a long and random client state"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Dataset.generate(organizers=1, meetings=2, recordings=15, transcripts=3, call_records=4)) as running:
        yield running


@pytest.fixture(autouse=True)
def usual_behaviour(emulator: Emulator) -> Iterator[None]:
    yield
    emulator.notifications.behaviour = type(emulator.notifications.behaviour)()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.folder(tmp_path_factory.mktemp("keys") / "certs")


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / "inbox.db") as opened:
        yield opened


@pytest.fixture
def subscriber(emulator: Emulator, certificates: Certificates, inbox: Inbox) -> Iterator[Subscriber]:
    emulator.notifications  # noqa: B018  publishes its key set
    signing_keys = SigningKeys(url=emulator.key_set_url)
    receiver = Receiver(
        certificates, app_ids={APP}, tenants={TENANT}, inbox=inbox, client_states={STATE}, signing_keys=signing_keys
    )
    with serving(receiver.asgi()) as origin:
        yield Subscriber(
            id="sub",
            url=f"{origin}/graph?mine=1",
            tenant_id=TENANT,
            app_id=APP,
            client_state=STATE,
            certificate=certificates.current.base64,
            certificate_id=certificates.current.id,
        )


def recording_ids(inbox: Inbox) -> list[str]:
    return [str(event.recording.id) for event in inbox.events(wait=False) if isinstance(event, RecordingCreated)]


def test_the_key_set_is_public(emulator: Emulator) -> None:
    emulator.notifications.signer.rotate()
    (key,) = httpx.get(emulator.key_set_url).json()["keys"]
    assert key["kty"] == "RSA"
    assert httpx.post(emulator.key_set_url).status_code == 401


def test_hands_are_shaken(emulator: Emulator, subscriber: Subscriber) -> None:
    emulator.notifications.shake_hands(subscriber)
    with pytest.raises(HandshakeFailed, match="answered 401"):
        emulator.notifications.shake_hands(Subscriber(id="1", url=emulator.base_url, tenant_id="2", app_id=APP))


def test_nothing_is_sent_to_another_machine(emulator: Emulator) -> None:
    elsewhere = Subscriber(id="1", url="https://notify.example/", tenant_id="2", app_id=APP)
    with pytest.raises(ValueError, match="this machine only"):
        emulator.notifications.shake_hands(elsewhere)
    with pytest.raises(ValueError, match="this machine only"):
        emulator.notifications.lifecycle(elsewhere, "missed")


def test_each_kind_arrives_as_it_was_sent(emulator: Emulator, subscriber: Subscriber, inbox: Inbox) -> None:
    data, notifications = emulator.dataset, emulator.notifications
    recording, transcript = data.recordings(data.organizers[0])[0], data.transcripts(data.organizers[0])[0]
    call_record = data.call_records[0]
    assert notifications.created(subscriber, "recordings", [recording]).statuses == (202,)
    notifications.created(subscriber, "transcripts", [transcript])
    notifications.updated(subscriber, [call_record])
    notifications.lifecycle(subscriber, "reauthorizationRequired")
    match list(inbox.events(wait=False)):
        case [RecordingCreated(recording=one), TranscriptCreated(transcript=two), CallRecordChanged() as three, last]:
            assert one.raw.items() >= {**recording, "@odata.type": "#Microsoft.Graph.callRecording"}.items()
            assert two.raw["meetingOrganizer"] == transcript["meetingOrganizer"]
            assert (three.call_record.id, three.change_type) == (call_record["id"], "updated")
            assert isinstance(last, SubscriptionNotice)
        case other:
            pytest.fail(repr(other))


def test_a_body_is_made_without_sending_it(
    emulator: Emulator, subscriber: Subscriber, certificates: Certificates, inbox: Inbox
) -> None:
    recording = emulator.dataset.recordings(emulator.dataset.organizers[0])[0]
    (item,) = json.loads(emulator.notifications.body(subscriber, "recordings", [recording]))["value"]
    assert decrypt(item["encryptedContent"], certificates)["id"] == recording["id"]
    assert not recording_ids(inbox)


def test_of_what_is_lost_repeated_and_disordered_the_rest_is_handled_once(
    emulator: Emulator, subscriber: Subscriber, inbox: Inbox
) -> None:
    data, behaviour = emulator.dataset, emulator.notifications.behaviour
    behaviour.loss, behaviour.duplicates, behaviour.is_disordered, behaviour.batch_size = 0.6, 0.5, True, 3
    recordings = data.recordings(data.organizers[0])
    deliveries = [emulator.notifications.created(subscriber, "recordings", recordings) for _ in range(2)]
    handled = recording_ids(inbox)
    assert len(handled) == len(set(handled))
    assert 0 < len(handled) < len(recordings) < 2 * len(recordings)
    assert sum(delivery.sent for delivery in deliveries) > len(handled)
    behaviour.loss = 0.0
    emulator.notifications.created(subscriber, "recordings", recordings)
    handled += recording_ids(inbox)
    assert sorted(handled) == sorted(str(each["id"]) for each in recordings)


def test_forged_tokens_are_dropped(
    emulator: Emulator, subscriber: Subscriber, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.notifications.behaviour.are_tokens_forged = True
    recordings = emulator.dataset.recordings(emulator.dataset.organizers[0])[:2]
    with caplog.at_level(logging.WARNING):
        assert emulator.notifications.created(subscriber, "recordings", recordings).statuses == (202,)
    assert inbox.waiting() == 0
    assert "dropped 2 of 2 notifications: a validation token is refused: its signature is wrong" in caplog.messages


def test_tokens_of_a_new_key_are_believed(emulator: Emulator, subscriber: Subscriber, inbox: Inbox) -> None:
    emulator.notifications.signer.rotate()
    recordings = emulator.dataset.recordings(emulator.dataset.organizers[0])[:1]
    emulator.notifications.created(subscriber, "recordings", recordings)
    assert inbox.waiting() == 1


def test_what_could_not_be_kept_is_sent_again(emulator: Emulator, subscriber: Subscriber, inbox: Inbox) -> None:
    recordings = emulator.dataset.recordings(emulator.dataset.organizers[0])[:1]
    emulator.notifications.behaviour.redeliveries = 1
    with closing(sqlite3.connect(f"{inbox.path}-arrived")) as other:
        other.execute("BEGIN IMMEDIATE")
        delivery = emulator.notifications.created(subscriber, "recordings", recordings)
        assert (delivery.sent, delivery.statuses) == (0, (503, 503))
        other.rollback()
        assert emulator.notifications.created(subscriber, "recordings", recordings).statuses == (202,)
    assert inbox.waiting() == 1


def test_a_burst_of_a_thousand_is_kept(emulator: Emulator, subscriber: Subscriber, inbox: Inbox) -> None:
    emulator.notifications.behaviour.batch_size = 100
    plain = Subscriber(
        id="plain", url=subscriber.url, tenant_id=subscriber.tenant_id, app_id=APP, client_state=subscriber.client_state
    )
    delivery = emulator.notifications.created(plain, "callRecords", [{"id": str(number)} for number in range(1_000)])
    assert delivery.sent == 1_000
    assert inbox.waiting() == 1_000
