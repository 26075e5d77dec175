"""Fuzzing as a part of the soak run."""

from collections.abc import Callable

from tools.soak.fuzzing.results import FuzzingResults
from tools.soak.report import PartReport, rate

UNBOUNDED = 1 << 62
"""A number of cases that only the deadline limits."""


def report(run: Callable[[int, int, float], FuzzingResults], seed: int, deadline: float) -> PartReport:
    """Fuzz until the deadline and return the report.

    Args:
        run: `response_bodies.run` or `request_urls.run`.
        seed: random seed of all cases.
        deadline: `time.monotonic()` after which no case starts.
    """
    results = run(seed, UNBOUNDED, deadline)
    outcomes = {f"outcome {outcome!r}": f"{count:,}" for outcome, count in sorted(results.outcomes.items())}
    measurements = {
        "cases": rate(results.cases, results.seconds),
        "slowest": f"{results.slowest_ms:.1f} ms",
        **outcomes,
    }
    return PartReport(results.name, measurements, [str(failure) for failure in results.failures])
