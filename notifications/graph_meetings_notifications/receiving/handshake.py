"""The handshake: the service asks whether an endpoint wants notifications, and expects its token in return.

Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
"""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs

from graph_meetings_notifications.receiving.answer import MALFORMED, Answer

LONGEST_TOKEN: Final = 4_096
_LONGEST_QUERY: Final = 16_384
_PARAMETER: Final = "validationToken"
# Anyone can send the token, so no browser may interpret it as anything but text.
_HEADERS: Final = MappingProxyType(
    {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
)


def answer_handshake(query: str | bytes | Mapping[str, str]) -> Answer | None:
    """Return the response to a handshake, or `None` if the request is not one.

    Args:
        query: the undecoded text after the `?`, or a decoded mapping.
    """
    if isinstance(query, Mapping):
        token = query.get(_PARAMETER)
        return None if token is None else _answer(token)
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    if _PARAMETER not in text:
        return None
    if len(text) > _LONGEST_QUERY:
        return MALFORMED
    try:
        # Only once, because a token that contains percent signs must be returned with them.
        parameters = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        return MALFORMED
    tokens = parameters.get(_PARAMETER)
    return None if tokens is None else _answer(tokens[0])


def _answer(token: str) -> Answer:
    if not token or len(token) > LONGEST_TOKEN:
        return MALFORMED
    try:
        return Answer(200, escape(token, quote=False).encode(), _HEADERS)
    except UnicodeEncodeError:
        return MALFORMED
