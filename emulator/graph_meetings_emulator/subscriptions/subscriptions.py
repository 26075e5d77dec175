"""The subscriptions of an emulator: created with a handshake, changed, renewed, expired."""

from collections.abc import Callable
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4, uuid5

from msgspec import Struct

from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.data.store import Store
from graph_meetings_emulator.http.errors import ServiceError, forbidden
from graph_meetings_emulator.notifications.delivery import HandshakeFailed, shake_hands
from graph_meetings_emulator.notifications.subscriber import Subscriber
from graph_meetings_emulator.subscriptions.checks import (
    checked_change,
    checked_new,
    expiration_of,
    invalid,
    is_called,
    resource_of,
)
from graph_meetings_emulator.subscriptions.resources import SubscribedResource, resource_at
from graph_meetings_runtime.json_codec import JsonObject

if TYPE_CHECKING:
    from graph_meetings_emulator.subscriptions.handshake import ValidationSender

_COLLECTION: Final = "subscriptions"
_NAMESPACE: Final = UUID("5f6f1a37-59f1-4c0c-8f0e-3c8f6a1d9e10")
_HIDDEN: Final[JsonObject] = {"clientState": None, "encryptionCertificate": ""}
_DEFAULTS: Final[JsonObject] = {
    "clientState": None,
    "notificationQueryOptions": None,
    "lifecycleNotificationUrl": None,
    "includeResourceData": False,
    "latestSupportedTlsVersion": "v1_2",
    "encryptionCertificate": "",
    "encryptionCertificateId": "",
    "notificationUrlAppId": None,
    "notificationContentType": "application/json",
}


class Quotas(Struct, kw_only=True):
    """How many subscriptions there may be. They can be changed at any time.

    Args:
        of_app_and_user: of one app about one user.
        of_app_and_meeting: of one app about one meeting or call.
        of_user: about one user.
        of_teams: about recordings and transcripts.
        of_call_records: about call records.
    """

    of_app_and_user: int = 1
    of_app_and_meeting: int = 1
    of_user: int = 10
    of_teams: int = 10_000
    of_call_records: int = 100


class Registration(Struct, frozen=True, kw_only=True):
    """A subscription with what answers leave out, for whoever sends notifications.

    Args:
        id: of the subscription.
        app_id: of the application that created it.
        properties: its JSON, secrets included.
        reauthorized: how often the application has reauthorized it.
    """

    id: str
    app_id: str
    properties: JsonObject
    reauthorized: int = 0


