"""The columns of every table, reviewed: names, types and order are what users build on."""

import os
from pathlib import Path

import pytest

from graph_meetings_archive import tables
from graph_meetings_archive.tables import Table

_GOLDEN = Path(__file__).with_name("schemas.txt")


def schema_lines(table: Table) -> list[str]:
    columns = (f"    {c.name}: {c.type.value}{'' if c.nullable else ', never null'}" for c in table.schema)
    return [f"{table.name}, key {', '.join(table.key)}", *columns, ""]


def test_schemas_are_those_that_were_reviewed() -> None:
    fresh = "\n".join(line for table in tables.ALL for line in schema_lines(table))
    if os.environ.get("UPDATE_GOLDEN"):
        _GOLDEN.write_text(fresh, encoding="utf-8")
    assert fresh == _GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.name)
def test_a_key_comes_first_where_its_columns_are_not_those_of_the_object_itself(table: Table) -> None:
    assert set(table.key) <= set(table.schema.names)
    assert all(not table.schema[name].nullable for name in table.key)


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.name)
def test_columns_have_different_names_and_a_description(table: Table) -> None:
    assert len(set(table.schema.names)) == len(table.schema)
    assert [column.name for column in table.schema if not column.doc.endswith(".")] == []
