"""Replies that lie about their length or their range, so that half of a body looks like the whole.

Source: RFC 9112, section 6 (message body); RFC 9110, section 14.4 (Content-Range).
"""

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import ClassVar

from graph_meetings_emulator.faults.fault import Exchange, Fault, FaultContext
from graph_meetings_emulator.http.messages import Reply, encode_header
from graph_meetings_emulator.http.script import SendBody, SendHead

_FARTHEST = 64
_RANGE = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+)")


@dataclass(frozen=True, slots=True)
class LyingLength(Fault):
    """The `Content-Length` is not the length of the body, which is sent whole; the connection is then closed.

    Args:
        by: how much more than the truth; negative for less. By default more: a stream whose first answer says less
            cannot be told from one that is that short.

    Raises:
        ValueError: `by` is 0.
    """

    kind: ClassVar[str] = "lying-length"
    by: int | None = None

    def __post_init__(self) -> None:
        if self.by == 0:
            raise ValueError("LyingLength: by must not be 0")

    def applies(self, exchange: Exchange) -> bool:
        """Return whether there is a body, long enough."""
        return exchange.reply.length >= max(1, -(self.by or 0))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Change the `Content-Length`."""
        by = self.by or context.random.randint(1, _FARTHEST)
        head = SendHead(("content-length", str(exchange.reply.length + by)))
        return replace(exchange.reply, script=(head, SendBody()))


@dataclass(frozen=True, slots=True)
class IdentityEncoding(Fault):
    """`Transfer-Encoding: identity` instead of a `Content-Length`: nothing but the end of the connection ends the body.

    Args:
        after: how many bytes of the body are sent.
    """

    kind: ClassVar[str] = "identity-encoding"
    after: int | None = None

    def applies(self, exchange: Exchange) -> bool:
        """Return whether there is a body, long enough."""
        return exchange.reply.length > (self.after or 0)

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Send a part of the body, and close."""
        end = context.random.randrange(exchange.reply.length) if self.after is None else self.after
        return replace(exchange.reply, script=(SendHead(("transfer-encoding", "identity")), SendBody(end)))


@dataclass(frozen=True, slots=True)
class LyingRange(Fault):
    """The `Content-Range` of a part names another place or another total; the bytes are those requested.

    Args:
        start: by how much the start, and with it the end, differs from the truth.
        total: by how much the total differs.

    Raises:
        ValueError: only one is given and it is 0, or both are.
    """

    kind: ClassVar[str] = "lying-range"
    start: int | None = None
    total: int | None = None

    def __post_init__(self) -> None:
        if (self.start, self.total) != (None, None) and not (self.start or self.total):
            raise ValueError("LyingRange: start or total must differ from 0")

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a range of a stream."""
        return exchange.is_download and exchange.reply.status == HTTPStatus.PARTIAL_CONTENT

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Change the `Content-Range`."""
        found = _RANGE.fullmatch(exchange.reply.header(b"content-range") or "")
        if found is None:
            return exchange.reply
        first, last, size = map(int, found.groups())
        start, total = self._lie(context)
        start = max(start, -first)
        text = f"bytes {first + start}-{last + start}/{max(size + total, 0)}"
        return exchange.reply.with_headers([encode_header("content-range", text)])

    def _lie(self, context: FaultContext) -> tuple[int, int]:
        if (self.start, self.total) != (None, None):
            return self.start or 0, self.total or 0
        by = context.random.choice([-1, 1]) * context.random.randint(1, _FARTHEST)
        return context.random.choice([(abs(by), 0), (0, by)])
