"""Whatever the items are, rows hold their values, and every form of the rows holds the same."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_meetings_archive import tables
from graph_meetings_archive.tables import Column, ColumnType, Table
from graph_meetings_runtime.json_codec import JsonObject, JsonValue, decode_json, encode_json
from graph_meetings_runtime.models.values import edm
from graph_meetings_runtime.models.values.edm_type import EdmType
from graph_meetings_runtime.tables.column import NUMBER
from tests.tables.made_up import items_of, parents_of

# Cues are no JSON.
MADE_FROM_JSON = [table for table in tables.ALL if table is not tables.transcript_cues]
each_table = pytest.mark.parametrize("table", MADE_FROM_JSON, ids=lambda table: table.name)
# Together they have columns of every type.
few_tables = pytest.mark.parametrize(
    "table", [tables.calls, tables.pstn_calls, tables.streams], ids=lambda table: table.name
)

# How a model reads a value; a row must not differ.
AS_MODELS_DO: dict[ColumnType, EdmType[Any]] = {
    ColumnType.TEXT: edm.STRING,
    ColumnType.INTEGER: edm.INT64,
    ColumnType.BOOLEAN: edm.BOOLEAN,
    ColumnType.DOUBLE: edm.DOUBLE,
    ColumnType.DECIMAL: edm.DECIMAL,
    ColumnType.MOMENT: edm.DATE_TIME_OFFSET,
    ColumnType.DURATION: edm.DURATION,
}

FROM_TEXT: dict[ColumnType, Callable[[str], Any]] = {
    ColumnType.INTEGER: int,
    ColumnType.BOOLEAN: {"true": True, "false": False}.__getitem__,
    ColumnType.DOUBLE: float,
    ColumnType.DECIMAL: Decimal,
    ColumnType.MOMENT: datetime.fromisoformat,
    ColumnType.DURATION: lambda text: timedelta(microseconds=int(Decimal(text) * 1_000_000)),
    ColumnType.LIST_OF_TEXT: json.loads,
}


def expected(table: Table, items: list[JsonObject], parents: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield rows, made the slow and simple way: one value after the other."""

    def down(level: int, found: JsonObject, number: int, above: dict[str, Any]) -> Iterator[dict[str, Any]]:
        columns = table.levels[level].columns
        row = {**above, **{column.name: value(column, found, number, parents) for column in columns}}
        if level + 1 == len(table.levels):
            yield row
            return
        inner: Any = found.get(table.levels[level + 1].property) or []
        for position, each in enumerate(inner, 1):
            yield from down(level + 1, each, position, row)

    for position, item in enumerate(items, 1):
        yield from down(0, item, position, {})


def value(column: Column, found: JsonValue, number: int, parents: dict[str, Any]) -> Any:
    if column.name in parents:
        return parents[column.name]
    if column.path == (NUMBER,):
        return number
    for name in column.path or ("?",):
        found = found.get(name) if isinstance(found, dict) else None
    if found is None or column.type is ColumnType.LIST_OF_TEXT:
        return found
    if column.type is ColumnType.JSON:
        return encode_json(found).decode()
    return AS_MODELS_DO[column.type].read(found)


