"""What the Spark source asks the service for, and the rows that it makes, without Spark."""

import json
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError

from graph_meetings.blocking import GraphMeetingsClient, NotFound
from graph_meetings_archive.blocking import (
    Archive,
    Attendance,
    CallRecords,
    DirectRoutingCalls,
    PstnCalls,
    Recordings,
    Transcripts,
)
from graph_meetings_archive.spark import OptionError
from graph_meetings_archive.spark.planning.planning import OF_MEETINGS, OF_ORGANIZERS, plan, shares_of
from graph_meetings_archive.spark.planning.work import OrganizerWork
from graph_meetings_archive.spark.reading.in_order import in_order
from graph_meetings_archive.spark.reading.reading import read_partition
from graph_meetings_archive.spark.request.columns import columns_of
from graph_meetings_archive.spark.request.options import TABLES, read_options
from graph_meetings_archive.spark.request.service import threads_of
from graph_meetings_emulator import Emulator
from graph_meetings_runtime.tables.column_type import ColumnType
from tests.archive.conftest import SINCE, small_dataset
from tests.support import archived
from tests.support.emulated_credential import TOKEN

_arrow: Any = import_module("pyarrow")  # it has no types
_parquet: Any = import_module("pyarrow.parquet")

CREDENTIAL = "tests.support.emulated_credential.from_environment"
WHOLE = {"hours_per_partition": "10000"}


@pytest.fixture(scope="module")
def tenant() -> Iterator[Emulator]:
    with Emulator(small_dataset(), page_size=5) as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv(TOKEN, running.token)
        yield running


@pytest.fixture(scope="module")
def archive(tenant: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of all that the tenant has."""
    folder = tmp_path_factory.mktemp("archive")
    feeds = (
        Recordings(),
        Transcripts(content=True),
        Attendance(),
        CallRecords(),
        PstnCalls(since=SINCE),
        DirectRoutingCalls(since=SINCE),
    )
    with (
        GraphMeetingsClient(tenant.blocking_credential, base_url=tenant.base_url) as graph,
        Archive(folder, graph, format="parquet") as opened,
    ):
        assert opened.update(tenant.dataset.organizers, *feeds).failures == ()
    return folder


def given(emulator: Emulator, table: str, **options: str) -> dict[str, str]:
    """Return the options of a read, as Spark would pass them on."""
    of_whom = {"organizers": ",".join(emulator.dataset.organizers)} if table in OF_ORGANIZERS | OF_MEETINGS else {}
    since = {} if table in OF_ORGANIZERS else {"since": SINCE.date().isoformat()}
    always = {"table": table, "base_url": emulator.base_url, "credential": CREDENTIAL}
    return {**always, **of_whom, **since, **WHOLE, **options}


def read(emulator: Emulator, table: str, **options: str) -> list[dict[str, Any]]:
    checked = read_options(given(emulator, table, **options))
    work = plan(checked)
    tables = [found for each in work for found in read_partition(checked, each, shares_of(checked, len(work)))]
    return [_decoded(table, row) for found in tables for row in found.to_pylist()]


def _decoded(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Decode JSON, as `archived.rows` does."""
    types = {column.name: column.type for column in TABLES[table].schema.with_raw()}
    return {
        name: json.loads(value) if types[name] is ColumnType.JSON and value is not None else value
        for name, value in row.items()
    }


def refuse(options: dict[str, str]) -> None:
    """Go as far as the driver does."""
    checked = read_options(options)
    columns_of(checked)
    plan(checked)


def in_key_order(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: tuple(row[name] for name in TABLES[table].key))


# Rows


@pytest.mark.parametrize("table", TABLES)
def test_each_table_has_the_rows_of_an_archive(tenant: Emulator, archive: Path, table: str) -> None:
    names = TABLES[table].schema.names
    expected = [{name: row[name] for name in names} for row in archived.rows(archive, table)]
    assert expected
    assert in_key_order(table, read(tenant, table)) == expected


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ("recordings", {"organizers_per_partition": "1"}),
        ("attendance", {"organizers_per_partition": "1"}),
        ("calls", {"hours_per_partition": "24"}),
        ("pstn_calls", {"hours_per_partition": "24"}),
    ],
)
def test_partitions_have_every_row_once(tenant: Emulator, table: str, options: dict[str, str]) -> None:
    many = read(tenant, table, **options)
    assert len(plan(read_options(given(tenant, table, **options)))) > 1
    assert in_key_order(table, many) == in_key_order(table, read(tenant, table))


