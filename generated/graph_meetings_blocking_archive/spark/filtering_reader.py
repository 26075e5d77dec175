# Made by codegen from archive/graph_meetings_archive/spark/filtering_reader.py; do not edit.
"""A batch that Spark's filters narrow. It needs Spark 4.1."""

from collections.abc import Iterable

from pyspark.sql.datasource import Filter

from graph_meetings_blocking_archive.spark.filters import narrowed
from graph_meetings_blocking_archive.spark.reader import BatchReader


class FilteringReader(BatchReader):
    """A batch that asks the service for less where Spark filters.

    Spark refuses such a reader unless `spark.sql.python.filterPushdown.enabled` is set.
    """

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:  # noqa: N802  Spark's name
        """Narrow what is asked for. Spark still filters the rows, because the service does so less exactly."""
        self._options = narrowed(self._options, filters)
        return filters
