"""The receiver as a pure function: what is believed is in the inbox, the rest is dropped, nothing raises."""

import json
import logging
import os
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_meetings_notifications import (
    Certificates,
    DecryptionFailed,
    Event,
    Inbox,
    Receiver,
    RecordingCreated,
    SigningKeys,
    SubscriptionNotice,
    TokenRefused,
)
from tests.notifications.publisher import APP, TENANT, UNPUBLISHED, Publisher, publishing, token
from tests.notifications.sealing import sealed

STATE = "a long and random client state"
OTHER = "11111111-2222-4333-8444-555555555555"
PATH = "communications/onlineMeetings('meet')/recordings('{}')"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.folder(tmp_path_factory.mktemp("keys") / "certs")


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    with publishing() as running:
        yield running


@pytest.fixture(scope="module")
def signing_keys(publisher: Publisher) -> SigningKeys:
    return publisher.signing_keys()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / "inbox.db") as opened:
        yield opened


@pytest.fixture
def receiver(certificates: Certificates, signing_keys: SigningKeys, inbox: Inbox) -> Receiver:
    return Receiver(
        certificates, app_ids={APP}, tenants={TENANT}, inbox=inbox, client_states={STATE}, signing_keys=signing_keys
    )


def plain(id_: str = "1", **changed: object) -> dict[str, Any]:
    item = {
        "subscriptionId": "sub",
        "subscriptionExpirationDateTime": "2026-03-01T11:00:00.0000000Z",
        "changeType": "created",
        "clientState": STATE,
        "tenantId": TENANT,
        "resource": PATH.format(id_),
        "resourceData": {"@odata.type": "#Microsoft.Graph.callRecording", "@odata.id": PATH.format(id_), "id": id_},
    }
    return {**item, **changed}


def rich(certificates: Certificates, id_: str = "1", **changed: object) -> dict[str, Any]:
    content = {"@odata.type": "#microsoft.graph.callRecording", "id": id_, "callId": "call", "createdDateTime": None}
    return plain(id_, **{"encryptedContent": sealed(content, certificates.current), **changed})


def lifecycle(event: str = "reauthorizationRequired", **changed: object) -> dict[str, Any]:
    item = {"subscriptionId": "sub", "tenantId": TENANT, "clientState": STATE, "lifecycleEvent": event}
    return {**item, **changed}


def body(*items: object, tokens: object = None) -> bytes:
    return json.dumps({"value": items, **({} if tokens is None else {"validationTokens": tokens})}).encode()


def events(inbox: Inbox) -> list[Event]:
    return list(inbox.events(wait=False))


# The handshake


@pytest.mark.parametrize("text", ["Validation: Testing client application", "a+b%20c", "ä / 🎥", "a=b;c", "x" * 4_096])
@pytest.mark.parametrize("encode", [quote, quote_plus])
def test_the_token_comes_back_decoded_once(receiver: Receiver, text: str, encode: Any) -> None:
    for query in (f"validationToken={encode(text, safe='')}", f"mine=1&validationToken={encode(text, safe='')}"):
        for given_query in (query, query.encode()):
            answer = receiver.accept(given_query, b"")
            assert (answer.status, answer.body.decode()) == (200, text)
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    answer = receiver.accept({"validationToken": text}, b"")
    assert (answer.status, answer.body.decode()) == (200, text)


def test_html_comes_back_harmless(receiver: Receiver) -> None:
    answer = receiver.accept("validationToken=%3Cscript%3Ealert(1)%3C/script%3E%26")
    assert answer.body == b"&lt;script&gt;alert(1)&lt;/script&gt;&amp;"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("value", ["", "x" * 4_097, "%ff%fe", f"a&{'b=1&' * 200}", "%41" * 10_000])
def test_a_token_that_is_none_is_refused(receiver: Receiver, value: str) -> None:
    assert receiver.accept(f"validationToken={value}").status == 400


# What is believed


def test_notifications_with_resource_data_are_kept_decrypted(
    receiver: Receiver, certificates: Certificates, inbox: Inbox
) -> None:
    given_body = body(rich(certificates, "1"), rich(certificates, "2"), tokens=[token()])
    assert receiver.accept("", given_body).status == 202
    first, second = events(inbox)
    assert isinstance(first, RecordingCreated)
    assert isinstance(second, RecordingCreated)
    assert (first.recording.id, first.recording.call_id, first.recording.meeting_id) == ("1", "call", "meet")
    assert second.recording.id == "2"


def test_the_documented_misspelling_of_the_content_is_read(
    receiver: Receiver, certificates: Certificates, inbox: Inbox
) -> None:
    item = rich(certificates)
    item["EncryptedContent"] = item.pop("encryptedContent")
    receiver.accept("", body(item, tokens=[token()]))
    (event,) = events(inbox)
    assert isinstance(event, RecordingCreated)
    assert event.recording.call_id == "call"


