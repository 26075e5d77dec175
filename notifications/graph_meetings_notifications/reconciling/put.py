"""Puts what was found into the inbox, as if it had been notified."""

from datetime import UTC, datetime

from msgspec import Struct

from graph_meetings_notifications.events import StoredEvent
from graph_meetings_notifications.inbox.inbox import Inbox
from graph_meetings_runtime.json_codec import JsonObject


class Destination(Struct, frozen=True):
    """Where events are put.

    Args:
        inbox: from which handlers take them.
        tenant_id: in lower case.
        subscription_id: of the current subscription; empty if there is none.
    """

    inbox: Inbox
    tenant_id: str
    subscription_id: str

    def event(self, change_type: str, resource: str, data: JsonObject) -> StoredEvent:
        """Return an event.

        Args:
            change_type: `created` or `updated`.
            resource: its path.
            data: its JSON.
        """
        return StoredEvent(
            subscription_id=self.subscription_id,
            tenant_id=self.tenant_id,
            received=datetime.now(UTC),
            change_type=change_type,
            resource=resource,
            data=data,
        )

    def put(self, events: list[StoredEvent]) -> int:
        """Add the events that are neither waiting nor handled, and return their number."""
        store = self.inbox.store
        return store.put([event for event in events if not store.is_handled(event)])
