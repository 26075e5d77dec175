"""Files of Parquet, as their codec writes them."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from graph_meetings_archive.formats import parquet
from graph_meetings_archive.formats.arrays import arrow_array
from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.storage.unit import Row, StoredTable
from graph_meetings_archive.tables import Column, ColumnType

pyarrow_parquet: Any = import_module("pyarrow.parquet")


def test_no_array_gets_so_many_rows_that_their_text_can_exceed_2_gib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []

    def counted(arrow: Any, of_type: ColumnType, type_: Any, values: Any) -> Any:
        lengths.append(len(values))
        return arrow_array(arrow, of_type, type_, values)

    monkeypatch.setattr(parquet, "arrow_array", counted)
    table = StoredTable("texts", (Column("id", ColumnType.TEXT, "Id."),), key=("id",), owner=("id",))
    rows: list[Row] = [(f"{number}",) for number in range(2500)]
    target = tmp_path / "texts.parquet"
    assert parquet.ParquetCodec().write(table, target, Rewriting(None, frozenset(), frozenset(), rows)) == len(rows)
    assert max(lengths) <= 1024
    assert pyarrow_parquet.ParquetFile(target).read().column("id").to_pylist() == [id_ for (id_,) in rows]