class Subscriptions:
    """Creates, changes and deletes subscriptions, and forgets those that have expired.

    Args:
        store: the data; its collection `subscriptions` is what the service shows.
        now: returns the present.
        tenant_id: of the tenant that they are about.

    Attributes:
        quotas: how many there may be.
        shake_hands: asks an endpoint whether it wants notifications; it can be replaced.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], tenant_id: str) -> None:
        self.quotas = Quotas()
        self.shake_hands: ValidationSender = shake_hands
        self._store = store
        self._now = now
        self._tenant_id = tenant_id
        self._registered: dict[str, Registration] = {}
        self._lock = RLock()

    @property
    def registered(self) -> list[Registration]:
        """Those that have not expired, oldest first."""
        self.forget_expired()
        return list(self._registered.values())

    def subscribers(self) -> list[Subscriber]:
        """Return whom notifications are sent to, oldest first."""
        return [_subscriber(each, self._tenant_id) for each in self.registered]

    def forget_expired(self) -> None:
        """Remove those whose time is over."""
        with self._lock:
            for each in list(self._registered.values()):
                if expiration_of(each.properties) <= self._now():
                    self.remove(each.id)

    def create(self, body: JsonObject, token: str) -> Entity:
        """Create a subscription.

        Args:
            body: what was sent.
            token: of the application.

        Raises:
            ServiceError: the service refuses it.
        """
        properties = checked_new(body, self._now())
        resource = resource_of(properties)
        app_id = app_id_of(token)
        self._check_quotas(properties, resource, app_id)
        self._call_endpoints(properties)
        with self._lock:
            # Another one may have been created meanwhile.
            self._check_quotas(properties, resource, app_id)
            id_ = str(uuid4())
            kept: JsonObject = {"id": id_, "applicationId": app_id, "creatorId": app_id, **_DEFAULTS, **properties}
            kept.pop("@odata.type", None)
            self._registered[id_] = Registration(id=id_, app_id=app_id, properties=kept)
            self._store.add((_COLLECTION,), {**kept, **_HIDDEN})
            # The answer to the one who created it has the client state.
            return Entity(kept, self._store.root, _COLLECTION, id_)

    def change(self, id_: str, body: JsonObject) -> Entity:
        """Change a subscription.

        Args:
            id_: of the subscription.
            body: what was sent.

        Raises:
            ServiceError: the service refuses it; 404 if there is none.
        """
        before = self._find(id_)
        properties = checked_change(body, before.properties, self._now())
        self._call_endpoints(properties)
        with self._lock:
            found = self._find(id_)
            changed = Registration(
                id=id_, app_id=found.app_id, properties=properties, reauthorized=found.reauthorized + 1
            )
            self._registered[id_] = changed
            self._store.replace((_COLLECTION, id_), {**properties, **_HIDDEN})
            return self._store.find((_COLLECTION, id_))

    def reauthorize(self, id_: str) -> None:
        """Renew the permission to receive.

        Raises:
            ServiceError: 404 if there is none.
        """
        with self._lock:
            found = self._find(id_)
            self._registered[id_] = Registration(
                id=id_, app_id=found.app_id, properties=found.properties, reauthorized=found.reauthorized + 1
            )

    def delete(self, id_: str) -> None:
        """Delete a subscription.

        Raises:
            ServiceError: 404 if there is none.
        """
        with self._lock:
            self._find(id_)
            self.remove(id_)

    def remove(self, id_: str) -> None:
        """Remove a subscription as the service does on its own.

        Raises:
            KeyError: there is none.
        """
        with self._lock:
            del self._registered[id_]
            self._store.remove((_COLLECTION, id_))

    def _find(self, id_: str) -> Registration:
        self.forget_expired()
        found = self._registered.get(id_)
        if found is None:
            raise ServiceError(404, "ResourceNotFound", "The object was not found.")
        return found

    def _call_endpoints(self, properties: JsonObject) -> None:
        urls = [properties.get(name) for name in ("notificationUrl", "lifecycleNotificationUrl")]
        for url in dict.fromkeys(url for url in urls if isinstance(url, str) and is_called(url)):
            try:
                self.shake_hands(url, f"Validation: Testing client application reachability. Request-Id: {uuid4()}")
            except HandshakeFailed as error:
                message = f"Subscription validation request failed. {error}"
                raise ServiceError(400, "ValidationError", message) from None
            except ValueError as error:
                raise invalid(f"Subscription validation request failed: {error}.") from None

    def _check_quotas(self, properties: JsonObject, resource: SubscribedResource, app_id: str) -> None:
        quotas, scope = self.quotas, _scope_of(properties)
        others = [(each.app_id, each.properties) for each in self.registered]
        same = [(app, kept) for app, kept in others if resource_at(str(kept["resource"])) is resource]
        about = [app for app, kept in same if _scope_of(kept) == scope]
        kinds: list[tuple[int, int]] = []
        if "user" in scope:
            kinds += [(about.count(app_id), quotas.of_app_and_user), (len(about), quotas.of_user)]
        if "meeting" in scope:
            kinds += [(about.count(app_id), quotas.of_app_and_meeting)]
        if resource.is_of_teams:
            of_teams = [kept for _, kept in others if resource_of(kept).is_of_teams]
            kinds += [(len(of_teams), quotas.of_teams)]
        if "CallRecords.Read.All" in resource.permissions:
            kinds += [(len(same), quotas.of_call_records)]
        if any(count >= most for count, most in kinds):
            reason = "Maximum number of subscriptions has been reached"
            message = f"Operation: Create; Exception: [Status Code: Forbidden; Reason: {reason}]"
            raise ServiceError(403, "ExtensionError", message)


def app_id_of(token: str) -> str:
    """Return the id of the application that a token was issued to."""
    return str(uuid5(_NAMESPACE, token))


def check_permission(body: JsonObject, permissions: frozenset[str]) -> None:
    """Refuse a token that does not suffice for the resource subscribed to.

    Raises:
        ServiceError: 403.
    """
    resource = resource_of(body)
    if permissions.isdisjoint(resource.permissions):
        raise forbidden(f"The token needs one of {', '.join(sorted(resource.permissions))}.")


def _scope_of(properties: JsonObject) -> dict[str, Any]:
    """Return the user or the meeting that a subscription is about, neither for the whole tenant."""
    path = str(properties.get("resource")).removeprefix("/").partition("?")[0]
    resource = resource_at(path)
    match = None if resource is None else resource.pattern.fullmatch(path)
    return {name: value.lower() for name, value in match.groupdict().items() if value} if match else {}


def _subscriber(registration: Registration, tenant_id: str) -> Subscriber:
    properties: dict[str, Any] = registration.properties
    has_data = properties["includeResourceData"] is True
    return Subscriber(
        id=registration.id,
        url=properties["notificationUrl"],
        lifecycle_url=properties["lifecycleNotificationUrl"],
        tenant_id=tenant_id,
        app_id=registration.app_id,
        client_state=properties["clientState"],
        certificate=properties["encryptionCertificate"] if has_data else None,
        certificate_id=properties["encryptionCertificateId"],
        resource=properties["resource"],
        change_types=frozenset(part.strip() for part in properties["changeType"].split(",")),
        expires=properties["expirationDateTime"],
    )
