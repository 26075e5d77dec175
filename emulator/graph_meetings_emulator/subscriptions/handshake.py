"""Who asks an endpoint, when a subscription is created or renewed, whether it wants notifications.

Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
"""

from typing import Protocol


class ValidationSender(Protocol):
    """Asks an endpoint whether it wants notifications."""

    def __call__(self, url: str, token: str) -> None:
        """Send the token to the endpoint, and wait ten seconds at most.

        Raises:
            HandshakeFailed: it does not answer with the token.
            ValueError: the URL leads to another machine.
        """
        ...
