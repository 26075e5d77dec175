"""The formats by their names."""

from functools import partial
from typing import Final, Literal, TypeAlias, get_args

from graph_meetings_archive.formats.csv import CsvCodec
from graph_meetings_archive.formats.duckdb import DuckdbFormat
from graph_meetings_archive.formats.jsonl import JsonlCodec
from graph_meetings_archive.formats.parquet import ParquetCodec
from graph_meetings_archive.formats.parts import PartsFormat
from graph_meetings_archive.formats.sqlite import SqliteFormat
from graph_meetings_archive.storage.format import MakesFormat

FormatName: TypeAlias = Literal["sqlite", "csv", "jsonl", "parquet", "duckdb"]

FORMATS: Final[tuple[str, ...]] = get_args(FormatName)


def format_of(name: str) -> MakesFormat:
    """Return what makes a format.

    Raises:
        ModuleNotFoundError: it needs a library that is not installed.
        ValueError: there is no such format.
    """
    match name:
        case "sqlite":
            return SqliteFormat
        case "duckdb":
            return DuckdbFormat
        case "csv":
            return partial(PartsFormat, CsvCodec())
        case "jsonl":
            return partial(PartsFormat, JsonlCodec())
        case "parquet":
            return partial(PartsFormat, ParquetCodec())
        case _:
            raise ValueError(f"unknown format {name!r}; the formats are {', '.join(FORMATS)}")
