"""The opaque tokens in nextLinks and deltaLinks: the whole state of a listing, sealed against change."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

import msgspec

from graph_meetings_emulator.http.errors import ServiceError, bad_request

_SEAL = 12


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a listing goes on.

    Attributes:
        query: the options of its first request, as they came.
        start: the place in the change_log's log from which on to read.
        stop: the end of a delta round, where the next one starts; -1 for a listing that is no delta round.
        since: the start of the delta round.
        previous: where the page before started, -1 where there was none.
        empty_pages: how many empty pages to give before the next items.
        generation: which tokens it belongs to; older ones can be made to expire.
        total: how many items there are in all, where that was asked for.
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
    """Makes tokens that only it can read, each good for one resource.

    Args:
        secret: what the seals are made with.
    """

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()[:64]
        self._decoder = msgspec.msgpack.Decoder(Position)

    def seal(self, position: Position, resource: str) -> str:
        """Make a token."""
        state = msgspec.msgpack.encode(position)
        return urlsafe_b64encode(self._seal(state, resource) + state).rstrip(b"=").decode()

    def open(self, token: str, resource: str) -> Position:
        """Read a token.

        Raises:
            ServiceError: 400 where this service did not make the token, or made it for another resource.
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
