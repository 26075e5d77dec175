"""Notifications of an emulator: about what its dataset has, or about whatever it is given."""

import random
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from graph_meetings_emulator.notifications.delivery import (
    Deliveries,
    DeliveryBehaviour,
    is_accepted,
    new_client,
    post,
    shake_hands,
)
from graph_meetings_emulator.notifications.sealing import sealed
from graph_meetings_emulator.notifications.subscriber import Subscriber
from graph_meetings_emulator.notifications.token_signer import TokenSigner
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, encode_json

_TYPES: Final = {
    "recordings": "#Microsoft.Graph.callRecording",
    "transcripts": "#Microsoft.Graph.callTranscript",
    "callRecords": "#Microsoft.Graph.callrecord",
}


class Notifications:
    """Sends notifications, which blocks until they are delivered or given up.

    Args:
        subscribers: returns those whose subscriptions live.

    Attributes:
        behaviour: how they are delivered.
        signer: of validation tokens. Its key set is at `/common/discovery/keys` of the emulator.
    """

    def __init__(self, subscribers: Callable[[], list[Subscriber]]) -> None:
        self._subscribers = subscribers
        self.behaviour = DeliveryBehaviour()
        self.signer = TokenSigner()
        self._draw = random.Random(self.behaviour.seed)  # noqa: S311  chances, not secrets

    def shake_hands(self, subscriber: Subscriber) -> None:
        """Ask the endpoints of a subscription whether they want notifications.

        Raises:
            HandshakeFailed: one does not answer as the service wants it.
            ValueError: a URL leads to another machine.
        """
        for url in {subscriber.url, subscriber.lifecycle_url or subscriber.url}:
            request_id = UUID(int=self._draw.getrandbits(128), version=4)
            shake_hands(url, f"Validation: Testing client application reachability. Request-Id: {request_id}")

    @property
    def subscribers(self) -> list[Subscriber]:
        """Those whose subscriptions were created through the service and live, oldest first."""
        return self._subscribers()

    def notify(self, collection: str, resources: Iterable[JsonObject], *, change_type: str = "created") -> Deliveries:
        """Notify every subscriber of what has changed, as far as they have subscribed to it.

        Args:
            collection: `recordings`, `transcripts` or `callRecords`.
            resources: their JSON, such as what `dataset.add_recording(organizer)` returns.
            change_type: `created` or `updated`.
        """
        found = list(resources)
        sent, statuses = 0, tuple[int, ...]()
        for each in self.subscribers:
            covered = [resource for resource in found if each.covers(collection, resource)]
            if (told := each.change_type(change_type)) is not None:
                delivered = self._send(each, [_change(each, told, collection, resource) for resource in covered])
                sent, statuses = sent + delivered.sent, statuses + delivered.statuses
        return Deliveries(sent, statuses)

    def created(self, subscriber: Subscriber, collection: str, resources: Iterable[JsonObject]) -> Deliveries:
        """Notify that recordings, transcripts or call records were created.

        Args:
            subscriber: whom to send it to.
            collection: `recordings`, `transcripts` or `callRecords`.
            resources: their JSON, such as `dataset.recordings(organizer)`.
        """
        return self._send(subscriber, _created(subscriber, collection, resources))

    def body(self, subscriber: Subscriber, collection: str, resources: Iterable[JsonObject]) -> bytes:
        """Return what `created` sends, for code that receives it in another way than at a URL.

        The arguments are those of `created`; the URL of the subscriber is not used.
        """
        return encode_json(self._body(subscriber, _created(subscriber, collection, resources)))

    def updated(self, subscriber: Subscriber, call_records: Iterable[JsonObject]) -> Deliveries:
        """Notify that call records have new versions.

        Args:
            subscriber: whom to send it to.
            call_records: their JSON.
        """
        return self._send(subscriber, [_change(subscriber, "updated", "callRecords", each) for each in call_records])

    def lifecycle(self, subscriber: Subscriber, event: str) -> Deliveries:
        """Notify of something about the subscription itself.

        Args:
            subscriber: whom to send it to, at its `lifecycle_url`.
            event: `reauthorizationRequired`, `subscriptionRemoved` or `missed`.
        """
        url = subscriber.lifecycle_url or subscriber.url
        body: JsonObject = {"value": [{**subscriber.item(), "lifecycleEvent": event}]}
        with new_client() as client:
            statuses = post(client, url, body, self.behaviour.redeliveries)
        return Deliveries(int(is_accepted(statuses)), tuple(statuses))

    def _send(self, subscriber: Subscriber, items: list[JsonObject]) -> Deliveries:
        sent, statuses = 0, list[int]()
        with new_client() as client:
            for batch in self.behaviour.applied(items, self._draw):
                answers = post(client, subscriber.url, self._body(subscriber, batch), self.behaviour.redeliveries)
                sent += len(batch) if is_accepted(answers) else 0
                statuses += answers
        return Deliveries(sent, tuple(statuses))

    def _body(self, subscriber: Subscriber, items: list[JsonObject]) -> JsonObject:
        value: list[JsonValue] = [*items]
        if subscriber.certificate is None:
            return {"value": value}
        is_forged = self.behaviour.are_tokens_forged
        token = self.signer.token(subscriber.app_id, subscriber.tenant_id, is_forged=is_forged)
        return {"value": value, "validationTokens": [token]}


def _created(subscriber: Subscriber, collection: str, resources: Iterable[JsonObject]) -> list[JsonObject]:
    return [_change(subscriber, "created", collection, each) for each in resources]


def _change(subscriber: Subscriber, change_type: str, collection: str, resource: JsonObject) -> JsonObject:
    path = _path(collection, resource)
    data: JsonObject = {"@odata.type": _TYPES[collection], "@odata.id": path, "id": resource["id"]}
    item: JsonObject = {**subscriber.item(), "changeType": change_type, "resource": path, "resourceData": data}
    if subscriber.certificate is not None and collection != "callRecords":
        # The service leaves these out.
        content: JsonObject = {**resource, "@odata.type": _TYPES[collection], "content": None}
        item["encryptedContent"] = sealed(content, subscriber.certificate, subscriber.certificate_id)
    return item


def _path(collection: str, resource: JsonObject) -> str:
    if collection == "callRecords":
        return f"communications/callRecords/{resource['id']}"
    if resource.get("meetingId") is None:
        return f"communications/adhocCalls('{resource['callId']}')/{collection}('{resource['id']}')"
    return f"communications/onlineMeetings('{resource['meetingId']}')/{collection}('{resource['id']}')"
