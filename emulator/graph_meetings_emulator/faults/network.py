"""Faults of the network: connections that break, bodies of a wrong length, bytes that come slowly or not at all."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import ClassVar

from graph_meetings_emulator.faults.fault import AnyRequest, Exchange, Fault, FaultContext
from graph_meetings_emulator.http.messages import Reply
from graph_meetings_emulator.http.script import (
    Pause,
    ResetConnection,
    Script,
    SendBody,
    SendHead,
    SendSurplus,
)

_LONGEST_SURPLUS = 64


class Moment(Enum):
    """When a connection fails."""

    BEFORE_HEADERS = "before headers"
    IN_BODY = "in the body"


@dataclass(frozen=True, slots=True)
class Reset(Fault):
    """The connection is reset: a TCP RST.

    Args:
        when: before any byte, or after some of the body.
        after: how many bytes of the body are sent before, where it is in the body. A reset overtakes what the client
            has not yet taken, so that of megabytes fewer arrive.
    """

    kind: ClassVar[str] = "reset"
    when: Moment | None = None
    after: int | None = None

    def applies(self, exchange: Exchange) -> bool:
        """Say whether there is such a moment."""
        return self.when is not Moment.IN_BODY or exchange.reply.length > (self.after or 0)

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Break off."""
        if _moment(self.when, exchange, context) is Moment.BEFORE_HEADERS:
            return replace(exchange.reply, script=(ResetConnection(),))
        script = (SendHead(), SendBody(_offset(self.after, exchange, context)), ResetConnection())
        return replace(exchange.reply, script=script)


@dataclass(frozen=True, slots=True)
class WrongLength(Fault):
    """The body is longer or shorter than its true `Content-Length`, and the connection is closed after it.

    Args:
        by: how many bytes there are too many; where it is negative, they are missing.

    Raises:
        ValueError: it is 0.
    """

    kind: ClassVar[str] = "wrong-length"
    by: int | None = None

    def __post_init__(self) -> None:
        if self.by == 0:
            raise ValueError("a length that is wrong by 0 is right")

    def applies(self, exchange: Exchange) -> bool:
        """Say whether there are bytes enough to be missing."""
        return exchange.reply.length >= max(1, -(self.by or 0))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Send more, or less."""
        random, length = context.random, exchange.reply.length
        by = self.by or random.choice([random.randint(1, _LONGEST_SURPLUS), -random.randint(1, length)])
        end: Script = (SendBody(length + by),) if by < 0 else (SendBody(), SendSurplus(b"\n" * by))
        return replace(exchange.reply, script=(SendHead(), *end))


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """The body comes in pieces, with pauses between them.

    Args:
        pieces: how many, at least two; fewer where the body has fewer bytes.
        pause: in seconds, between two pieces; left open, all of them together are at most the longest delay.

    Raises:
        ValueError: there are fewer than two pieces.
    """

    kind: ClassVar[str] = "slow"
    pieces: int = 5
    pause: float | None = None

    def __post_init__(self) -> None:
        if self.pieces < 2:  # noqa: PLR2004  a pause has two sides
            raise ValueError(f"slow bytes come in two pieces or more, not in {self.pieces}")

    def applies(self, exchange: Exchange) -> bool:
        """Say whether there are two pieces."""
        return exchange.reply.length > 1

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Slow down."""
        length = exchange.reply.length
        pieces = min(self.pieces, length)
        total = context.random.uniform(0, context.longest_delay)
        pause = Pause(total / (pieces - 1) if self.pause is None else self.pause)
        ends = [length * (piece + 1) // pieces for piece in range(pieces)]
        body = [step for end in ends for step in (pause, SendBody(end))][1:]
        return replace(exchange.reply, script=(SendHead(), *body))


@dataclass(frozen=True, slots=True)
class Stall(AnyRequest):
    """Nothing comes for a while; then the answer goes on to its end.

    Args:
        when: before any byte, or within the body.
        seconds: how long; left open, up to the longest delay.
        after: how many bytes of the body come before, where it is in the body.
    """

    kind: ClassVar[str] = "stall"
    when: Moment | None = None
    seconds: float | None = None
    after: int | None = None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Wait."""
        seconds = context.random.uniform(0, context.longest_delay) if self.seconds is None else self.seconds
        if _moment(self.when, exchange, context) is Moment.BEFORE_HEADERS:
            return replace(exchange.reply, script=(Pause(seconds), SendHead(), SendBody()))
        offset = _offset(self.after, exchange, context)
        return replace(exchange.reply, script=(SendHead(), SendBody(offset), Pause(seconds), SendBody()))


def _moment(when: Moment | None, exchange: Exchange, context: FaultContext) -> Moment:
    moments = list(Moment) if exchange.reply.length else [Moment.BEFORE_HEADERS]
    return when or context.random.choice(moments)


def _offset(after: int | None, exchange: Exchange, context: FaultContext) -> int:
    return context.random.randrange(max(exchange.reply.length, 1)) if after is None else after
