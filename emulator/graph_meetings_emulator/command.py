"""The command `graph-emulator`: run the emulator until Ctrl-C."""

# ruff: noqa: T201  a command line that prints

import argparse
import re
import signal
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

from graph_meetings_emulator.data.dataset import Dataset
from graph_meetings_emulator.data.fake_values import parse_start
from graph_meetings_emulator.emulator import Emulator
from graph_meetings_emulator.faults.chaos import PROFILES
from graph_meetings_emulator.http.throttle import Limit, Throttle
from graph_meetings_emulator.welcome import welcome

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
_SIZE = re.compile(r"([0-9]+)([kmg]i?|)")


def run(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    if options.list_chaos:
        for profile in PROFILES.values():
            print(f"{profile.name:16}{profile.summary}")
        return 0
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _signal, _frame: stopped.set())
    try:
        emulator = Emulator(
            _dataset(options), token=options.token, host=options.host, port=options.port, tls=options.tls
        )
        emulator.throttle = _throttle(options)
        if options.chaos is not None:
            emulator.start_chaos(
                options.chaos,
                seed=options.seed if options.chaos_seed is None else options.chaos_seed,
                longest_delay=options.chaos_delay,
            )
        emulator.start()
    except (ValueError, OSError) as error:
        print(f"graph-emulator: {error}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="graph-emulator-") as folder:
        print(welcome(emulator, Path(folder), tls=options.tls), flush=True)
        stopped.wait()
        emulator.stop()
    for kind, count in sorted(emulator.faults_injected.items()):
        print(f"{kind:24}{count}")
    return 0


def parse_size(text: str) -> tuple[int, int]:
    """Parse a size such as `500k`, or a range such as `1M-20M`, into its least and greatest number of bytes.

    Raises:
        ValueError: the text is neither a size nor a range.
    """
    least, dash, greatest = text.partition("-")
    sizes = _bytes(least), _bytes(greatest if dash else least)
    if sizes[0] > sizes[1]:
        raise ValueError(f"{text!r} is not a range: the first size is larger than the second")
    return sizes


def _size_argument(text: str) -> tuple[int, int]:
    try:
        return parse_size(text)
    except ValueError as error:
        # argparse replaces the message of a ValueError by the name of the function.
        raise argparse.ArgumentTypeError(str(error)) from None


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text.lower())
    if match is None:
        raise ValueError(f"{text!r} is not a size like 500k, 20M or 2Gi")
    return int(match[1]) * _UNITS[match[2]]


def _dataset(options: argparse.Namespace) -> Dataset:
    return Dataset.generate(
        seed=options.seed,
        until=options.until,
        organizers=options.organizers,
        meetings=options.meetings,
        recordings=options.recordings,
        content_size=options.content_size,
        transcripts=options.transcripts,
        call_records=options.call_records,
        log_rows=options.log_rows,
    )


def _throttle(options: argparse.Namespace) -> Throttle:
    match options.throttle:
        case None:
            return Throttle()
        case "documented":
            return Throttle.documented()
        case rate:
            return Throttle((Limit(rate, burst=options.burst, retry_after=options.retry_after),))


def _time_argument(text: str) -> datetime:
    try:
        return parse_start(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date or a time like 2026-06-30T12:00:00Z") from None


def _rate_argument(text: str) -> float | str:
    try:
        return text if text == "documented" else float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither requests per second nor 'documented'") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="graph-emulator", description="Run a local Microsoft Graph service until Ctrl-C."
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8080, help="port to listen on, 0 for any free port (default: %(default)s)"
    )
    parser.add_argument(
        "--token", default="made-up-token", help="bearer token that requests must carry (default: %(default)s)"
    )
    parser.add_argument("--tls", action="store_true", help="speak https; prints the file of the certificate to trust")
    parser.add_argument(
        "--seed", metavar="N", type=int, default=1, help="seed of the data and the faults (default: %(default)s)"
    )
    parser.add_argument(
        "--organizers",
        metavar="N",
        type=int,
        default=2,
        help="number of users, each of whom organizes meetings (default: %(default)s)",
    )
    parser.add_argument("--meetings", metavar="N", type=int, default=3, help="meetings per user (default: %(default)s)")
    parser.add_argument(
        "--recordings", metavar="N", type=int, default=4, help="recordings per meeting (default: %(default)s)"
    )
    parser.add_argument(
        "--transcripts", metavar="N", type=int, default=1, help="transcripts per meeting (default: %(default)s)"
    )
    parser.add_argument(
        "--call-records", metavar="N", type=int, default=3, help="total number of call records (default: %(default)s)"
    )
    parser.add_argument("--log-rows", metavar="N", type=int, default=3, help="rows per call log (default: %(default)s)")
    parser.add_argument(
        "--until",
        metavar="TIME",
        type=_time_argument,
        default=datetime.now(UTC),
        help="the present of the data: something happened the day before and in the month before (default: now)",
    )
    parser.add_argument(
        "--content-size",
        type=_size_argument,
        metavar="SIZE",
        default="1M-20M",
        help="size of recordings, or a range of sizes (default: %(default)s)",
    )
    parser.add_argument("--chaos", metavar="PROFILE", help="inject random faults from a profile; see --list-chaos")
    parser.add_argument("--chaos-seed", metavar="N", type=int, help="seed of the faults alone (default: --seed)")
    parser.add_argument(
        "--chaos-delay",
        metavar="SECONDS",
        type=float,
        default=1.0,
        help="longest delay caused by a fault (default: %(default)s)",
    )
    parser.add_argument(
        "--throttle",
        metavar="RATE",
        type=_rate_argument,
        help="refuse more than RATE requests per second with a 429; 'documented' has Graph's own limits",
    )
    parser.add_argument(
        "--burst", metavar="N", type=float, default=1.0, help="requests that RATE allows at once (default: %(default)g)"
    )
    parser.add_argument(
        "--retry-after",
        metavar="SECONDS",
        type=float,
        help="Retry-After of these responses (default: until the next request is allowed)",
    )
    parser.add_argument("--list-chaos", action="store_true", help="list the profiles and exit")
    return parser
