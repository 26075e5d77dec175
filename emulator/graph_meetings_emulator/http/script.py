"""What goes over the wire, step by step, where a reply is not simply sent.

A script whose steps end before the body does, or that sends something after it, ends with the connection closed.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SendHead:
    """The status line and the headers, with the true `Content-Length`."""


@dataclass(frozen=True, slots=True)
class SendBody:
    """The body from where it was left, up to an offset in it; `None` for its end."""

    upto: int | None = None


@dataclass(frozen=True, slots=True)
class SendSurplus:
    """Bytes that the `Content-Length` does not count."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ResetConnection:
    """A TCP reset instead of an orderly end."""


Step: TypeAlias = SendHead | SendBody | SendSurplus | Pause | ResetConnection
Script: TypeAlias = tuple[Step, ...]
