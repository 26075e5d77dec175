"""`python -m tools.soak`: run every part and print its report; exit with 1 if anything failed."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tools.soak.delivery import archives, chaos, crashes, kills, notified, request_counts
from tools.soak.fuzzing import report_fuzzing
from tools.soak.fuzzing.requests import request_urls
from tools.soak.fuzzing.responses import response_bodies
from tools.soak.memory import memory_growth
from tools.soak.report import PartReport

RUNS: Final = 2_000
KILLS: Final = 200
RECORDINGS: Final = 10_000
PAGES: Final = 100_000
CONTENT_SIZE: Final = 4 << 30


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the soak run.

    Attributes:
        name: name for `--only`.
        share: share of the total time.
        run: takes a seed and a `time.monotonic()` deadline, and returns the report.
    """

    name: str
    share: float
    run: Callable[[int, float], PartReport]


def _chaos(seed: int, deadline: float) -> PartReport:
    began = time.monotonic()
    totals = chaos.run(seed, None, deadline)
    return chaos.report(totals, RUNS, time.monotonic() - began)


def _kills(seed: int, deadline: float) -> PartReport:
    began = time.monotonic()
    result = kills.run(seed, None, deadline)
    return kills.report(result, KILLS, time.monotonic() - began)


def _archives(seed: int, deadline: float) -> PartReport:
    return archives.report(seed, KILLS, deadline)


def _crashes(seed: int, deadline: float) -> PartReport:
    return crashes.report(seed, KILLS, deadline)


def _notified(seed: int, deadline: float) -> PartReport:
    return notified.report(seed, KILLS, deadline)


def _requests(seed: int, deadline: float) -> PartReport:
    return request_counts.report(seed, RECORDINGS, deadline)


def _memory(_seed: int, deadline: float) -> PartReport:
    return memory_growth.report(PAGES, CONTENT_SIZE, deadline)


PARTS: Final = (
    Part(request_counts.NAME, 0.03, _requests),
    Part(memory_growth.NAME, 0.45, _memory),
    Part(kills.NAME, 0.08, _kills),
    Part(archives.NAME, 0.12, _archives),
    Part(crashes.NAME, 0.03, _crashes),
    Part(notified.NAME, 0.15, _notified),
    Part("response-bodies", 0.03, partial(report_fuzzing.report, response_bodies.run)),
    Part("request-urls", 0.03, partial(report_fuzzing.report, request_urls.run)),
    Part(chaos.NAME, 0.38, _chaos),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="total time of all parts, approximately")
    parser.add_argument("--seed", type=int, default=1, help="first random seed; parts continue with the next ones")
    parser.add_argument("--only", choices=[part.name for part in PARTS], help="run one part, with all the time")
    options = parser.parse_args(arguments)
    parts = [part for part in PARTS if options.only in {None, part.name}]
    end = time.monotonic() + options.seconds
    failures = 0
    for number, part in enumerate(parts):
        # Time that a part leaves unused or overruns is divided among the remaining parts.
        share = part.share / sum(other.share for other in parts[number:])
        report = _run(part, options.seed, time.monotonic() + share * (end - time.monotonic()))
        print(report, flush=True)
        failures += len(report.failures)
    print(f"{failures} failures, seed {options.seed}")
    return 1 if failures else 0


def _run(part: Part, seed: int, deadline: float) -> PartReport:
    try:
        return part.run(seed, deadline)
    except Exception:  # noqa: BLE001  one broken part must not stop the others
        return PartReport(part.name, {}, [traceback.format_exc()])


if __name__ == "__main__":
    sys.exit(main())
