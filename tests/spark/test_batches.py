"""Batches: tables of a tenant as Spark reads them."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pyspark.errors import AnalysisException, PySparkException

from graph_meetings_archive.spark.request.options import TABLES
from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_runtime.tables.column_type import ColumnType
from tests.spark.conftest import Spark

pytestmark = pytest.mark.spark

StartTenant = Callable[[Dataset], Emulator]

TYPES = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "bigint",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DOUBLE: "double",
    ColumnType.DECIMAL: "decimal(38,18)",
    ColumnType.MOMENT: "timestamp",
    ColumnType.DURATION: "interval day to second",
    ColumnType.LIST_OF_TEXT: "array<string>",
    ColumnType.JSON: "string",
}


def dataset(organizers: int = 5) -> Dataset:
    return Dataset.generate(organizers=organizers, recordings=2, content_size=1_000, call_records=1)


def ids_of(source: Dataset) -> Counter[str]:
    return Counter(str(each["id"]) for organizer in source.organizers for each in source.recordings(organizer))


# Rows


@pytest.mark.parametrize("table", ["transcript_cues", "streams"])
def test_a_table_has_its_columns_in_spark_s_types(spark: Spark, tenant: StartTenant, table: str) -> None:
    emulator = tenant(dataset())
    whose = {"organizers": "users"} if table == "transcript_cues" else {"since": "2026-01-01"}
    frame = spark.read(emulator, table, hours_per_partition=10_000, **whose)
    columns = TABLES[table].schema.columns
    assert [(field.name, field.dataType.simpleString(), field.metadata["comment"]) for field in frame.schema] == [
        (column.name, TYPES[column.type], column.doc) for column in columns
    ]
    assert frame.count() > 0


def test_moments_and_charges_keep_their_digits(spark: Spark, tenant: StartTenant) -> None:
    emulator = tenant(source := Dataset())
    row = source.add_log_rows("getPstnCalls", start=datetime(2026, 2, 3, tzinfo=UTC))[0]
    row |= {"charge": 0.000000000000000001, "startDateTime": "2026-02-03T04:05:06.123456Z"}
    (found,) = spark.read(emulator, "pstn_calls", since="2026-02-01", until="2026-03-01").collect()
    assert found["charge"] == Decimal("0.000000000000000001")
    assert found["start_date_time"] == datetime(2026, 2, 3, 4, 5, 6, 123456)  # noqa: DTZ001  Spark's, in UTC here


def test_partitions_of_organizers_have_every_row_once(spark: Spark, tenant: StartTenant) -> None:
    emulator = tenant(source := dataset(organizers=20))
    frame = spark.read(emulator, "recordings", organizers="users", organizers_per_partition=3)
    assert frame.rdd.getNumPartitions() == 7
    assert Counter(row["id"] for row in frame.select("id").collect()) == ids_of(source)


@pytest.mark.parametrize("credential", [pytest.param("failing", marks=pytest.mark.long), "deadly"])
def test_a_task_that_fails_twice_repeats_nothing(spark: Spark, tenant: StartTenant, credential: str) -> None:
    emulator = tenant(source := dataset(organizers=12))
    frame = spark.read(
        emulator,
        "recordings",
        organizers=",".join(source.organizers),
        organizers_per_partition=6,
        concurrency=1,
        credential=f"tests.support.failing_credential.{credential}",
    )
    assert Counter(row["id"] for row in frame.select("id").collect()) == ids_of(source)
    asked = Counter(request.target for request in emulator.requests)
    assert max(asked.values()) == 3  # the first organizer of each partition, in each attempt


# What is asked for


def test_a_schema_of_one_s_own_chooses_columns(spark: Spark, tenant: StartTenant) -> None:
    emulator = tenant(dataset())
    reader = spark.reader(emulator, "calls", since="2026-01-01", hours_per_partition=10_000)
    rows = reader.schema("type string, start_date_time timestamp").load().collect()
    assert all(set(row.asDict()) == {"type", "start_date_time"} for row in rows)
    assert "%24select=id,startDateTime,type,version" in emulator.requests[-1].target


def test_filters_narrow_what_the_service_is_asked_for(spark: Spark, tenant: StartTenant) -> None:
    emulator = tenant(source := dataset())
    first = source.organizers[0]
    frame = spark.read(emulator, "recordings", organizers="users", push_filters="true")
    found = frame.where(f"organizer_id = '{first}' AND created_date_time >= timestamp'2026-03-01 00:00:00'")
    expected = {str(each["id"]) for each in source.recordings(first) if str(each["createdDateTime"]) >= "2026-03-01"}
    assert {row["id"] for row in found.collect()} == expected
    asked = {request.target for request in emulator.requests if "getAllRecordings" in request.target}
    assert len(asked) == 1
    assert re.search(f"{first}.*startDateTime=2026-03-01T00:00:00Z", asked.pop())


# Errors, on the driver


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "recordins"}, "did you mean 'recordings'"),
        ({"organizers": "users", "access_token": "eyJhbGciOi.x"}, "'access_token' looks like a secret"),
        ({}, "whose recordings?"),
    ],
)
def test_a_wrong_option_is_named_by_spark(
    spark: Spark, tenant: StartTenant, options: dict[str, str], message: str
) -> None:
    emulator = tenant(Dataset())
    with pytest.raises(AnalysisException, match=re.escape(message)):
        spark.read(emulator, options.pop("table", "recordings"), **options).count()
    assert not emulator.requests


def test_a_schema_with_another_type_is_refused(spark: Spark, tenant: StartTenant) -> None:
    reader = spark.reader(tenant(Dataset()), "calls").schema("version string")
    with pytest.raises(PySparkException, match="'version' of the table 'calls' is bigint, not string"):
        reader.load().count()


# Secrets


def test_no_secret_is_in_plans_pickles_or_event_logs(spark: Spark, tenant: StartTenant) -> None:
    emulator = tenant(dataset())
    frame = spark.read(emulator, "recordings", organizers="users")
    assert frame.count() > 0
    plan = frame._jdf.queryExecution().toString()
    assert "graph_meetings" in plan
    assert spark.token not in plan
    logs = [path.read_text() for path in spark.events.rglob("*") if path.is_file()]
    assert any("SparkListenerTaskEnd" in log for log in logs)
    assert not any(spark.token in log for log in logs)
