"""`python -m tools.soak`: runs all parts, prints their figures, and fails where something does not hold."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tools.soak.delivery import chaos, kills, request_counts
from tools.soak.findings import Findings
from tools.soak.fuzzing import fuzzing
from tools.soak.fuzzing.requests import request_urls
from tools.soak.fuzzing.responses import response_bodies
from tools.soak.memory import memory

RUNS: Final = 2_000
KILLS: Final = 200
RECORDINGS: Final = 10_000
PAGES: Final = 100_000
CONTENT_SIZE: Final = 4 << 30


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the soak.

    Attributes:
        name: as `--only` takes it.
        share: of the time.
        run: does it with a seed, up to a `time.monotonic()`.
    """

    name: str
    share: float
    run: Callable[[int, float], Findings]


def _chaos(seed: int, deadline: float) -> Findings:
    began = time.monotonic()
    totals = chaos.run(seed, None, deadline)
    return chaos.findings(totals, RUNS, time.monotonic() - began)


def _kills(seed: int, deadline: float) -> Findings:
    began = time.monotonic()
    figures = kills.run(seed, None, deadline)
    return kills.findings(figures, KILLS, time.monotonic() - began)


def _requests(seed: int, deadline: float) -> Findings:
    return request_counts.findings(seed, RECORDINGS, deadline)


def _memory(_seed: int, deadline: float) -> Findings:
    return memory.findings(PAGES, CONTENT_SIZE, deadline)


PARTS: Final = (
    Part(request_counts.NAME, 0.03, _requests),
    Part(memory.NAME, 0.45, _memory),
    Part(kills.NAME, 0.08, _kills),
    Part("response-bodies", 0.03, partial(fuzzing.findings, response_bodies.run)),
    Part("request-urls", 0.03, partial(fuzzing.findings, request_urls.run)),
    Part(chaos.NAME, 0.38, _chaos),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long all parts may take together, about")
    parser.add_argument("--seed", type=int, default=1, help="decides what is drawn; parts go on with those that follow")
    parser.add_argument("--only", choices=[part.name for part in PARTS], help="one part, with all the time for it")
    options = parser.parse_args(arguments)
    parts = [part for part in PARTS if options.only in {None, part.name}]
    end = time.monotonic() + options.seconds
    failures = 0
    for number, part in enumerate(parts):
        # What one part leaves over, or takes too much, is shared by those that follow.
        share = part.share / sum(other.share for other in parts[number:])
        found = _run(part, options.seed, time.monotonic() + share * (end - time.monotonic()))
        print(found, flush=True)
        failures += len(found.failures)
    print(f"{failures} failures, seed {options.seed}")
    return 1 if failures else 0


def _run(part: Part, seed: int, deadline: float) -> Findings:
    try:
        return part.run(seed, deadline)
    except Exception:  # noqa: BLE001  the other parts are to run all the same
        return Findings(part.name, {}, [traceback.format_exc()])


if __name__ == "__main__":
    sys.exit(main())