@pytest.mark.parametrize("table", ["recordings", "calls", "pstn_calls"])
def test_periods_side_by_side_have_every_row_once(tenant: Emulator, table: str) -> None:
    moment = "created_date_time" if table == "recordings" else "start_date_time"
    everything = read(tenant, table)
    # When a row begins: that moment belongs to one of the two.
    middle = sorted(row[moment] for row in everything)[len(everything) // 2].isoformat()
    parts = [*read(tenant, table, until=middle), *read(tenant, table, since=middle)]
    assert in_key_order(table, parts) == in_key_order(table, everything)


def test_a_period_that_has_not_begun_has_no_partitions(tenant: Emulator) -> None:
    assert plan(read_options(given(tenant, "recordings", since="2999-01-01"))) == []


def test_columns_are_those_that_were_asked_for_and_nothing_else_is_selected(tenant: Emulator) -> None:
    rows = read(tenant, "calls", columns="start_date_time,modalities")
    assert {tuple(row) for row in rows} == {("start_date_time", "modalities")}
    assert tenant.requests[-1].target.endswith("$select=id,modalities,startDateTime,version".replace("$", "%24"))


def test_raw_adds_the_json(tenant: Emulator) -> None:
    assert all(row["id"] == row["raw"]["id"] for row in read(tenant, "recordings", raw="true"))


# Organizers


@pytest.mark.parametrize("form", ["users", "names", "text", "parquet", "twice", "call-records"])
def test_organizers_are_named_in_several_ways(tenant: Emulator, tmp_path: Path, form: str) -> None:
    ids = list(tenant.dataset.organizers)
    names = [str(tenant.dataset.find(("users", each)).properties["userPrincipalName"]) for each in ids]
    (tmp_path / "organizers.txt").write_text("".join(f"{id_}  # one\n" for id_ in ids))
    (tmp_path / "spark").mkdir()
    _parquet.write_table(_arrow.table({"organizer_id": ids}), tmp_path / "spark" / "part-0.parquet")
    (tmp_path / "spark" / "_SUCCESS").write_text("")
    forms = {
        "users": "users",
        "names": ", ".join(names),
        "text": str(tmp_path / "organizers.txt"),
        "parquet": str(tmp_path / "spark"),
        "twice": f"{ids[0]},{ids[1].upper()},{ids[1]}",
        "call-records": "call-records",
    }
    (work,) = plan(read_options(given(tenant, "recordings", organizers=forms[form])))
    assert isinstance(work, OrganizerWork)
    assert {each.lower() for each in work.organizers} >= set(ids)
    assert len(work.organizers) == len({each.lower() for each in work.organizers})


# Options and errors


def test_organizers_who_cannot_be_read_fail_the_read_or_are_skipped(tenant: Emulator) -> None:
    known, unknown = tenant.dataset.organizers[0], "00000000-0000-4000-8000-000000000000"
    both = f"{unknown},{known}"
    with pytest.raises(NotFound):
        read(tenant, "recordings", organizers=both)
    kept = read(tenant, "recordings", organizers=both, unreadable_organizers="skip")
    assert {row["organizer_id"] for row in kept} == {known}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "recordins"}, "option 'table': unknown value 'recordins'; did you mean 'recordings'?"),
        ({"organizer": "users"}, "unknown option 'organizer'; did you mean 'organizers'?"),
        ({"columns": "id,strat"}, "the table 'recordings' has no column 'strat'"),
        ({"columns": "raw"}, 'no column \'raw\'; add .option("raw", "true")'),
        ({"columns": "id,id"}, "option 'columns' names 'id' twice"),
        ({"columns": "id,"}, "option 'columns' must be column names with commas between them"),
        (
            {"since": "yesterday"},
            "option 'since' must be a date and time like 2026-01-31T14:00Z, or a date, not 'yesterday'",
        ),
        ({"since": "2026-01-31T14:00"}, "option 'since' must be a date, or a time with its UTC offset"),
        ({"since": "2026-02-01", "until": "2026-02-01"}, "option 'until' must be after option 'since'"),
        ({"parallelism": "0"}, "option 'parallelism' must be a whole number, at least 1, not '0'"),
        ({"rate": "0"}, "option 'rate' must be a number of requests a second, above 0, not '0'"),
        ({"raw": "yes"}, "option 'raw': unknown value 'yes'; values are true, false"),
        ({"cloud": "china2"}, "option 'cloud': unknown value 'china2'; did you mean 'china'?"),
        ({"base_url": "http://graph.example"}, "option 'base_url': "),
        ({"organizers": "ann"}, "'ann' is neither an id nor a user principal name"),
        ({"organizers": "./nowhere.txt"}, "option 'organizers': nowhere.txt cannot be read: No such file"),
        ({"table": "calls"}, "the table 'calls' is of the whole tenant; remove option 'organizers'"),
        ({"credential": "nowhere.made"}, "option 'credential': nowhere.made cannot be imported"),
        ({"credential": "tests.support.emulated_credential.nothing"}, "nothing() returned NoneType, which has no"),
    ],
)
def test_a_wrong_option_is_named_before_anything_is_read(
    tenant: Emulator, options: dict[str, str], message: str
) -> None:
    before = len(tenant.requests)
    with pytest.raises(OptionError) as refused:
        refuse(given(tenant, "recordings") | options)
    assert message in str(refused.value)
    assert len(tenant.requests) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token", "abc"),
        ("client_secret", "abc"),
        ("Password", "abc"),
        ("credential", "eyJ0eXAiOiJKV1Qi.eyJhdWQi.c2ln"),
        ("organizers", "Bearer abc"),
        ("credential", "s3cr3t-of-the-app"),
    ],
)
def test_a_secret_is_refused_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(OptionError, match="credential") as refused:
        read_options({"table": "recordings", name: value})
    assert value not in str(refused.value)


