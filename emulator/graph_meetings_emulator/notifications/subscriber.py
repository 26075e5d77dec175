"""Whom notifications are sent to."""

from msgspec import Struct

from graph_meetings_runtime.json_codec import JsonObject


class Subscriber(Struct, frozen=True, kw_only=True):
    """A subscription, as far as sending notifications needs it.

    Args:
        id: of the subscription.
        url: its `notificationUrl`, on this machine.
        lifecycle_url: its `lifecycleNotificationUrl`; by default the same.
        tenant_id: of the tenant that it is about.
        app_id: of the application that has created it.
        client_state: its `clientState`, repeated in each notification.
        certificate: its `encryptionCertificate`; `None` leaves resource data out.
        certificate_id: its `encryptionCertificateId`.
    """

    id: str
    url: str
    tenant_id: str
    app_id: str
    lifecycle_url: str | None = None
    client_state: str | None = None
    certificate: str | None = None
    certificate_id: str = ""

    def item(self) -> JsonObject:
        """Return what every notification for it has."""
        return {
            "subscriptionId": self.id,
            "subscriptionExpirationDateTime": "2099-01-01T00:00:00.0000000Z",
            "tenantId": self.tenant_id,
            "clientState": self.client_state,
        }
