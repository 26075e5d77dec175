"""What the service checks of a subscription before it calls the endpoints.

Source: https://learn.microsoft.com/graph/api/subscription-post-subscriptions and messages that public issues quote.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from graph_meetings.models import Subscription
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.subscriptions.resources import SubscribedResource, resource_at
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.origin import Origin

_LEAST_LIFE: Final = timedelta(minutes=45)
_WITHOUT_LIFECYCLE: Final = timedelta(hours=1)
_LONGEST_TEXT: Final = 128
_REQUIRED: Final = ("changeType", "notificationUrl", "resource", "expirationDateTime")
_READ_ONLY: Final = frozenset({"id", "applicationId", "creatorId", "@odata.type"})
_WRITABLE: Final = frozenset(field.wire_name for field in fields_of(Subscription).values()) - _READ_ONLY
_CHANGEABLE: Final = frozenset({"expirationDateTime", "notificationUrl"})
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_CLOUD_PLACES: Final = ("EventHub:", "EventGrid:")


def invalid(message: str) -> ServiceError:
    """Return the error for a subscription that the service does not accept."""
    return ServiceError(400, "InvalidRequest", message)


def checked_new(body: JsonObject, now: datetime) -> JsonObject:
    """Return a new subscription as the service keeps it.

    Args:
        body: what was sent.
        now: the present.

    Raises:
        ServiceError: 400.
    """
    for name in body:
        if name not in _WRITABLE and name != "@odata.type":
            raise _unreadable(name)
    for name in _REQUIRED:
        if not _text(body, name):
            raise invalid(f"{name} is a required property for subscription creation.")
    resource = resource_of(body)
    asked = {part.strip() for part in _text(body, "changeType").split(",")}
    if not asked <= resource.change_types:
        raise invalid(f"changeType {', '.join(sorted(asked - resource.change_types))} is not supported here.")
    for name in ("notificationUrl", "lifecycleNotificationUrl"):
        if url := _text(body, name):
            _check_url(name, url)
    for name in ("clientState", "encryptionCertificateId"):
        if len(_text(body, name)) > _LONGEST_TEXT:
            raise invalid(f"{name} must not exceed {_LONGEST_TEXT} characters.")
    _check_resource_data(body, resource)
    return {**body, "expirationDateTime": checked_expiration(body, resource, now)}


def checked_change(body: JsonObject, subscription: JsonObject, now: datetime) -> JsonObject:
    """Return a changed subscription.

    Args:
        body: what was sent.
        subscription: as it is.
        now: the present.

    Raises:
        ServiceError: 400.
    """
    for name in body:
        if name not in _CHANGEABLE and name != "@odata.type":
            raise _unreadable(name)
    changed = {**subscription, **{name: body[name] for name in body if name in _CHANGEABLE}}
    if "notificationUrl" in body:
        _check_url("notificationUrl", _text(body, "notificationUrl"))
    if "expirationDateTime" in body:
        changed["expirationDateTime"] = checked_expiration(changed, resource_of(subscription), now)
    return changed


def resource_of(subscription: JsonObject) -> SubscribedResource:
    """Return the kind of resource that is subscribed to.

    Raises:
        ServiceError: 400 if there is none.
    """
    resource = resource_at(_text(subscription, "resource"))
    if resource is None:
        raise invalid("The resource is not supported for subscriptions.")
    return resource


def expiration_of(subscription: Mapping[str, JsonValue]) -> datetime:
    """Return when a subscription ends.

    Raises:
        ServiceError: 400 if it does not say, or without an offset.
    """
    text = subscription.get("expirationDateTime")
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise invalid("Subscription payload could not be processed: expirationDateTime is not a time with an offset.")
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        raise invalid("Subscription payload could not be processed: expirationDateTime is no time.") from None


def checked_expiration(subscription: JsonObject, resource: SubscribedResource, now: datetime) -> str:
    """Return when a subscription ends as the service sets it: not less than 45 minutes ahead.

    Raises:
        ServiceError: 400 if it is in the past, or too far ahead.
    """
    life = expiration_of(subscription) - now
    if life <= timedelta():
        raise invalid("Subscription expiration must be in the future.")
    if life > resource.longest_life:
        raise ServiceError(400, "ExtensionError", _too_far(resource, now + life, life))
    if life > _WITHOUT_LIFECYCLE and not _text(subscription, "lifecycleNotificationUrl"):
        raise invalid(
            "lifecycleNotificationUrl is a required property for subscription creation on this resource when the "
            "expirationDateTime value is set to greater than 1 hour"
        )
    if life >= _LEAST_LIFE:
        return _text(subscription, "expirationDateTime")
    return (now + _LEAST_LIFE).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _too_far(resource: SubscribedResource, end: datetime, life: timedelta) -> str:
    longest = resource.longest_life
    if not resource.is_of_teams:
        return f"Subscription expiration can only be {longest // timedelta(minutes=1)} minutes in the future."
    limit, asked = (f"{span.days}.{timedelta(seconds=span.seconds)}" for span in (longest, life))
    reason = f"Expiration time '{end.isoformat()}' ('{asked}' from now) is beyond allowed max '{limit}'."
    return f"Operation: Create; Exception: [Status Code: BadRequest; Reason: {reason}]"


def _check_resource_data(body: JsonObject, resource: SubscribedResource) -> None:
    if body.get("includeResourceData") is not True:
        return
    if not resource.has_data:
        raise invalid("includeResourceData is not supported for this resource.")
    for name in ("encryptionCertificate", "encryptionCertificateId"):
        if not _text(body, name):
            raise invalid(f"{name} is required when includeResourceData is true.")
    try:
        b64decode(_text(body, "encryptionCertificate"), validate=True)
    except (Base64Error, ValueError):
        raise invalid("encryptionCertificate is not in Base64.") from None


def _check_url(name: str, url: str) -> None:
    if url.startswith(_CLOUD_PLACES):
        return
    try:
        origin = Origin.of(url)
    except ValueError:
        raise invalid(f"{name} is not an absolute URL.") from None
    # The service has https only; nobody has a certificate for this machine.
    if origin.scheme != "https" and not origin.is_loopback:
        raise invalid(f"{name} must be an https URL.")


def is_called(url: str) -> bool:
    """Whether notifications are posted to a URL, and not to a place in the cloud."""
    return not url.startswith(_CLOUD_PLACES)


def _text(body: Mapping[str, JsonValue], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _unreadable(name)
    return value


def _unreadable(name: str) -> ServiceError:
    return invalid(f"Subscription payload could not be processed: {name} cannot be written like this.")
