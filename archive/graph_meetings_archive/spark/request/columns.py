"""The columns of a read, their Arrow types, and the service's names for them."""

from collections.abc import Iterable, Sequence

from graph_meetings_archive.spark.request.options import TABLES, OptionError, Options
from graph_meetings_runtime.suggestion import suggestion
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.schema import Schema


def schema_of(options: Options) -> Schema:
    """Return the schema of the table that is read, with all columns."""
    schema = TABLES[options.table].schema
    return schema.with_raw() if options.raw else schema


def columns_of(options: Options) -> tuple[Column, ...]:
    """Return the columns that are read, in the requested order.

    Raises:
        OptionError: the table has no such column, or one is named twice.
    """
    schema = schema_of(options)
    for name in options.columns:
        if name not in schema:
            raise unknown_column(options, name, schema.names)
        if options.columns.count(name) > 1:
            raise OptionError(f"option 'columns' names {name!r} twice")
    return tuple(schema[name] for name in options.columns) or schema.columns


def unknown_column(options: Options, name: str, known: Sequence[str]) -> OptionError:
    """Return the error for a column that a table lacks."""
    hint = suggestion(name, known, f"it has {', '.join(known)}")
    if name == "raw" and not options.raw:
        hint = 'add .option("raw", "true")'
    return OptionError(f"the table {options.table!r} has no column {name!r}; {hint}")


def properties_of(columns: Iterable[Column]) -> frozenset[str]:
    """Return the properties of the service's objects that columns are read from."""
    return frozenset(column.path[0] for column in columns if column.path)
