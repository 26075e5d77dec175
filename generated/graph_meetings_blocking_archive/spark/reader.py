# Made by codegen from archive/graph_meetings_archive/spark/reader.py; do not edit.
"""A batch: planned on the driver, read on executors."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace
from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from graph_meetings_archive.spark.reading.reading import read_partition
from graph_meetings_archive.spark.request.options import Options
from graph_meetings_archive.spark.schema import columns_in, in_schema
from graph_meetings_blocking_archive.spark.planning.planning import plan, shares_of


class BatchReader(DataSourceReader):
    """Reads a table once. It is pickled, and so are its partitions: none of them has a client or a credential.

    Args:
        options: of the read.
        schema: the columns that Spark wants.

    Raises:
        OptionError: the table has no such column.
    """

    def __init__(self, options: Options, schema: StructType) -> None:
        names = tuple(column.name for column in columns_in(schema, options))
        self._options = replace(options, columns=names)
        self._schema = schema
        self._shares = 1

    def partitions(self) -> Sequence[InputPartition]:
        """Return what each thread reads.

        Raises:
            OptionError: an option does not go with the table, or there is no credential.
            GraphError: organizers or meetings could not be looked up.
        """
        work = plan(self._options)
        shares = shares_of(self._options, len(work))
        return [InputPartition((each, shares)) for each in work]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """Yield the rows of a partition as Arrow batches.

        Raises:
            GraphError: the service failed; Spark then tries the partition again, and drops what came before.
        """
        if partition.value is None:  # what Spark makes where there is nothing to read
            return
        work, shares = partition.value
        for table in read_partition(self._options, work, shares):
            yield from in_schema(table, self._schema).to_batches()
