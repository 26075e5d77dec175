"""Opaque tokens in nextLinks and deltaLinks: the whole state of a listing, protected against tampering."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

import msgspec

from graph_meetings_emulator.http.errors import ServiceError, bad_request

_SEAL = 12


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a listing continues.

    Attributes:
        query: the query of its first request, as received.
        start: the index in the change log to read from.
        stop: the end of a delta round, where the next one starts; -1 if the listing is not a delta round.
        since: the start of the delta round.
        previous: where the previous page started; -1 if there was none.
        empty_pages: how many empty pages to send before the next items.
        generation: the generation of the token; older generations can be made to expire.
        total: the total number of items, if requested.
    """

    query: str
    start: int = 0
    stop: int = -1
    since: int = 0
    previous: int = -1
    empty_pages: int = 0
    generation: int = 0
    total: int | None = None


class TokenSealer:
    """Make tokens that only this object accepts, each valid for one resource.

    Args:
        secret: the key of the seals.
    """

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()[:64]
        self._decoder = msgspec.msgpack.Decoder(Position)

    def seal(self, position: Position, resource: str) -> str:
        """Return a token for a position."""
        state = msgspec.msgpack.encode(position)
        return urlsafe_b64encode(self._seal(state, resource) + state).rstrip(b"=").decode()

    def open(self, token: str, resource: str) -> Position:
        """Return the position in a token.

        Raises:
            ServiceError: 400 if the token was not made by this service, or was made for another resource.
        """
        try:
            sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            raise _invalid() from None
        seal, state = sealed[:_SEAL], sealed[_SEAL:]
        if seal != self._seal(state, resource):
            raise _invalid()
        return self._decoder.decode(state)

    def _seal(self, state: bytes, resource: str) -> bytes:
        return blake2b(state + resource.encode(), key=self._key, digest_size=_SEAL).digest()


def _invalid() -> ServiceError:
    return bad_request("The skip token is invalid.")
