"""Fuzzing as a part of the soak."""

from collections.abc import Callable

from tools.soak.findings import Findings, rate
from tools.soak.fuzzing.figures import Figures

UNBOUNDED = 1 << 62
"""Cases: as many as time allows."""


def findings(run: Callable[[int, int, float], Figures], seed: int, deadline: float) -> Findings:
    """Fuzz for some time, and put what was found into words.

    Args:
        run: of `tools.soak.fuzzing.responses.response_bodies` or `tools.soak.fuzzing.requests.request_urls`.
        seed: decides all cases.
        deadline: the `time.monotonic()` after which none begins.
    """
    found = run(seed, UNBOUNDED, deadline)
    outcomes = {f"ended as {outcome!r}": f"{count:,}" for outcome, count in sorted(found.outcomes.items())}
    figures = {"cases": rate(found.cases, found.seconds), "slowest": f"{found.slowest_ms:.1f} ms", **outcomes}
    return Findings(found.name, figures, [str(failure) for failure in found.failures])
