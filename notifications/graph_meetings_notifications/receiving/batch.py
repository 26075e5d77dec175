"""A batch of notifications as the service sent it, before anything in it is trusted.

Source: https://learn.microsoft.com/graph/api/resources/changenotificationcollection
"""

from msgspec import Struct

from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json

TEST_SUBSCRIPTION = "NA"
"""What the service sends to an event hub when a subscription is created."""


class Item(Struct, frozen=True):
    """One notification of a batch.

    Args:
        subscription_id: of the subscription that it was sent for.
        tenant_id: of the tenant that it is about, in lower case.
        client_state: the `clientState` of the subscription.
        change_type: such as `created`; empty for a lifecycle notification.
        resource: path of what has changed; empty for a lifecycle notification.
        lifecycle_event: `None` for a change.
        resource_data: what it says about the resource in plain text.
        encrypted_content: the resource data, if the subscription includes them.
    """

    subscription_id: str
    tenant_id: str
    client_state: str
    change_type: str
    resource: str
    lifecycle_event: str | None
    resource_data: JsonObject
    encrypted_content: JsonObject | None


class Batch(Struct, frozen=True):
    """The content of one request.

    Args:
        items: notifications.
        malformed: how many items were not notifications.
        tokens: validation tokens.
    """

    items: tuple[Item, ...]
    malformed: int
    tokens: tuple[JsonValue, ...]


def read_batch(body: bytes) -> Batch:
    """Decode a batch.

    Raises:
        ValueError: the body is not a batch.
    """
    document = decode_json(body)
    if not isinstance(document, dict) or not isinstance(values := document.get("value"), list):
        raise ValueError("the body is not a collection of notifications")
    tokens = document.get("validationTokens")
    if tokens is not None and not isinstance(tokens, list):
        raise ValueError("validationTokens is not a list")
    items = [item for value in values if (item := _item(value)) is not None]
    return Batch(tuple(items), len(values) - len(items), tuple(tokens or ()))


def _item(value: JsonValue) -> Item | None:
    if not isinstance(value, dict):
        return None
    subscription, lifecycle = _text(value.get("subscriptionId")), _text(value.get("lifecycleEvent"))
    change_type, resource = _text(value.get("changeType")), _text(value.get("resource"))
    if not subscription or not (lifecycle or (change_type and resource)):
        return None
    data = value.get("resourceData")
    # Some pages of the documentation print it with a capital letter.
    encrypted = value.get("encryptedContent") or value.get("EncryptedContent")
    return Item(
        subscription_id=subscription,
        tenant_id=_text(value.get("tenantId")).lower(),
        client_state=_text(value.get("clientState")),
        change_type="" if lifecycle else change_type,
        resource="" if lifecycle else resource,
        lifecycle_event=lifecycle or None,
        resource_data=data if isinstance(data, dict) else {},
        encrypted_content=encrypted if isinstance(encrypted, dict) else None,
    )


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
