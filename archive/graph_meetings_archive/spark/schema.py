"""Columns in Spark's types."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from graph_meetings_archive.spark.request.columns import schema_of, unknown_column
from graph_meetings_archive.spark.request.options import OptionError, Options
from graph_meetings_runtime.tables.arrow import ArrowTable, library
from graph_meetings_runtime.tables.column import Column
from graph_meetings_runtime.tables.column_type import DECIMAL_DIGITS, DECIMAL_SCALE, ColumnType

_TYPES: Final[Mapping[ColumnType, Callable[[], DataType]]] = {
    ColumnType.TEXT: StringType,
    ColumnType.INTEGER: LongType,
    ColumnType.BOOLEAN: BooleanType,
    ColumnType.DOUBLE: DoubleType,
    ColumnType.DECIMAL: lambda: DecimalType(DECIMAL_DIGITS, DECIMAL_SCALE),
    ColumnType.MOMENT: TimestampType,
    ColumnType.DURATION: DayTimeIntervalType,
    ColumnType.LIST_OF_TEXT: lambda: ArrayType(StringType()),
    ColumnType.JSON: StringType,
}


def struct_of(columns: Sequence[Column]) -> StructType:
    """Return the schema of columns, with their descriptions as comments."""
    return StructType(
        [
            StructField(column.name, _TYPES[column.type](), column.nullable, {"comment": column.doc})
            for column in columns
        ]
    )


def columns_in(struct: StructType, options: Options) -> tuple[Column, ...]:
    """Return the columns that a schema names: ours, or one that the user has given.

    Raises:
        OptionError: the table has no such column, or the column has another type.
    """
    schema = schema_of(options)
    for field in struct:
        if field.name not in schema:
            raise unknown_column(options, field.name, schema.names)
        expected = _TYPES[schema[field.name].type]()
        if field.dataType != expected:
            raise OptionError(
                f"the column {field.name!r} of the table {options.table!r} is {expected.simpleString()}, not "
                f"{field.dataType.simpleString()}; cast it after reading"
            )
    return tuple(schema[field.name] for field in struct)


def in_schema(table: ArrowTable, struct: StructType) -> ArrowTable:
    """Return an Arrow table with the columns of a schema, nullable if those of the schema are."""
    fields = [table.schema.field(field.name).with_nullable(field.nullable) for field in struct]
    return table.select([field.name for field in fields]).cast(library("pyarrow").schema(fields))
