"""A DAG that archives the meetings of a tenant every night, and then makes a report of bad calls.

Put the file into Airflow's folder of DAGs. Without a tenant, it reads the emulator's made-up data.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException

from graph_meetings import AuthenticationFailed
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.blocking import Archive, CallRecords, Recordings, Transcripts, organizers_from_users
from graph_meetings_emulator import Emulator

FOLDER = Path("meetings")  # on a disk that all workers share


@contextmanager
def opened_client() -> Generator[GraphMeetingsClient]:
    """Open the client that a task needs; with it, everything ends that it has begun."""
    with Emulator() as emulator, GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as graph:
        yield graph


@dag(
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,  # an update reads whatever the archive lacks, so the nights that were missed need no runs
    max_active_runs=1,  # a second update of the folder would be refused
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10), "retry_exponential_backoff": True},
)
def meetings() -> None:
    """Archive, then report."""

    @task
    def archive() -> None:
        try:
            with opened_client() as graph, Archive(FOLDER, graph, format="parquet") as folder:
                summary = folder.update(
                    organizers_from_users(graph), Recordings(content=True), Transcripts(content=True), CallRecords()
                )
        except AuthenticationFailed as error:
            raise AirflowFailException(str(error)) from None  # no retry mends it
        for feed in summary.feeds:
            print(feed.feed, feed.added, "added,", feed.replaced, "replaced")
        for failure in summary.failures:
            print("failed:", failure)

    @task
    def report() -> str:
        path = FOLDER / "bad-calls.csv"
        columns = "caller_network_subnet, count(*) AS streams, avg(average_packet_loss_rate) AS loss"
        streams = duckdb.read_parquet(f"{FOLDER}/streams/*.parquet")
        streams.aggregate(columns).order("loss DESC NULLS LAST").to_csv(str(path))
        return str(path)

    archive() >> report()


meetings()