@each_table
@settings(max_examples=max(5, settings().max_examples // 2))
@given(data=st.data())
def test_rows_hold_every_value_of_their_columns_as_a_model_reads_it(table: Table, data: st.DataObject) -> None:
    items = data.draw(items_of(table))
    parents = parents_of(table)
    assert list(table.rows(items, **parents)) == list(expected(table, items, parents))


@few_tables
@given(data=st.data())
def test_values_are_of_the_type_of_their_column(table: Table, data: st.DataObject) -> None:
    for row in table.rows(data.draw(items_of(table)), **parents_of(table)):
        for column in table.schema:
            assert type(row[column.name]) is column.type.python or (column.nullable and row[column.name] is None)


@few_tables
@given(data=st.data())
def test_arrow_holds_the_same_as_rows(table: Table, data: st.DataObject) -> None:
    pytest.importorskip("pyarrow")
    items = data.draw(items_of(table))
    arrow = table.to_arrow(items, raw=True, **parents_of(table))
    assert arrow.to_pylist() == list(table.rows(items, raw=True, **parents_of(table)))
    assert arrow.schema == table.schema.with_raw().to_arrow()


@few_tables
@given(data=st.data())
def test_text_gives_back_the_value(table: Table, data: st.DataObject) -> None:
    for row in table.rows(data.draw(items_of(table)), **parents_of(table)):
        line = io.StringIO()
        csv.writer(line).writerow(column.type.text(row[column.name]) for column in table.schema)
        (cells,) = csv.reader(io.StringIO(line.getvalue(), newline=""))
        for column, text in zip(table.schema, cells, strict=True):
            cell = row[column.name]
            assert from_text(column.type, text) == cell or (cell is None and text == "")


def from_text(type_: ColumnType, text: str) -> Any:
    return FROM_TEXT.get(type_, str)(text) if text else ""


@few_tables
@given(data=st.data())
def test_json_gives_back_the_value(table: Table, data: st.DataObject) -> None:
    for row in table.rows(data.draw(items_of(table)), **parents_of(table)):
        written = {column.name: column.type.json_value(row[column.name]) for column in table.schema}
        read = decode_json(msgspec.json.encode(written))
        assert isinstance(read, dict)
        for column in table.schema:
            assert from_json(column.type, read[column.name]) == row[column.name]


def from_json(type_: ColumnType, read: JsonValue) -> Any:
    if read is None or type_ in {ColumnType.TEXT, ColumnType.LIST_OF_TEXT}:
        return read
    if type_ is ColumnType.JSON:
        return encode_json(read).decode()
    if type_ is ColumnType.DURATION:
        return timedelta(microseconds=int(edm.DECIMAL.read(read) * 1_000_000))
    return AS_MODELS_DO[type_].read(read)


@few_tables
@given(data=st.data())
def test_sqlite_gives_back_the_value(table: Table, data: st.DataObject) -> None:
    rows = list(table.rows(data.draw(items_of(table)), **parents_of(table)))
    columns = list(table.schema)
    with sqlite3.connect(":memory:") as database:
        definition = ", ".join(f'"{column.name}" {column.type.sqlite}' for column in columns)
        database.execute(f"CREATE TABLE t ({definition})")
        marks = ", ".join("?" * len(columns))
        stored = [[column.type.sqlite_value(row[column.name]) for column in columns] for row in rows]
        database.executemany(f"INSERT INTO t VALUES ({marks})", stored)  # noqa: S608  no values in it
        for row, cells in zip(rows, database.execute("SELECT * FROM t ORDER BY rowid"), strict=True):
            for column, cell in zip(columns, cells, strict=True):
                assert from_sqlite(column.type, cell) == row[column.name]
    database.close()


def from_sqlite(type_: ColumnType, cell: Any) -> Any:
    if type_ is ColumnType.DURATION and cell is not None:
        return timedelta(seconds=cell)
    return FROM_TEXT.get(type_, str)(cell) if isinstance(cell, str) else cell


def test_moments_as_text_sort_by_time() -> None:
    moments = [
        datetime(1, 2, 3, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    ]
    texts = [ColumnType.MOMENT.text(moment) for moment in moments]
    assert (
        texts
        == sorted(texts)
        == ["0001-02-03T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000001Z"]
    )


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(milliseconds=16), "0.016"),
        (timedelta(0), "0"),
        (timedelta(seconds=-1), "-1"),
        (timedelta(hours=1), "3600"),
        (timedelta(microseconds=-1), "-0.000001"),
    ],
)
def test_durations_as_text_are_seconds(duration: timedelta, text: str) -> None:
    assert ColumnType.DURATION.text(duration) == text
    assert msgspec.json.encode(ColumnType.DURATION.json_value(duration)) == text.encode()
