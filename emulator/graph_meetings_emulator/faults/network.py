"""Network faults: broken connections, bodies of the wrong length, bytes that arrive slowly or not at all."""

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
    """The connection is reset with a TCP RST.

    Args:
        when: before the first byte, or in the body.
        after: how many bytes of the body are sent first. A reset discards what the client has not read yet, so the
            client may receive fewer.
    """

    kind: ClassVar[str] = "reset"
    when: Moment | None = None
    after: int | None = None

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the body is long enough."""
        return self.when is not Moment.IN_BODY or exchange.reply.length > (self.after or 0)

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Reset the connection."""
        if _moment(self.when, exchange, context) is Moment.BEFORE_HEADERS:
            return replace(exchange.reply, script=(ResetConnection(),))
        script = (SendHead(), SendBody(_offset(self.after, exchange, context)), ResetConnection())
        return replace(exchange.reply, script=script)


@dataclass(frozen=True, slots=True)
class WrongLength(Fault):
    """The body is longer or shorter than its `Content-Length`, and the connection is then closed.

    Args:
        by: how many bytes too many; negative for missing bytes.

    Raises:
        ValueError: `by` is 0.
    """

    kind: ClassVar[str] = "wrong-length"
    by: int | None = None

    def __post_init__(self) -> None:
        if self.by == 0:
            raise ValueError("WrongLength: by must not be 0")

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the body is long enough."""
        return exchange.reply.length >= max(1, -(self.by or 0))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Send too many or too few bytes."""
        random, length = context.random, exchange.reply.length
        by = self.by or random.choice([random.randint(1, _LONGEST_SURPLUS), -random.randint(1, length)])
        end: Script = (SendBody(length + by),) if by < 0 else (SendBody(), SendSurplus(b"\n" * by))
        return replace(exchange.reply, script=(SendHead(), *end))


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """The body arrives in pieces, with pauses between them.

    Args:
        pieces: how many pieces, at least two; fewer if the body has fewer bytes.
        pause: seconds between two pieces; by default, all pauses together last at most the longest delay.

    Raises:
        ValueError: `pieces` is less than 2.
    """

    kind: ClassVar[str] = "slow"
    pieces: int = 5
    pause: float | None = None

    def __post_init__(self) -> None:
        if self.pieces < 2:  # noqa: PLR2004  one pause
            raise ValueError(f"Slow: pieces must be at least 2, not {self.pieces}")

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the body can be split."""
        return exchange.reply.length > 1

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Send the body in pieces."""
        length = exchange.reply.length
        pieces = min(self.pieces, length)
        total = context.random.uniform(0, context.longest_delay)
        pause = Pause(total / (pieces - 1) if self.pause is None else self.pause)
        ends = [length * (piece + 1) // pieces for piece in range(pieces)]
        body = [step for end in ends for step in (pause, SendBody(end))][1:]
        return replace(exchange.reply, script=(SendHead(), *body))


@dataclass(frozen=True, slots=True)
class Stall(AnyRequest):
    """Nothing arrives for a while; then the reply continues to its end.

    Args:
        when: before the first byte, or in the body.
        seconds: how long; by default up to the longest delay.
        after: how many bytes of the body are sent first.
    """

    kind: ClassVar[str] = "stall"
    when: Moment | None = None
    seconds: float | None = None
    after: int | None = None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Pause before or within the body."""
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
