"""The service's subscriptions: what is sent to create one, and how ours are recognized."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from graph_meetings import Subscription
from graph_meetings_notifications.keeping.records import Attempt, Terms


class PublicCertificate(Protocol):
    """The public part of a certificate, which is sent to the service."""

    @property
    def id(self) -> str:
        """The `encryptionCertificateId` of subscriptions."""
        ...

    @property
    def base64(self) -> str:
        """Its DER in Base64."""
        ...


class KeeperKeys(Protocol):
    """The source of the certificate for new subscriptions, such as `Certificates.folder("certs")`."""

    @property
    def current(self) -> PublicCertificate:
        """The certificate that new subscriptions use."""
        ...


class Wanted(Struct, frozen=True):
    """A subscription that should exist.

    Args:
        terms: its terms.
        certificate: for which resource data is encrypted, or `None` for none.
        client_state: repeated by its notifications.
        life: its lifetime.
    """

    terms: Terms
    certificate: PublicCertificate | None
    client_state: str
    life: timedelta

    def subscription(self, expires: datetime) -> Subscription:
        """Return the object to post."""
        terms = self.terms
        posted = Subscription(
            change_type=terms.change_types,
            resource=terms.resource,
            notification_url=terms.url,
            lifecycle_notification_url=terms.lifecycle_url,
            client_state=self.client_state,
            expiration_date_time=expires,
        )
        if self.certificate is not None:
            posted.include_resource_data = True
            posted.encryption_certificate = self.certificate.base64
            posted.encryption_certificate_id = self.certificate.id
        return posted


def alike(listed: Mapping[str, Subscription], terms: Terms) -> list[str]:
    """Return the ids of the subscriptions that may have been created with the same terms.

    Client states and certificates are not listed.
    """
    return [id_ for id_, each in listed.items() if _is_alike(each, terms)]


def adoptable(listed: Mapping[str, Subscription], attempt: Attempt | None) -> Subscription | None:
    """Return the subscription that was created although its response was lost, if there is one.

    It has the terms of the attempt, and did not exist before, so it also has the client state of the attempt.
    """
    if attempt is None:
        return None
    found = [id_ for id_ in alike(listed, attempt.terms) if id_ not in attempt.others]
    return listed[found[0]] if found else None


def _is_alike(subscription: Subscription, terms: Terms) -> bool:
    return (
        (subscription.resource or "").strip("/") == terms.resource.strip("/")
        and sorted_types((subscription.change_type or "").split(",")) == terms.change_types
        and subscription.notification_url == terms.url
        and subscription.lifecycle_notification_url == terms.lifecycle_url
        and subscription.include_resource_data in {None, bool(terms.certificate_id)}
    )


def sorted_types(types: list[str] | tuple[str, ...]) -> str:
    """Return change types in the order used in terms."""
    return ",".join(sorted(each.strip() for each in types))
