"""The data source `graph_meetings`."""

from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceStreamReader
from pyspark.sql.types import StructType

from graph_meetings_archive.spark.reader import BatchReader
from graph_meetings_archive.spark.request.columns import columns_of
from graph_meetings_archive.spark.request.options import OptionError, Options, read_options
from graph_meetings_archive.spark.schema import struct_of
from graph_meetings_archive.spark.stream import StreamReader


class GraphMeetings(DataSource):
    """The tables of a tenant for Apache Spark: `spark.dataSource.register(GraphMeetings)`.

    Then `spark.read.format("graph_meetings")` with these options; what each table has is in the data dictionary.

    - `table`: the name of the table, such as `recordings`.
    - `organizers`: whose artifacts or meetings: ids or user principal names with commas between them, `users`,
      `call-records` for all who organized calls lately, `group:ID`, or the path, beginning with `/` or `./`, of
      a text file or of Parquet with a column `organizer_id` or `id`. The calls are those of the whole tenant.
    - `since`: only what was created or started at that moment or later, such as `2026-01-31` or `2026-01-31T14:00Z`;
      by default all that the service has, 30 days of calls and 90 days of logs.
    - `until`: only what was created or started before that moment; by default the moment at which Spark plans the read.
    - `columns`: names with commas between them; by default all. `.schema(…)` chooses columns too.
    - `raw`: `true` to add the JSON of each row's object.
    - `credential`: the import path of a function or class that is called on the driver and on each executor and
      returns a credential; by default `azure.identity.DefaultAzureCredential`. An option never holds a secret.
    - `cloud`: `global`, `us-gov-l4`, `us-gov-l5` or `china`; `global` by default.
    - `base_url`: replaces the root of the cloud, API version included.
    - `parallelism`: how many tasks Spark runs at a time, 8 by default; they share `concurrency` and `rate`.
    - `concurrency`: how many requests are under way at once in all tasks together, 16 by default.
    - `rate`: how many requests a second start in all tasks together; by default as many as the service takes.
    - `organizers_per_partition`: 100 by default.
    - `hours_per_partition`: for tables of calls, 24 by default.
    - `unreadable_organizers`: `fail`, the default, or `skip`.
    - `push_filters`: `true` to ask the service for less where Spark filters by time or organizer. It needs Spark 4.1
      and the setting `spark.sql.python.filterPushdown.enabled`.
    - `journal`: for streams, the folder where the driver keeps the rounds.

    Source: https://spark.apache.org/docs/latest/api/python/tutorial/sql/python_data_source.html
    """

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "graph_meetings"

    def schema(self) -> StructType:
        """Return the columns of the table.

        Raises:
            OptionError: an option is missing, unknown or malformed.
        """
        return struct_of(columns_of(self._checked()))

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return the reader of a batch.

        Raises:
            OptionError: an option or a column is wrong.
        """
        options = self._checked()
        if not options.push_filters:
            return BatchReader(options, schema)
        try:
            from graph_meetings_archive.spark.filtering_reader import FilteringReader  # noqa: PLC0415  needs Spark 4.1
        except ImportError:
            raise OptionError("option 'push_filters' needs Spark 4.1; remove it, and use 'since' and 'until'") from None
        return FilteringReader(options, schema)

    def streamReader(self, schema: StructType) -> DataSourceStreamReader:  # noqa: N802  Spark's name
        """Return the reader of a stream.

        Raises:
            OptionError: an option or a column is wrong, or the table cannot be streamed.
        """
        return StreamReader(self._checked(), schema)

    def _checked(self) -> Options:
        return read_options(self.options)