def test_a_table_is_needed() -> None:
    with pytest.raises(
        OptionError, match=r"option 'table' is missing: add \.option\(\"table\", …\) with one of recordings"
    ):
        read_options({})


def test_whose_artifacts_must_be_said() -> None:
    options = read_options({"table": "transcripts", "credential": CREDENTIAL})
    with pytest.raises(OptionError, match=r"whose transcripts\? Add"):
        plan(options)


def test_a_credential_that_returns_no_token_is_named_on_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "x")

    def refuse(*_: object, **__: object) -> None:
        raise ClientAuthenticationError("nobody is signed in")

    monkeypatch.setattr("graph_meetings_emulator.BlockingEmulatorCredential.get_token", refuse)
    with pytest.raises(OptionError, match="from_environment returned no token: nobody is signed in"):
        plan(read_options({"table": "calls", "credential": CREDENTIAL}))


# Shares


def test_partitions_that_are_read_at_a_time_share_the_requests_under_way() -> None:
    options = read_options({"table": "calls", "concurrency": "10", "parallelism": "4"})
    assert [shares_of(options, partitions) for partitions in (0, 1, 3, 4, 100)] == [1, 1, 3, 4, 4]
    assert [threads_of(options, shares) for shares in (1, 4, 40)] == [10, 2, 1]


def test_partitions_that_are_read_at_a_time_share_the_rate(tenant: Emulator) -> None:
    options = given(tenant, "transcript_cues", organizers_per_partition="1", rate="40", parallelism="2")
    checked = read_options(options)
    first, *_ = plan(checked)
    before, started = len(tenant.requests), time.monotonic()
    list(read_partition(checked, first, 2))
    requests = len(tenant.requests) - before
    assert requests > 1
    assert time.monotonic() - started >= (requests - 1) / 20


def test_results_come_in_order_and_no_more_are_made_than_threads_work_on() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    results = in_order(lambda number: number * number, items(), 3)
    assert next(results) == 0
    assert taken == [0, 1, 2]
    assert list(results) == [number * number for number in range(1, 10)]


def test_an_error_comes_where_its_result_would_have() -> None:
    results = in_order(lambda number: 1 // number, [2, 1, 0], 2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
