"""A batch that is narrowed by Spark's filters. It needs Spark 4.1."""

from collections.abc import Iterable

from pyspark.sql.datasource import Filter

from graph_meetings_archive.spark.filters import narrowed
from graph_meetings_archive.spark.reader import BatchReader


class FilteringReader(BatchReader):
    """A batch that requests less from the service if Spark filters the rows.

    Spark refuses such a reader unless `spark.sql.python.filterPushdown.enabled` is set.
    """

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:  # noqa: N802  Spark's name
        """Narrow the requests. Spark still filters the rows, because the service filters less exactly."""
        self._options = narrowed(self._options, filters)
        return filters
