"""The result of one part of the soak run, as printed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_MOST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class PartReport:
    """The result of one part.

    Attributes:
        name: name of the part, as given to `--only`.
        measurements: what was counted and measured, formatted, by name.
        failures: one message per failure, including how to reproduce it.
    """

    name: str
    measurements: Mapping[str, str]
    failures: Sequence[str]

    def __str__(self) -> str:
        width = max(map(len, self.measurements), default=0)
        lines = [f"  {name:{width}}  {value}" for name, value in self.measurements.items()]
        failed = [f"  FAILED: {failure}" for failure in self.failures[:_MOST_SHOWN]]
        if len(self.failures) > _MOST_SHOWN:
            failed.append(f"  FAILED: {len(self.failures) - _MOST_SHOWN} more")
        return "\n".join([self.name, *lines, *failed])


def failures_by_seed(part: str, failures: Mapping[int, str]) -> list[str]:
    """Return the message of each failed seed, with the command that reproduces it."""
    return [
        f"seed {seed}: {failure}\n    reproduce: python -m tools.soak --only {part} --seconds 0 --seed {seed}"
        for seed, failure in sorted(failures.items())
    ]


def rate(count: int, seconds: float, wanted: int = 0) -> str:
    """Return a count with its rate per second; a count below `wanted` says so."""
    text = f"{count:,} in {seconds:.1f} s ({count / seconds:.1f}/s)" if seconds else f"{count:,}"
    return text if count >= wanted else f"{text}, {wanted:,} wanted"


def counts(items: Iterable[tuple[str, int]]) -> str:
    """Return counts by name on one line, in the order of the names."""
    return ", ".join(f"{count:,} {name}" for name, count in sorted(items))


def mebibytes(size: int) -> str:
    """Return a number of bytes in MiB."""
    return f"{size / (1 << 20):.1f} MiB"
