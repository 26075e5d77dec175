"""Arrow, and what reads it."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, Final, TypeAlias

from graph_meetings_runtime.tables.cells import Nulls
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import DECIMAL_DIGITS, DECIMAL_SCALE, ColumnType

# The libraries have no types of their own, or are not installed.
ArrowSchema: TypeAlias = Any
"""A `pyarrow.Schema`."""

ArrowTable: TypeAlias = Any
"""A `pyarrow.Table`."""

PandasFrame: TypeAlias = Any
"""A `pandas.DataFrame`."""

PolarsFrame: TypeAlias = Any
"""A `polars.DataFrame`."""

_INSTALL: Final = {
    "pyarrow": "'graph-meetings[parquet]'",
    "pandas": "'graph-meetings[parquet]' pandas",
    "polars": "'graph-meetings[parquet]' polars",
}


def library(name: str) -> Any:
    """Import a library.

    Raises:
        ImportError: it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ImportError(f"{name} is not installed: pip install {_INSTALL[name]}", name=name) from None


def arrow_schema(columns: Iterable[Column]) -> ArrowSchema:
    """Return the schema of columns."""
    pyarrow = library("pyarrow")
    return pyarrow.schema(
        pyarrow.field(
            column.name, _arrow_type(pyarrow, column.type), column.nullable, metadata={"description": column.doc}
        )
        for column in columns
    )


def _arrow_type(pyarrow: Any, type_: ColumnType) -> Any:
    return {
        ColumnType.TEXT: pyarrow.string(),
        ColumnType.INTEGER: pyarrow.int64(),
        ColumnType.BOOLEAN: pyarrow.bool_(),
        ColumnType.DOUBLE: pyarrow.float64(),
        ColumnType.DECIMAL: pyarrow.decimal128(DECIMAL_DIGITS, DECIMAL_SCALE),
        ColumnType.MOMENT: pyarrow.timestamp("us", "UTC"),
        ColumnType.DURATION: pyarrow.duration("us"),
        ColumnType.LIST_OF_TEXT: pyarrow.list_(pyarrow.string()),
        ColumnType.JSON: pyarrow.string(),
    }[type_]


def arrow_table(schema: ArrowSchema, batches: Iterable[Sequence[list[Any]]]) -> ArrowTable:
    """Return a table of batches, each a list of cells for each column."""
    pyarrow = library("pyarrow")
    types = schema.types
    return pyarrow.Table.from_batches(
        [pyarrow.record_batch(list(_arrays(pyarrow, batch, types)), schema) for batch in batches], schema
    )


def _arrays(pyarrow: Any, batch: Sequence[list[Any]], types: Sequence[Any]) -> Iterator[Any]:
    nulls: dict[Any, Any] = {}
    for cells, type_ in zip(batch, types, strict=True):
        if type(cells) is not Nulls:
            yield pyarrow.array(cells, type_)
            continue
        if type_ not in nulls:
            nulls[type_] = pyarrow.nulls(len(cells), type_)
        yield nulls[type_]


def pandas_frame(table: ArrowTable) -> PandasFrame:
    """Return a frame whose columns keep Arrow's types, so that decimals, nulls and moments stay what they are."""
    return table.to_pandas(types_mapper=library("pandas").ArrowDtype)


def polars_frame(table: ArrowTable) -> PolarsFrame:
    """Return a frame that shares the table's memory by the Arrow C stream interface."""
    return library("polars").DataFrame(table)
