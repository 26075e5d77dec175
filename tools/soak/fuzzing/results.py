"""Results of a fuzzing run: counts, and failures that can be reproduced."""

import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

_LONGEST: Final = 4000
_Kind: TypeAlias = tuple[str, str]
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Failure:
    """A kind of failure.

    Attributes:
        what: exception and message.
        place: file, line and function where it was raised.
        seed: random seed of the run.
        case: number of the first case that failed; together with the seed it reproduces the case.
        times: number of cases that failed like this.
        reproduction: description of the first case.
    """

    what: str
    place: str
    seed: int
    case: int
    times: int
    reproduction: str

    def __str__(self) -> str:
        return (
            f"{self.what}\n  at {self.place}, {self.times} times, first with seed {self.seed} in case {self.case}:\n"
            f"  {self.reproduction}"
        )


@dataclass(frozen=True, slots=True)
class FuzzingResults:
    """Results of a run.

    Attributes:
        name: name of the run.
        cases: number of cases.
        seconds: duration of the run.
        outcomes: number of cases by outcome.
        slowest_ms: duration of the slowest case, in milliseconds.
        failures: one per kind of failure, that is exception and place.
    """

    name: str
    cases: int
    seconds: float
    outcomes: Mapping[str, int]
    slowest_ms: float
    failures: tuple[Failure, ...]

    def __str__(self) -> str:
        rate = self.cases / self.seconds if self.seconds else 0.0
        lines = [
            f"{self.name}: {self.cases} cases in {self.seconds:.1f} s ({rate:.0f}/s), slowest {self.slowest_ms:.1f} ms",
            *(f"  {count:8} {outcome}" for outcome, count in sorted(self.outcomes.items())),
            *(f"FAILED: {failure}" for failure in self.failures),
        ]
        return "\n".join(lines)


@dataclass(slots=True)
class Tally:
    """Counts outcomes during a run.

    Args:
        name: name of the run.
        seed: random seed of the run.
    """

    name: str
    seed: int
    cases: int = 0
    _began: float = field(default_factory=time.monotonic)
    _slowest: float = 0.0
    _outcomes: Counter[str] = field(default_factory=Counter[str])
    _failures: dict[_Kind, Failure] = field(default_factory=dict[_Kind, Failure])

    def count(self, outcome: str, seconds: float) -> None:
        """Count a case with an allowed outcome."""
        self._outcomes[outcome] += 1
        self._finish(seconds)

    def fail(self, error: BaseException, reproduction: str, seconds: float) -> None:
        """Count a case that failed."""
        place = _place(error)
        kind = type(error).__name__, place
        what = _shortened(f"{kind[0]}: {error}")
        first = Failure(what, place, self.seed, self.cases, 0, _shortened(reproduction))
        known = self._failures.get(kind, first)
        self._failures[kind] = replace(known, times=known.times + 1)
        self._outcomes["failed"] += 1
        self._finish(seconds)

    def results(self) -> FuzzingResults:
        """Return the results so far."""
        seconds = time.monotonic() - self._began
        failures = tuple(self._failures.values())
        return FuzzingResults(self.name, self.cases, seconds, dict(self._outcomes), 1000 * self._slowest, failures)

    def _finish(self, seconds: float) -> None:
        self.cases += 1
        self._slowest = max(self._slowest, seconds)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "nowhere"
    frame = frames[-1]
    if isinstance(error, RecursionError):
        # It can be raised at any depth; the first frame outside of this package tells such failures apart.
        outside = [index for index, step in enumerate(frames) if _HERE not in Path(step.filename).parents]
        frame = frames[outside[0] if outside else -1]
    return f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} in {frame.name}"


def _shortened(text: str) -> str:
    readable = text.encode("utf-8", "backslashreplace").decode()
    return readable if len(readable) <= _LONGEST else f"{readable[:_LONGEST]}… ({len(readable)} characters)"
