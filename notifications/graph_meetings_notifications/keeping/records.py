"""The records of a keeper about its subscriptions."""

from datetime import datetime

from msgspec import Struct


class KeptSubscription(Struct, frozen=True):
    """The state of the subscription to a resource.

    Args:
        resource: its path.
        id: of the subscription, or `None` if there is none at the moment.
        expires: when it ends unless it is renewed.
        renew_at: when it is renewed.
        certificate_id: of the certificate that it was created with; empty if it has no resource data.
        failures: how many times in a row it could not be created or renewed.
        failure: the last error, with what to do about it; empty if there was none.
    """

    resource: str
    id: str | None = None
    expires: datetime | None = None
    renew_at: datetime | None = None
    certificate_id: str = ""
    failures: int = 0
    failure: str = ""


class Gap(Struct, frozen=True):
    """A time in which notifications of a resource may have been lost and that `reconcile` has not closed.

    Args:
        id: in the store.
        resource: its path.
        begin: the last time at which everything was known to work.
        end: when everything worked again, or `None` if it does not yet.
    """

    id: int
    resource: str
    begin: datetime
    end: datetime | None


class Terms(Struct, frozen=True):
    """The terms of a subscription, apart from its secrets and its expiration.

    Args:
        resource: its path.
        change_types: sorted, separated by commas.
        url: its `notificationUrl`.
        lifecycle_url: its `lifecycleNotificationUrl`.
        certificate_id: its `encryptionCertificateId`; empty if it has no resource data.
    """

    resource: str
    change_types: str
    url: str
    lifecycle_url: str
    certificate_id: str

    def differs(self, other: "Terms") -> bool:
        """Return whether a subscription with other terms must be replaced now, and not only when it is renewed."""
        return self.endpoint() != other.endpoint() or bool(self.certificate_id) != bool(other.certificate_id)

    def endpoint(self) -> tuple[str, ...]:
        """Return all terms but the certificate."""
        return self.resource, self.change_types, self.url, self.lifecycle_url


class Attempt(Struct, frozen=True):
    """A creation that was started and whose outcome is unknown.

    Args:
        terms: those of the attempt.
        others: ids of the subscriptions to the same resource and URL that existed before. They are not ours.
    """

    terms: Terms
    others: tuple[str, ...]


class State(Struct, frozen=True):
    """The saved state of the subscription to a resource.

    Args:
        id: of the subscription; `None` if there is none.
        terms: it was created with.
        began: when one was wanted for the first time.
        confirmed: when it was last known to work.
        expires: when it ends.
        renew_at: when it is to be renewed.
        is_reauthorization_due: whether the service has asked for it.
        attempt: of creating it, if the outcome is not known.
        superseded: id of the subscription that it has replaced, which is to be deleted.
        previous_certificate_id: of the previous subscription, whose notifications may still arrive.
        failures: in a row.
        failure: the last one.
        retry_at: when it is tried again.
    """

    id: str | None = None
    terms: Terms | None = None
    began: datetime | None = None
    confirmed: datetime | None = None
    expires: datetime | None = None
    renew_at: datetime | None = None
    is_reauthorization_due: bool = False
    attempt: Attempt | None = None
    superseded: str | None = None
    previous_certificate_id: str = ""
    failures: int = 0
    failure: str = ""
    retry_at: datetime | None = None

    @property
    def certificate_id(self) -> str:
        """Of the certificate that it was created with; empty if it has no resource data."""
        return self.terms.certificate_id if self.terms else ""

    def certificate_ids(self) -> set[str]:
        """Return the ids that notifications may name."""
        pending = self.attempt.terms.certificate_id if self.attempt else ""
        return {self.certificate_id, self.previous_certificate_id, pending} - {""}

    def shown(self, resource: str) -> KeptSubscription:
        """Return the public part of the state."""
        return KeptSubscription(
            resource, self.id, self.expires, self.renew_at, self.certificate_id, self.failures, self.failure
        )
