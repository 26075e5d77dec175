"""Rows on stdout: as a table for people, as JSON, JSON Lines or CSV for programs."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

import msgspec
from rich.table import Table

from graph_meetings_archive.command.output.columns import Column, Row
from graph_meetings_archive.command.output.terminal import is_terminal, out
from graph_meetings_archive.command.usage.options import RowFormat
from graph_meetings_archive.formats.csv import harmless
from graph_meetings_archive.tables import ColumnType, Schema

_PAGE: Final = 200
"""Rows of a table that are printed together. Later ones align with them, because widths are fixed."""


def print_rows(rows: Iterable[Row], schema: Schema, columns: Sequence[Column], format: RowFormat | None) -> None:
    """Print rows as they arrive.

    Args:
        rows: of a table.
        schema: of the table.
        columns: the columns that people see.
        format: of the output; `None` for a table on a terminal and JSON Lines elsewhere.
    """
    match format or ("table" if is_terminal() else "jsonl"):
        case "table":
            _print_table(rows, columns)
        case "csv":
            _print_csv(rows, schema)
        case "json":
            _print_json(rows, schema)
        case "jsonl":
            for row in rows:
                sys.stdout.write(f"{_json(row, schema)}\n")


def _print_table(rows: Iterable[Row], columns: Sequence[Column]) -> None:
    waiting = iter(rows)
    console = out()
    has_heading = True
    for first in waiting:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=has_heading, header_style="bold")
        table.expand = any(column.width is None for column in columns)
        for column in columns:
            table.add_column(
                column.title.upper(),
                width=column.width,
                ratio=1 if column.width is None else None,
                no_wrap=True,
                overflow="ellipsis",
                justify="right" if column.is_number else "left",
            )
        for row in chain([first], islice(waiting, _PAGE - 1)):
            table.add_row(*(column.show(row) for column in columns))
        console.print(table)
        has_heading = False


def _print_json(rows: Iterable[Row], schema: Schema) -> None:
    opening = "[\n"
    for row in rows:
        sys.stdout.write(f"{opening}{_json(row, schema)}")
        opening = ",\n"
    sys.stdout.write("[]\n" if opening == "[\n" else "\n]\n")


def _json(row: Row, schema: Schema) -> str:
    values = {column.name: column.type.json_value(row.get(column.name)) for column in schema}
    return msgspec.json.encode(values).decode()


def _print_csv(rows: Iterable[Row], schema: Schema) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(schema.names)
    for row in rows:
        writer.writerow(_cells(row, schema))


def _cells(row: Row, schema: Schema) -> Iterator[str]:
    for column in schema:
        text = column.type.text(row.get(column.name))
        yield harmless(text) if column.type is ColumnType.TEXT else text
