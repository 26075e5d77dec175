"""Scripts: replies sent step by step, for faults that an ordinary reply cannot express.

The connection is closed at the end of a script that sends less than the whole body, or more, or lies about its length.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SendHead:
    """Send the status line and the headers, with the true `Content-Length`.

    Args:
        framing: a header that is sent instead of `Content-Length` to say where the body ends, true or not. The
            connection is closed at the end of the script.
    """

    framing: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SendBody:
    """Send the next part of the body, up to an offset; `None` for its end."""

    upto: int | None = None


@dataclass(frozen=True, slots=True)
class SendSurplus:
    """Send bytes beyond the `Content-Length`."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ResetConnection:
    """Reset the TCP connection."""


Step: TypeAlias = SendHead | SendBody | SendSurplus | Pause | ResetConnection
Script: TypeAlias = tuple[Step, ...]
