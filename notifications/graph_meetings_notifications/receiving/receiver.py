"""Receives notifications.

Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

import hmac
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Final

from graph_meetings_notifications.encryption.decryption import Keys, decrypt
from graph_meetings_notifications.errors import DecryptionFailed, NotificationError, NotificationRefused
from graph_meetings_notifications.events import Event, StoredEvent
from graph_meetings_notifications.inbox.events_iterator import Events
from graph_meetings_notifications.inbox.in_transaction import InTransaction
from graph_meetings_notifications.inbox.inbox import MAX_ATTEMPTS, Inbox
from graph_meetings_notifications.receiving.answer import ACCEPTED, MALFORMED, TOO_LARGE, TRY_AGAIN, Answer
from graph_meetings_notifications.receiving.asgi import AsgiApp
from graph_meetings_notifications.receiving.batch import TEST_SUBSCRIPTION, Batch, Item, read_batch
from graph_meetings_notifications.receiving.handshake import answer_handshake
from graph_meetings_notifications.tokens.signing_keys import SigningKeys
from graph_meetings_notifications.tokens.verification import verify_tokens
from graph_meetings_runtime import Cloud
from graph_meetings_runtime.json_codec import JsonObject

LOG: Final = logging.getLogger("graph_meetings.notifications")

MAX_BODY_BYTES: Final = 1 << 20
_MOST_REASONS: Final = 5


class Receiver:
    """Checks and decrypts what the service posts, and puts it into an inbox before responding.

    A notification is accepted if a validation token is for its tenant or, if it has no token because it has no resource
    data, if its `clientState` is one of `client_states`. Other notifications are logged and dropped, with the same
    response, so that nobody learns why.

    Args:
        keys: decrypt resource data, such as `Certificates.folder("certs/")`.
        app_ids: the ids of your applications; validation tokens must be for one of them.
        inbox: keeps notifications until they are handled.
        tenants: ids of the tenants that you serve; `None` for any, if your application is open to all tenants.
        client_states: the `clientState`s of subscriptions, such as the `client_states` of a keeper. Make your own long
            and random: nothing else proves who sent notifications without resource data. If it is empty, client states
            are not checked.
        signing_keys: the keys that validation tokens are signed with; by default those of `cloud`.
        cloud: the cloud that sends the notifications.
        max_body_bytes: the largest body that is read.

    Raises:
        ValueError: `app_ids` or a client state is empty.
    """

    def __init__(  # noqa: PLR0913  by keyword
        self,
        keys: Keys,
        *,
        app_ids: Collection[str],
        inbox: Inbox,
        tenants: Collection[str] | None = None,
        client_states: Collection[str] = (),
        signing_keys: SigningKeys | None = None,
        cloud: Cloud = Cloud.GLOBAL,
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        if isinstance(app_ids, str) or isinstance(tenants, str) or isinstance(client_states, str):
            raise TypeError("app_ids, tenants and client_states are collections of strings: {'…'}, not '…'")
        if not app_ids or not all(client_states):
            raise ValueError("app_ids must not be empty, nor a client state")
        self.inbox = inbox
        self.max_body_bytes = max_body_bytes
        self._keys = keys
        self._app_ids = frozenset(app_ids)
        self._tenants = None if tenants is None else frozenset(map(str.lower, tenants))
        self._client_states = tuple(state.encode(errors="surrogatepass") for state in client_states)
        self._signing_keys = signing_keys or SigningKeys(cloud)

    def accept(
        self,
        query: str | bytes | Mapping[str, str] = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Handle one request, and return the response. It never raises, and can be called from several threads.

        Args:
            query: of the URL, undecoded, or as a decoded mapping.
            body: of the request.
            headers: of the request. Only `Content-Encoding` is checked: compressed bodies are refused.

        Returns:
            The response. If it is 202, the accepted notifications are in the inbox.
        """
        handshake = answer_handshake(query)
        if handshake is not None:
            return handshake
        if len(body) > self.max_body_bytes:
            return TOO_LARGE
        if _is_encoded(headers or {}):
            return MALFORMED
        return self._take(body, self._proven_by_tokens)

    def accept_from_event_hub(self, body: bytes) -> Answer:
        """Accept the body of one message of an event hub, and return the response that a request would get.

        Messages of an event hub have no validation tokens: everyone who can send to it is trusted. Client states are
        checked if there are any.

        Args:
            body: of the message.

        Returns:
            The response. If it is 202, move on past the message; if it is 503, do not.
        """
        return TOO_LARGE if len(body) > self.max_body_bytes else self._take(body, _proven_by_the_hub)

    def events(self, *, max_attempts: int = MAX_ATTEMPTS, wait: bool = True) -> Events:
        """Iterate over the events, with `for` or `async for`; see `Inbox.events`."""
        return self.inbox.events(max_attempts=max_attempts, wait=wait)

    async def deliver(
        self,
        handler: Callable[[Event], Awaitable[object]] | InTransaction,
        *,
        max_attempts: int = MAX_ATTEMPTS,
        wait: bool = True,
    ) -> None:
        """Call a handler with each event, one after another; see `Inbox.deliver`."""
        await self.inbox.deliver(handler, max_attempts=max_attempts, wait=wait)

    def asgi(self) -> AsgiApp:
        """Return an ASGI application for all paths, to be run by any server or mounted in another application."""
        return AsgiApp(self.accept, self.max_body_bytes)

    def _take(self, body: bytes, proven: Callable[[Batch], Callable[[Item], bool]]) -> Answer:
        try:
            batch = read_batch(body)
        except ValueError:
            return MALFORMED
        dropped = Counter({"it is not a notification": batch.malformed})
        try:
            is_proven = proven(batch)
            events = [event for item in batch.items if (event := self._event(item, is_proven(item), dropped))]
            self.inbox.store.put(events)
        except NotificationRefused as error:
            dropped[str(error)] += len(batch.items)
        except Exception as error:  # noqa: BLE001  a vault may raise whatever it likes
            # Without a traceback, to which error collectors would add what was received.
            LOG.error("could not keep notifications, so the service is to try again: %s", _described(error))  # noqa: TRY400  a traceback would show what was received
            return TRY_AGAIN
        for reason, count in (+dropped).most_common(_MOST_REASONS):
            LOG.warning("dropped %d of %d notifications: %s", count, len(batch.items) + batch.malformed, reason)
        return ACCEPTED

    def _proven_by_tokens(self, batch: Batch) -> Callable[[Item], bool]:
        """Return a function that tells whether a token vouches for an item.

        Raises:
            TokenRefused: a token is invalid.
            SigningKeysUnavailable: they cannot be verified.
        """
        verified = verify_tokens(batch.tokens, self._signing_keys, app_ids=self._app_ids, tenants=self._tenants)
        tenants = {token.tenant_id for token in verified}
        return lambda item: item.tenant_id in tenants

    def _event(self, item: Item, is_proven: bool, dropped: Counter[str]) -> StoredEvent | None:
        """Return the event of an item, or `None` if it is dropped."""
        if item.subscription_id == TEST_SUBSCRIPTION:
            return None
        refusal = self._refusal(item, is_proven)
        if refusal is not None:
            dropped[refusal] += 1
            return None
        try:
            data = self._data(item)
        except DecryptionFailed as error:
            dropped[str(error)] += 1
            return None
        return StoredEvent(
            subscription_id=item.subscription_id,
            tenant_id=item.tenant_id,
            received=datetime.now(UTC),
            change_type=item.change_type,
            resource=item.resource,
            data=data,
            lifecycle_event=item.lifecycle_event,
        )

    def _refusal(self, item: Item, is_proven: bool) -> str | None:
        if self._tenants is not None and item.tenant_id not in self._tenants:
            return "it is about a tenant that is not served"
        if self._client_states and not self._has_client_state(item):
            return "its clientState is not that of a subscription"
        if not is_proven and item.encrypted_content is not None:
            return "it has resource data, but no validation token for its tenant"
        if not is_proven and not self._client_states:
            return "nothing proves who sent it: pass client_states, and give one of them to the subscription"
        return None

    def _has_client_state(self, item: Item) -> bool:
        """Compare in constant time."""
        given = item.client_state.encode(errors="surrogatepass")
        return sum(hmac.compare_digest(given, state) for state in self._client_states) > 0

    def _data(self, item: Item) -> JsonObject:
        """Return what a notification says about a resource.

        Raises:
            DecryptionFailed: it cannot be decrypted.
        """
        if item.encrypted_content is None:
            return item.resource_data
        content = decrypt(item.encrypted_content, self._keys)
        return {**item.resource_data, **{name: value for name, value in content.items() if value is not None}}


def _proven_by_the_hub(_: Batch) -> Callable[[Item], bool]:
    return lambda _: True


def _is_encoded(headers: Mapping[str, str]) -> bool:
    encodings = [value for name, value in headers.items() if name.lower() == "content-encoding"]
    return any(value.strip().lower() not in {"", "identity"} for value in encodings)


def _described(error: Exception) -> str:
    # Other errors can quote the data.
    return str(error) if isinstance(error, NotificationError) else type(error).__name__
