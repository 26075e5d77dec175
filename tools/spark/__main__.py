"""How reading with Spark scales: `make bench-spark`.

The service is ten times as fast as the real one, so that a table takes minutes: it takes 300 requests a second of an
application in a tenant, instead of 30, and answers after 30 ms, instead of 300.
"""

import argparse
import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pyspark.sql import SparkSession

from graph_meetings_archive.spark import GraphMeetings
from graph_meetings_emulator import Dataset, Emulator, Limit, Throttle
from graph_meetings_emulator.faults import Slow
from tests.support.emulated_credential import TOKEN

_RATE: Final = 300.0
_LATENCY: Final = 0.03
_CONCURRENCY: Final = 16
_ROOT: Final = Path(__file__).parents[2]


def main(arguments: list[str]) -> None:
    """Measure, and print a table for the documentation."""
    parser = argparse.ArgumentParser(prog="python -m tools.spark", description=__doc__)
    parser.add_argument("--organizers", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--partitions", type=int, nargs="+", default=[1, 2, 4])
    chosen = parser.parse_args(arguments)
    print("| organizers | tasks at a time | requests | refused | rows/s | time that is the service's |")
    print("|---|---|---|---|---|---|")
    with _spark(max(chosen.partitions)) as spark:
        for organizers in chosen.organizers:
            dataset = Dataset.generate(organizers=organizers, meetings=1, recordings=2, call_records=0, log_rows=0)
            for partitions in chosen.partitions:
                print(_measured(spark, dataset, organizers, partitions), flush=True)


def _measured(spark: SparkSession, dataset: Dataset, organizers: int, partitions: int) -> str:
    """Read all recordings, and return a line of the table."""
    with Emulator(dataset, token=os.environ[TOKEN], page_size=100) as emulator:
        emulator.throttle = Throttle((Limit(_RATE, counts_refused=True),))
        emulator.inject(Slow(pieces=2, pause=_LATENCY), times=10**9)
        frame = (
            spark.read.format("graph_meetings")
            .option("table", "recordings")
            .option("organizers", "users")
            .option("base_url", emulator.base_url)
            .option("credential", "tests.support.emulated_credential.from_environment")
            .option("parallelism", partitions)
            .option("concurrency", _CONCURRENCY)
            .option("rate", _RATE)
            .option("organizers_per_partition", -(-organizers // partitions))
            .load()
        )
        started = time.monotonic()
        rows = frame.count()
        seconds = time.monotonic() - started
        taken, refused = emulator.throttle.taken.total(), emulator.throttle.refused.total()
    of_service = taken / min(_RATE, _CONCURRENCY / _LATENCY)
    return (
        f"| {organizers:,} | {partitions} | {taken:,} | {refused:,} | {rows / seconds:,.0f} | "
        f"{min(1.0, of_service / seconds):.0%} |"
    )


@contextmanager
def _spark(tasks: int) -> Generator[SparkSession]:
    os.environ |= {
        TOKEN: "made-up-token",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(_ROOT),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    session = (
        SparkSession.builder.master(f"local[{tasks}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.python.daemon.module", "tests.support.spark_daemon")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    session.dataSource.register(GraphMeetings)
    yield session
    session.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
