"""How notifications are delivered, and what may go wrong with that."""

import random
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlencode

import httpx
from msgspec import Struct

from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.origin import Origin

_SECONDS: Final = 10.0
_LEAST_SUCCESS: Final = 200
_LEAST_FAILURE: Final = 300


class DeliveryBehaviour(Struct, kw_only=True):
    """How notifications are delivered. It can be changed at any time.

    Args:
        batch_size: the most notifications in one request.
        loss: the share of notifications that are never sent.
        duplicates: the share of notifications that are sent twice.
        is_disordered: whether they are sent in another order.
        are_tokens_forged: whether validation tokens are signed with a key that is not in the key set.
        redeliveries: how often a request that is not answered with 2xx is sent again.
        seed: decides which notifications are lost, sent twice, and where.
    """

    batch_size: int = 20
    loss: float = 0.0
    duplicates: float = 0.0
    is_disordered: bool = False
    are_tokens_forged: bool = False
    redeliveries: int = 3
    seed: int = 0

    def applied(self, items: Iterable[JsonObject], draw: random.Random) -> Iterator[list[JsonObject]]:
        """Yield the batches that are sent instead of some notifications."""
        sent = [item for item in items if draw.random() >= self.loss]
        sent += [item for item in sent if draw.random() < self.duplicates]
        if self.is_disordered:
            draw.shuffle(sent)
        for start in range(0, len(sent), self.batch_size):
            yield sent[start : start + self.batch_size]


class Deliveries(Struct, frozen=True):
    """What became of some notifications.

    Args:
        sent: how many were accepted, those included that were sent twice.
        statuses: of all answers, in order; those to requests that were sent again included.
    """

    sent: int
    statuses: tuple[int, ...]


class HandshakeFailed(Exception):
    """An endpoint does not answer the handshake as the service wants it."""


def shake_hands(url: str, token: str) -> None:
    """Ask an endpoint whether it wants notifications, as the service does when a subscription is created.

    Args:
        url: of the endpoint, on this machine.
        token: that it has to answer.

    Raises:
        HandshakeFailed: it does not.
        ValueError: the URL leads elsewhere.
    """
    separator = "&" if "?" in url else "?"
    query = urlencode({"validationToken": token})
    try:
        answer = httpx.post(_checked(url) + separator + query, timeout=_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise HandshakeFailed(f"{url} does not answer: {type(error).__name__}") from error
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    if answer.status_code != _LEAST_SUCCESS or content_type != "text/plain" or answer.text != token:
        raise HandshakeFailed(f"{url} answered {answer.status_code}, {content_type}; expected the token as text/plain")


def new_client() -> httpx.Client:
    """Return what `post` sends with."""
    return httpx.Client(timeout=_SECONDS, trust_env=False, headers={"Content-Type": "application/json"})


def post(client: httpx.Client, url: str, body: JsonObject, redeliveries: int) -> list[int]:
    """Send a batch until it is accepted, and return the statuses of all answers; 0 where there was none.

    Args:
        client: from `new_client`.
        url: of the endpoint, on this machine.
        body: the batch.
        redeliveries: how often it is sent again.

    Raises:
        ValueError: the URL leads elsewhere.
    """
    statuses: list[int] = []
    for _ in range(redeliveries + 1):
        try:
            statuses.append(client.post(_checked(url), content=encode_json(body)).status_code)
        except httpx.HTTPError:
            statuses.append(0)
        if is_accepted(statuses):
            break
    return statuses


def is_accepted(statuses: list[int]) -> bool:
    """Whether a batch was accepted in the end."""
    return _LEAST_SUCCESS <= statuses[-1] < _LEAST_FAILURE


def _checked(url: str) -> str:
    if not Origin.of(url).is_loopback:
        raise ValueError(f"the emulator sends notifications to this machine only, not to {url}")
    return url
