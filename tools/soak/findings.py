"""What a part of the soak has found, as lines of one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Findings:
    """How a part went.

    Attributes:
        name: of the part.
        figures: what it counted and measured, by name, as they are printed.
        failures: what did not hold, each with how to see it again.
    """

    name: str
    figures: Mapping[str, str]
    failures: Sequence[str]

    def __str__(self) -> str:
        width = max(map(len, self.figures), default=0)
        lines = [f"  {name:{width}}  {figure}" for name, figure in self.figures.items()]
        failed = [f"  FAILED: {failure}" for failure in self.failures[:_SHOWN]]
        if len(self.failures) > _SHOWN:
            failed.append(f"  FAILED: {len(self.failures) - _SHOWN} more")
        return "\n".join([self.name, *lines, *failed])


def rate(count: int, seconds: float) -> str:
    """Write how many there were of something, and how many a second."""
    return f"{count:,} in {seconds:.1f} s ({count / seconds:.1f}/s)" if seconds else f"{count:,}"


def mebibytes(size: int) -> str:
    """Write a number of bytes."""
    return f"{size / (1 << 20):.1f} MiB"
