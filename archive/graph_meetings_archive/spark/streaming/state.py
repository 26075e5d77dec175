"""The state of a stream, from which the next round continues. It contains delta links, so it stays in the journal."""

import zlib
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

_DIGEST: Final = 8  # bytes: among a million artifacts, a collision has a chance of one in ten million


class Call(Struct, frozen=True):
    """A call that was delivered.

    Args:
        version: of its record.
        start: when it began.
    """

    version: int
    start: datetime | None


class State(Struct, frozen=True):
    """The state after a round.

    Args:
        round: the last one that has rows; the first is 1.
        tenant: the id of the tenant, if its tokens name it.
        links: where the delta of each organizer continues, by the organizer's id in lower case.
        delivered: digests of the delivered artifacts.
        calls: the delivered calls that may still be revised, by their ids.
        latest: when the latest call began.
    """

    round: int = 0
    tenant: str | None = None
    links: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    delivered: frozenset[bytes] = frozenset()
    calls: dict[str, Call] = msgspec.field(default_factory=dict[str, Call])
    latest: datetime | None = None

    def __repr__(self) -> str:
        return f"State(round={self.round})"  # links are secrets of the tenant


class _Stored(Struct, frozen=True):
    round: int
    tenant: str | None
    links: dict[str, str]
    delivered: bytes
    calls: dict[str, Call]
    latest: datetime | None


def digest(organizer: str, artifact: bytes) -> bytes:
    """Return the digest by which an artifact is remembered; it changes with the artifact."""
    return blake2b(artifact, digest_size=_DIGEST, key=organizer.lower().encode()[:64]).digest()


def encode(state: State) -> bytes:
    """Return a state as the journal stores it."""
    stored = _Stored(
        state.round, state.tenant, state.links, b"".join(sorted(state.delivered)), state.calls, state.latest
    )
    return zlib.compress(msgspec.msgpack.encode(stored), level=1)


def decode(data: bytes) -> State:
    """Return a state that was stored.

    Raises:
        ValueError: the data is damaged.
    """
    try:
        stored = msgspec.msgpack.decode(zlib.decompress(data), type=_Stored)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"the state is damaged: {error}") from None
    digests = (stored.delivered[first : first + _DIGEST] for first in range(0, len(stored.delivered), _DIGEST))
    return State(stored.round, stored.tenant, stored.links, frozenset(digests), stored.calls, stored.latest)
