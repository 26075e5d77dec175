"""A batch: planned on the driver, read on executors."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace
from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from graph_meetings_archive.spark.planning.planning import plan, shares_of
from graph_meetings_archive.spark.reading.reading import read_partition
from graph_meetings_archive.spark.request.options import Options
from graph_meetings_archive.spark.schema import columns_in, in_schema


class BatchReader(DataSourceReader):
    """Reads a table once. It is pickled, and so are its partitions: they contain no client and no credential.

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
        """Return the partitions to read.

        Raises:
            OptionError: an option cannot be used with the table, or there is no credential.
            GraphError: organizers or meetings could not be looked up.
        """
        work = plan(self._options)
        shares = shares_of(self._options, len(work))
        return [InputPartition((each, shares)) for each in work]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """Yield the rows of a partition as Arrow batches.

        Raises:
            GraphError: a request failed. Spark then retries the partition, and drops its previous rows.
        """
        if partition.value is None:  # what Spark creates if there is nothing to read
            return
        work, shares = partition.value
        for table in read_partition(self._options, work, shares):
            yield from in_schema(table, self._schema).to_batches()
