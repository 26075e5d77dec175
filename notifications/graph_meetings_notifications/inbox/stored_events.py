"""How an inbox stores events, and which of them are the same."""

from datetime import datetime
from hashlib import blake2b
from secrets import token_bytes
from typing import Any, Final

from graph_meetings_notifications.events import StoredEvent
from graph_meetings_runtime.json_codec import decode_json, encode_json

_BYTES: Final = 16


def digests(event: StoredEvent) -> tuple[bytes, bytes | None]:
    """Return the digest that identifies an event and, if it may occur again, one that it shares with its duplicates.

    A resource is created only once, no matter how many subscriptions and notifications say so. But it can be updated
    again, so an update is dropped only if the same one is still waiting: its handler sees both.
    """
    if event.change_type == "created" and event.resource_id:
        return _digest(event.tenant_id, event.kind, event.resource_id), None
    what = event.lifecycle_event or f"{event.change_type}\0{event.resource}"
    return token_bytes(_BYTES), _digest(event.tenant_id, event.subscription_id, what)


def encode(event: StoredEvent) -> bytes:
    """Return the bytes to store."""
    return encode_json(
        {
            "subscriptionId": event.subscription_id,
            "tenantId": event.tenant_id,
            "received": event.received.isoformat(),
            "changeType": event.change_type,
            "resource": event.resource,
            "data": event.data,
            "lifecycleEvent": event.lifecycle_event,
        }
    )


def decode(content: bytes) -> StoredEvent:
    """Return a stored event."""
    raw: Any = decode_json(content)
    return StoredEvent(
        subscription_id=raw["subscriptionId"],
        tenant_id=raw["tenantId"],
        received=datetime.fromisoformat(raw["received"]),
        change_type=raw["changeType"],
        resource=raw["resource"],
        data=raw["data"],
        lifecycle_event=raw["lifecycleEvent"],
    )


def _digest(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode(errors="surrogatepass"), digest_size=_BYTES).digest()
