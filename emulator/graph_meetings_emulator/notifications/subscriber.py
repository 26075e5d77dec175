"""Whom notifications are sent to."""

import re
from typing import Any, Final

from msgspec import Struct

from graph_meetings_runtime.json_codec import JsonObject

_FORMS: Final = re.compile(
    r"(?:communications|users/(?P<user>[^/]+))/(?P<owner>onlineMeetings|adhocCalls)/"
    r"(?:getAll(?P<all>Recordings|Transcripts)|(?P<id>[^/]+)/(?P<kind>recordings|transcripts))",
    re.IGNORECASE,
)


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
        resource: its `resource`; needed to find out what it is notified of.
        change_types: its `changeType`, in parts.
        expires: its `expirationDateTime`.
    """

    id: str
    url: str
    tenant_id: str
    app_id: str
    lifecycle_url: str | None = None
    client_state: str | None = None
    certificate: str | None = None
    certificate_id: str = ""
    resource: str = ""
    change_types: frozenset[str] = frozenset({"created"})
    expires: str = "2099-01-01T00:00:00.0000000Z"

    def item(self) -> JsonObject:
        """Return what every notification for it has."""
        return {
            "subscriptionId": self.id,
            "subscriptionExpirationDateTime": self.expires,
            "tenantId": self.tenant_id,
            "clientState": self.client_state,
        }

    def change_type(self, change_type: str) -> str | None:
        """Return as what a change is notified; `None` if it is not.

        Who wants to know of updates only is told of first versions as well.
        """
        if change_type in self.change_types:
            return change_type
        return "updated" if "updated" in self.change_types else None

    def covers(self, collection: str, resource: JsonObject) -> bool:
        """Whether a recording, a transcript or a call record is one of those that were subscribed to.

        Args:
            collection: `recordings`, `transcripts` or `callRecords`.
            resource: its JSON.
        """
        path = self.resource.strip("/").partition("?")[0]
        if collection == "callRecords":
            return path.lower() == "communications/callrecords"
        form = _FORMS.fullmatch(path)
        if form is None or (form["all"] or form["kind"]).lower() != collection:
            return False
        owner = resource.get("meetingId" if form["owner"].lower() == "onlinemeetings" else "callId")
        if owner is None or (form["id"] is not None and form["id"] != owner):
            return False
        organizer: Any = resource.get("meetingOrganizer")
        return form["user"] is None or (bool(organizer) and organizer["user"]["id"].lower() == form["user"].lower())
