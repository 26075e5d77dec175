"""Spark on this machine, with its event log, and emulators to read from."""

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph_meetings_emulator import Dataset, Emulator
from tests.support.emulated_credential import TOKEN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, DataFrameReader, SparkSession

ROOT = Path(__file__).parents[2]
CREDENTIAL = "tests.support.emulated_credential.from_environment"

collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]


@dataclass(frozen=True, slots=True)
class Spark:
    """A session of Spark.

    Args:
        session: with the data source registered.
        events: the folder with its event log.
        token: the secret that the emulators take.
    """

    session: "SparkSession"
    events: Path
    token: str

    def reader(self, emulator: Emulator, table: str, **options: object) -> "DataFrameReader":
        """Return a reader of a table of an emulator."""
        always = {"table": table, "base_url": emulator.base_url, "credential": CREDENTIAL}
        return self.session.read.format("graph_meetings").options(**always).options(**options)

    def read(self, emulator: Emulator, table: str, **options: object) -> "DataFrame":
        """Return the rows of a table of an emulator."""
        return self.reader(emulator, table, **options).load()


def start_spark(master: str, folder: Path, token: str, settings: dict[str, str]) -> Spark:
    """Start Spark; what it starts inherits the environment.

    Args:
        master: such as `local[2]`.
        folder: for its files.
        token: the secret that the emulators take.
        settings: of Spark.
    """
    from pyspark.sql import SparkSession  # noqa: PLC0415  not installed where the other tests run

    from graph_meetings_archive.spark import GraphMeetings  # noqa: PLC0415  as above

    assert SparkSession.getActiveSession() is None, "a process has one Spark; run this module alone"
    events = folder / "events"
    events.mkdir(exist_ok=True)
    builder = SparkSession.builder.master(master)
    for name, value in {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        # For a minute of small queries, compiling them takes longer than they do.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.python.authenticate.socketTimeout": "60s",  # a busy machine starts workers slowly
        "spark.python.daemon.module": "tests.support.spark_daemon",
        "spark.sql.python.filterPushdown.enabled": "true",
        **settings,
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.dataSource.register(GraphMeetings)
    return Spark(session, events, token)


@pytest.fixture(scope="session")
def token() -> Iterator[str]:
    """Put a secret into the environment, as a secret store of a cluster does."""
    with pytest.MonkeyPatch.context() as patch:
        secret = secrets.token_urlsafe(24)
        patch.setenv(TOKEN, secret)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        yield secret


@pytest.fixture(scope="session")
def spark(token: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """Start Spark in this process, with two tasks at a time, each of which may fail twice."""
    started = start_spark("local[2,3]", tmp_path_factory.mktemp("spark"), token, {})
    yield started
    started.session.stop()


@pytest.fixture
def tenant(token: str) -> Iterator[Callable[[Dataset], Emulator]]:
    """Return what starts the emulator of a tenant."""
    running: list[Emulator] = []

    def start(dataset: Dataset) -> Emulator:
        emulator = Emulator(dataset, token=token, page_size=50)
        emulator.start()
        running.append(emulator)
        return emulator

    yield start
    for emulator in running:
        emulator.stop()
