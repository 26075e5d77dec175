"""Contents that executors save."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_meetings_archive.spark import OptionError, save_contents
from graph_meetings_emulator import Dataset, Emulator
from tests.spark.conftest import CREDENTIAL, Spark

# What pyspark says of pandas 3, of which nothing is used here.
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")]

StartTenant = Callable[[Dataset], Emulator]


def dataset() -> Dataset:
    return Dataset.generate(organizers=4, meetings=1, recordings=2, content_size=(1_000, 50_000))


@pytest.mark.parametrize("table", ["recordings", "transcripts"])
def test_contents_are_saved_once_as_the_service_has_them(
    spark: Spark, tenant: StartTenant, tmp_path: Path, table: str
) -> None:
    emulator = tenant(source := dataset())
    artifacts = spark.read(emulator, table, organizers="users", organizers_per_partition=2)
    saved = save_contents(artifacts, tmp_path, table=table, base_url=emulator.base_url, credential=CREDENTIAL)
    rows = saved.collect()
    ofs = {"recordings": source.recordings, "transcripts": source.transcripts}[table]
    assert sorted(row["id"] for row in rows) == sorted(str(it["id"]) for who in source.organizers for it in ofs(who))
    for row in rows:
        assert row["content_problem"] is None
        data = (tmp_path / row["content_file"]).read_bytes()
        assert (row["content_size"], row["content_sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".mp4", ".vtt"}
    before = len(emulator.download_requests) + len(emulator.requests)
    # Again: the artifacts are asked for, their contents are not.
    assert sorted(saved.collect(), key=lambda row: row["id"]) == sorted(rows, key=lambda row: row["id"])
    asked = len(emulator.download_requests) + len(emulator.requests) - before
    assert asked <= 3 * len(source.organizers)


def test_tasks_that_are_killed_leave_whole_files(spark: Spark, tenant: StartTenant, tmp_path: Path) -> None:
    emulator = tenant(dataset())
    artifacts = spark.read(emulator, "recordings", organizers="users", organizers_per_partition=100)
    options = {"table": "recordings", "base_url": emulator.base_url, "concurrency": "1"}
    deadly = "tests.support.failing_credential.deadly"
    rows = save_contents(artifacts, tmp_path, **options, credential=deadly).collect()
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.mp4")}
    assert files == {row["content_file"] for row in rows}
    assert all(
        hashlib.sha256((tmp_path / row["content_file"]).read_bytes()).hexdigest() == row["content_sha256"]
        for row in rows
    )


def test_what_has_no_content_any_more_says_why(spark: Spark, tenant: StartTenant, tmp_path: Path) -> None:
    emulator = tenant(source := dataset())
    rows = spark.read(emulator, "recordings", organizers="users", organizers_per_partition=100)
    kept = spark.session.createDataFrame(rows.collect(), rows.schema)
    gone = source.recordings(source.organizers[0])[0]
    source.remove(
        ("users", source.organizers[0], "onlineMeetings", str(gone["meetingId"]), "recordings", str(gone["id"]))
    )
    saved = save_contents(kept, tmp_path, table="recordings", base_url=emulator.base_url, credential=CREDENTIAL)
    (row,) = saved.where("content_problem IS NOT NULL").collect()
    assert row["id"] == gone["id"]
    assert row["content_problem"].startswith("404")
    assert row["content_file"] is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "calls"}, "the table 'calls' has no contents"),
        ({"table": "recordings", "since": "2026-01-01"}, "option 'since' has no effect on contents"),
        ({"table": "recordings", "token": "x"}, "looks like a secret"),
    ],
)
def test_a_wrong_option_of_contents_is_named(spark: Spark, options: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        save_contents(spark.session.createDataFrame([], "id string"), "x", **options)
