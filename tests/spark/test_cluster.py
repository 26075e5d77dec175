"""A cluster of one master and two workers on this machine."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from graph_meetings_emulator import Dataset, Emulator
from tests.spark.conftest import Spark, start_spark

pytestmark = [
    pytest.mark.spark,
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="executors are found in /proc"),
]

StartTenant = Callable[[Dataset], Emulator]


@pytest.fixture(scope="module")
def cluster(token: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """Start two workers with one processor each; executors are processes of their own."""
    settings = {"spark.executor.memory": "512m", "spark.task.maxFailures": "4"}
    started = start_spark("local-cluster[2,1,512]", tmp_path_factory.mktemp("cluster"), token, settings)
    yield started
    started.session.stop()


def ids_of(source: Dataset) -> Counter[str]:
    return Counter(str(each["id"]) for organizer in source.organizers for each in source.recordings(organizer))


def test_a_thousand_organizers_are_read_once_although_an_executor_is_killed(
    cluster: Spark, tenant: StartTenant
) -> None:
    emulator = tenant(source := Dataset.generate(organizers=1_000, meetings=1, recordings=2, call_records=0))
    frame = cluster.read(
        emulator,
        "recordings",
        organizers="users",
        credential="tests.support.failing_credential.killing_executors",
        parallelism=2,
    )
    assert Counter(row["id"] for row in frame.select("id").collect()) == ids_of(source)
    logs = [path.read_text() for path in cluster.events.rglob("*") if path.is_file()]
    assert any("SparkListenerExecutorRemoved" in log for log in logs)
    assert any('"Reason":"ExceptionFailure"' in log or "signed out for a while" in log for log in logs)
    assert not any(cluster.token in log for log in logs)
