"""The handshake: an endpoint says that it wants notifications.

Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
"""

from typing import Final, Protocol
from urllib.parse import urlencode

import httpx

from graph_meetings_runtime.origin import Origin

_SECONDS: Final = 10.0
_OK: Final = 200
_LONGEST: Final = 4_096


class HandshakeFailed(Exception):
    """An endpoint does not answer as the service wants it."""


class ValidationSender(Protocol):
    """Asks an endpoint whether it wants notifications."""

    def __call__(self, url: str, token: str) -> None:
        """Send the token to the endpoint.

        Raises:
            HandshakeFailed: it does not answer with the token.
            ValueError: the URL leads to another machine.
        """
        ...


def shake_hands(url: str, token: str) -> None:
    """Send the token to an endpoint on this machine, and wait ten seconds at most.

    Raises:
        HandshakeFailed: it does not answer with the token.
        ValueError: the URL leads to another machine.
    """
    if not Origin.of(url).is_loopback:
        raise ValueError("the emulator sends to this machine only")
    address = f"{url}{'&' if '?' in url else '?'}{urlencode({'validationToken': token})}"
    try:
        with httpx.stream("POST", address, timeout=_SECONDS, trust_env=False) as response:
            content = next(response.iter_bytes(_LONGEST), b"")
    except httpx.HTTPError as error:
        raise HandshakeFailed("Subscription validation request timed out.") from error
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if response.status_code != _OK:
        raise HandshakeFailed(
            "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation "
            "request."
        )
    if kind != "text/plain" or content != token.encode():
        raise HandshakeFailed(
            "Subscription validation request failed. Response must be the validation token as text/plain."
        )
