"""What other libraries make of tables."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from graph_meetings_archive import tables
from graph_meetings_archive.tables import ColumnType
from graph_meetings_runtime.json_codec import JsonObject
from tests.tables.payload_items import payload, payload_items

pytestmark = pytest.mark.slow

REASON = "the environment that tests the wheel has only what clients need"
CALL = payload("callrecord_get_expand_sessions_segments")
ROW: JsonObject = {
    "id": "a",
    "charge": "12345678901234567890.123456789012345678",
    "startDateTime": "2025-03-03T07:12:08.2589935Z",
    "duration": 2**63 - 1,
}
BARE: JsonObject = {"id": "b"}


@pytest.fixture
def pyarrow() -> Any:
    return pytest.importorskip("pyarrow", reason=REASON)


def test_the_schema_of_arrow_has_types_nulls_and_descriptions(pyarrow: Any) -> None:
    schema = tables.streams.schema.to_arrow()
    assert schema.field("average_jitter").type == pyarrow.duration("us")
    assert schema.field("start_date_time").type == pyarrow.timestamp("us", "UTC")
    assert schema.field("caller_network_link_speed").type == pyarrow.int64()
    assert (schema.field("call_id").nullable, schema.field("caller_network_subnet").nullable) == (False, True)
    assert schema.field("caller_network_subnet").metadata == {b"description": b"The subnet of the endpoint."}
    assert tables.pstn_calls.schema.to_arrow().field("charge").type == pyarrow.decimal128(38, 18)
    assert tables.calls.schema.to_arrow().field("modalities").type == pyarrow.list_(pyarrow.string())


@pytest.mark.usefixtures("pyarrow")
def test_no_rows_have_the_same_schema_as_many() -> None:
    for table in tables.ALL:
        parents: dict[str, Any] = {
            column.name: "x" for column in table.schema if column.is_given and not column.nullable
        }
        empty = table.to_arrow([], **parents)
        assert (empty.num_rows, empty.schema) == (0, table.schema.to_arrow())


def test_parquet_gives_back_every_value(pyarrow: Any, tmp_path: Any) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason=REASON)
    table = tables.pstn_calls.to_arrow([ROW, BARE])
    parquet.write_table(table, tmp_path / "calls.parquet")
    assert parquet.read_table(tmp_path / "calls.parquet").to_pylist() == list(tables.pstn_calls.rows([ROW, BARE]))
    assert isinstance(table, pyarrow.Table)


@pytest.mark.usefixtures("pyarrow")
def test_pandas_loses_nothing() -> None:
    pytest.importorskip("pandas", reason=REASON)
    frame = tables.pstn_calls.to_pandas([ROW, BARE])
    assert frame["charge"][0] == Decimal("12345678901234567890.123456789012345678")
    assert frame["duration"][0] == 2**63 - 1  # NumPy would make it a float beside a null
    assert frame["start_date_time"][0].to_pydatetime() == datetime(2025, 3, 3, 7, 12, 8, 258993, tzinfo=UTC)
    assert frame["charge"].isna().tolist() == [False, True]
    streams = tables.streams.to_pandas(CALL)
    assert streams["average_jitter"].mean() == timedelta(microseconds=11_500)


@pytest.mark.usefixtures("pyarrow")
def test_polars_loses_nothing() -> None:
    polars: Any = pytest.importorskip("polars", reason=REASON)
    frame = tables.pstn_calls.to_polars([ROW, BARE])
    assert frame.rows(named=True) == list(tables.pstn_calls.rows([ROW, BARE]))
    assert frame.schema["charge"] == polars.Decimal(38, 18)
    assert tables.streams.to_polars(CALL)["average_jitter"].to_list() == [
        timedelta(milliseconds=16),
        timedelta(milliseconds=7),
    ]


@pytest.mark.usefixtures("pyarrow")
def test_duckdb_reads_arrow_and_stores_each_type() -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=REASON)
    connection = duckdb.connect()
    for table, items in (
        (tables.pstn_calls, [ROW, BARE]),
        (tables.streams, CALL),
        (tables.calls, payload("callrecord_get")),
    ):
        connection.register("arrow", table.to_arrow(items))
        definition = ", ".join(f'"{column.name}" {column.type.duckdb}' for column in table.schema)
        connection.execute(f"CREATE OR REPLACE TABLE stored ({definition})")
        connection.execute("INSERT INTO stored SELECT * FROM arrow")
        names = [column.name for column in table.schema]
        stored = [dict(zip(names, row, strict=True)) for row in connection.execute("FROM stored").fetchall()]
        assert stored == list(table.rows(items))
    connection.close()


@pytest.mark.parametrize("library", ["pyarrow", "pandas", "polars"])
def test_without_a_library_the_error_says_what_to_install(library: str) -> None:
    method = {"pyarrow": "to_arrow", "pandas": "to_pandas", "polars": "to_polars"}[library]
    program = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == {library!r}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
from graph_meetings_archive import tables
try:
    tables.calls.{method}({{"id": "c"}})
except ImportError as error:
    print(error)
"""
    pytest.importorskip("pyarrow", reason=REASON)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{library} is not installed: pip install 'graph-meetings[parquet]'")


def test_importing_tables_imports_no_other_library() -> None:
    program = (
        "import graph_meetings_archive.tables, sys; print({'pyarrow', 'pandas', 'polars', 'duckdb'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_importing_the_client_imports_no_tables() -> None:
    program = "import graph_meetings, sys; print([name for name in sys.modules if 'tables' in name])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_type_has_a_column_somewhere() -> None:
    assert {column.type for table in tables.ALL for column in table.schema} == set(ColumnType)


@pytest.mark.usefixtures("pyarrow")
def test_a_page_of_payload_items_is_one_table() -> None:
    items = payload_items("getpstncalls_page1")
    assert tables.pstn_calls.to_arrow(items).num_rows == len(items)