def test_notifications_without_resource_data_are_believed_for_their_client_state(
    receiver: Receiver, inbox: Inbox
) -> None:
    assert receiver.accept("", body(plain(), lifecycle())).status == 202
    recording, notice = events(inbox)
    assert isinstance(recording, RecordingCreated)
    assert isinstance(notice, SubscriptionNotice)
    assert notice.lifecycle_event == "reauthorizationRequired"


def test_repeated_notifications_are_kept_once(receiver: Receiver, certificates: Certificates, inbox: Inbox) -> None:
    for _ in range(3):
        assert receiver.accept("", body(rich(certificates), rich(certificates), tokens=[token()])).status == 202
    assert inbox.waiting() == 1


def test_of_a_mixed_batch_only_what_is_believed_is_kept(
    certificates: Certificates, signing_keys: SigningKeys, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver(certificates, app_ids={APP}, inbox=inbox, signing_keys=signing_keys, client_states=[STATE, "b"])
    tokens = [token(), token(tid=OTHER, iss=f"https://sts.windows.net/{OTHER}/")]
    damaged = rich(certificates, "4")
    damaged["encryptedContent"]["dataSignature"] = b64encode(bytes(32)).decode()
    items = [
        rich(certificates, "1"),
        rich(certificates, "2", tenantId=OTHER.upper(), clientState="b"),
        rich(certificates, "3", tenantId="33333333-2222-4333-8444-555555555555"),
        damaged,
        rich(certificates, "5", clientState="guessed"),
        plain("6"),
        "nonsense",
        {},
        None,
    ]
    with caplog.at_level(logging.WARNING):
        assert receiver.accept("", body(*items, tokens=tokens)).status == 202
    kept = [
        (str(event.recording.id), event.tenant_id) for event in events(inbox) if isinstance(event, RecordingCreated)
    ]
    assert kept == [("1", TENANT), ("2", OTHER), ("6", TENANT)]
    assert sorted(caplog.messages) == [
        "dropped 1 of 9 notifications: it has resource data, but no validation token for its tenant",
        "dropped 1 of 9 notifications: its clientState is not that of a subscription",
        "dropped 1 of 9 notifications: the signature does not match the data: something has changed one of them",
        "dropped 3 of 9 notifications: it is not a notification",
    ]
    assert not any(secret in caplog.text for secret in (STATE, "guessed", tokens[0], "eyJ"))


def test_one_bad_token_drops_the_batch_before_anything_is_decrypted(
    receiver: Receiver, certificates: Certificates, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("decrypted for an unknown sender")

    monkeypatch.setattr(Certificates, "unwrap", never)
    for bad in (token(UNPUBLISHED), token(exp=1), token(aud=OTHER), "x", 7, None):
        answer = receiver.accept("", body(rich(certificates), plain("2"), tokens=[token(), bad]))
        assert answer.status == 202
    assert receiver.accept("", body(rich(certificates), tokens=[])).status == 202
    assert receiver.accept("", body(rich(certificates))).status == 202
    assert inbox.waiting() == 0


def test_a_tenant_that_is_not_served_is_dropped(receiver: Receiver, inbox: Inbox) -> None:
    receiver.accept("", body(plain(tenantId=OTHER), plain(tenantId=None), lifecycle(tenantId=OTHER)))
    assert inbox.waiting() == 0


def test_without_client_states_only_tokens_prove_a_sender(
    certificates: Certificates, signing_keys: SigningKeys, inbox: Inbox
) -> None:
    receiver = Receiver(certificates, app_ids={APP}, inbox=inbox, signing_keys=signing_keys)
    receiver.accept("", body(plain("1"), plain("2", clientState="")))
    assert inbox.waiting() == 0
    receiver.accept("", body(rich(certificates, "3"), plain("4"), tokens=[token()]))
    assert inbox.waiting() == 2


def test_messages_of_an_event_hub_need_no_token(receiver: Receiver, certificates: Certificates, inbox: Inbox) -> None:
    test = plain("0", subscriptionId="NA")
    answer = receiver.accept_from_event_hub(
        body(test, rich(certificates, "1"), rich(certificates, "2", clientState="x"))
    )
    assert answer.status == 202
    assert inbox.waiting() == 1
    assert receiver.accept_from_event_hub(b"{").status == 400
    assert receiver.accept_from_event_hub(b" " * (2 << 20)).status == 413


# What cannot be kept


def test_while_the_inbox_cannot_be_written_the_service_is_to_try_again(
    receiver: Receiver, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(f"{inbox.path}-arrived")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert receiver.accept("", body(plain())).status == 503
    assert "could not keep notifications" in caplog.text
    assert receiver.accept("", body(plain())).status == 202
    assert inbox.waiting() == 1


def test_while_signing_keys_cannot_be_fetched_the_service_is_to_try_again(
    certificates: Certificates, inbox: Inbox
) -> None:
    with publishing() as publisher:
        publisher.status = "500 Internal Server Error"
        keys = publisher.signing_keys()
        receiver = Receiver(certificates, app_ids={APP}, inbox=inbox, signing_keys=keys, client_states={STATE})
        assert receiver.accept("", body(rich(certificates), tokens=[token()])).status == 503
        assert receiver.accept("", body(plain("2"))).status == 202, "no token, so no keys are needed"
    assert inbox.waiting() == 1


def test_while_a_vault_fails_the_service_is_to_try_again(
    certificates: Certificates, signing_keys: SigningKeys, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    class Vault:
        def unwrap(self, certificate_id: str, wrapped: bytes) -> bytes:
            raise ConnectionError(f"secret {certificate_id} {wrapped!r}")

    receiver = Receiver(Vault(), app_ids={APP}, inbox=inbox, signing_keys=signing_keys)
    assert receiver.accept("", body(rich(certificates), tokens=[token()])).status == 503
    assert inbox.waiting() == 0
    assert "ConnectionError" in caplog.text
    assert "secret" not in caplog.text


# What is no batch


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"1", b"\xff", b'{"value": 1}', b"{}", b'{"value": [], "validationTokens": 1}', b"[" * 100_000],
)
def test_what_is_no_batch_is_refused(receiver: Receiver, content: bytes) -> None:
    assert receiver.accept("", content).status == 400


def test_a_body_that_is_too_large_is_refused(receiver: Receiver) -> None:
    assert receiver.accept("", body(plain("x" * (1 << 20)))).status == 413


def test_a_compressed_body_is_refused(receiver: Receiver) -> None:
    assert receiver.accept("", body(plain()), {"content-encoding": "gzip"}).status == 400
    assert receiver.accept("", body(plain()), {"Content-Encoding": "identity"}).status == 202


@pytest.mark.parametrize("wrong", [{"app_ids": APP}, {"tenants": TENANT}, {"client_states": STATE}])
def test_a_text_in_place_of_a_collection_is_refused(
    certificates: Certificates, inbox: Inbox, wrong: dict[str, Any]
) -> None:
    given_options: dict[str, Any] = {"app_ids": {APP}, **wrong}
    with pytest.raises(TypeError, match="collections of strings"):
        Receiver(certificates, inbox=inbox, **given_options)


@pytest.mark.parametrize("wrong", [{"app_ids": set[str]()}, {"client_states": [""]}])
def test_an_empty_secret_is_refused(certificates: Certificates, inbox: Inbox, wrong: dict[str, Any]) -> None:
    given_options: dict[str, Any] = {"app_ids": {APP}, **wrong}
    with pytest.raises(ValueError, match="must not be empty"):
        Receiver(certificates, inbox=inbox, **given_options)


# Whatever comes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.sampled_from([*plain(), "encryptedContent", "lifecycleEvent", "EncryptedContent"])
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.lists(st.dictionaries(FIELDS, JSON).map(lambda changed: {**plain(), **changed}) | JSON, max_size=3).map(
        lambda items: body(*items)
    )
    | st.tuples(st.lists(JSON, max_size=2), JSON).map(lambda both: body(*both[0], tokens=both[1]))
)


@pytest.fixture(scope="module")
def fuzzed(
    certificates: Certificates, signing_keys: SigningKeys, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Receiver]:
    with Inbox(tmp_path_factory.mktemp("fuzz") / "inbox.db") as inbox:
        yield Receiver(
            certificates, app_ids={APP}, inbox=inbox, client_states={STATE}, tenants={TENANT}, signing_keys=signing_keys
        )


@settings(max_examples=5 * settings().max_examples)
@given(query=st.text(max_size=60) | st.binary(max_size=60), content=BODIES)
def test_whatever_comes_is_answered(fuzzed: Receiver, query: str | bytes, content: bytes) -> None:
    assert fuzzed.accept(query, content).status in {200, 202, 400, 413}
    for event in fuzzed.events(wait=False):
        assert event.tenant_id == TENANT


@given(data=st.data())
def test_any_changed_byte_of_a_body_changes_nothing_that_is_kept(
    fuzzed: Receiver, certificates: Certificates, data: st.DataObject
) -> None:
    content = {"@odata.type": "#microsoft.graph.callRecording", "id": os.urandom(8).hex(), "callId": "right"}
    item = plain(encryptedContent=sealed(content, certificates.current))
    for part in ("data", "dataKey", "dataSignature", "encryptionCertificateId"):
        text = bytearray(item["encryptedContent"][part].encode())
        text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 6))
        changed = {**item["encryptedContent"], part: text.decode()}
        answer = fuzzed.accept("", body({**item, "encryptedContent": changed}, tokens=[token()]))
        assert answer.status == 202
        assert fuzzed.inbox.waiting() == 0


def test_errors_of_this_package_have_one_base() -> None:
    assert TokenRefused.__mro__[1] is DecryptionFailed.__mro__[1]
