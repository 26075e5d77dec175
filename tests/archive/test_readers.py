"""Other libraries read the files of an archive as they are, without knowing of it."""

from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, FormatName
from graph_meetings_emulator import Dataset
from tests.archive.conftest import FEEDS
from tests.support import archived

pandas: Any = import_module("pandas")
polars: Any = import_module("polars")
TABLES = ("recordings", "transcript_cues", "streams", "pstn_calls", "attendance")


@pytest.fixture(params=["parquet", "csv", "jsonl"])
async def archive(request: pytest.FixtureRequest, graph: GraphMeetingsClient, dataset: Dataset, tmp_path: Path) -> Path:
    name: FormatName = request.param
    async with Archive(tmp_path, graph, format=name) as opened:
        await opened.update(dataset.organizers, *FEEDS)
    return tmp_path


def expected(folder: Path, table: str) -> list[tuple[object, ...]]:
    return archived.keys(folder, table)


def sorted_keys(rows: list[dict[str, Any]], table: str) -> list[tuple[object, ...]]:
    names = archived.TABLES[table].key
    texts = {column.name for column in archived.TABLES[table].columns if column.type.python is str}
    return sorted(
        tuple(str(row[name]).removeprefix("'") if name in texts else int(row[name]) for name in names) for row in rows
    )


def test_pandas(archive: Path) -> None:
    for table in TABLES:
        files = sorted((archive / table).iterdir())
        read = {".parquet": pandas.read_parquet, ".csv": pandas.read_csv, ".jsonl": _json_lines}[files[0].suffix]
        frame = pandas.concat([read(file) for file in files])
        assert sorted_keys(frame.to_dict("records"), table) == expected(archive, table)


def _json_lines(file: Path) -> Any:
    return pandas.read_json(file, lines=True, dtype=False)


def test_polars(archive: Path) -> None:
    for table in TABLES:
        files = sorted((archive / table).iterdir())
        read = {".parquet": polars.read_parquet, ".csv": _polars_csv, ".jsonl": _polars_json}[files[0].suffix]
        frame = polars.concat([read(file) for file in files])
        assert sorted_keys(frame.to_dicts(), table) == expected(archive, table)


def _polars_csv(file: Path) -> Any:
    return polars.read_csv(file, infer_schema_length=None)


def _polars_json(file: Path) -> Any:
    return polars.read_ndjson(file, infer_schema_length=None)


def test_duckdb(archive: Path) -> None:
    for table in TABLES:
        (suffix, *_) = {file.suffix for file in (archive / table).iterdir()}
        found = duckdb.sql(f"SELECT * FROM '{archive}/{table}/*{suffix}'")  # noqa: S608  a path of ours
        assert found is not None
        assert sorted_keys(found.pl().to_dicts(), table) == expected(archive, table)
