"""A stream: rounds on the driver, whose rows are passed to tasks."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace
from pyspark.sql.datasource import DataSourceStreamReader, InputPartition
from pyspark.sql.types import StructType

from graph_meetings_archive.spark.planning.planning import OF_ORGANIZERS, refuse_organizers
from graph_meetings_archive.spark.reading.rows import Rows
from graph_meetings_archive.spark.request.options import CLOUDS, OptionError, Options
from graph_meetings_archive.spark.request.service import open_client, tenant_of
from graph_meetings_archive.spark.schema import columns_in, in_schema
from graph_meetings_archive.spark.streaming.journal import Journal
from graph_meetings_archive.spark.streaming.rounds import OF_CALLS, read_round
from graph_meetings_archive.spark.streaming.state import State
from graph_meetings_archive.storage.folder import service_of
from graph_meetings_runtime.tables.arrow import library

_ROUND: Final = "round"
_JOURNAL: Final = "journal"


class StreamReader(DataSourceStreamReader):
    """Reads what is new, repeatedly. Its offsets are the numbers of rounds; everything else is in the journal.

    Args:
        options: of the stream.
        schema: the columns that Spark wants.

    Raises:
        OptionError: the table cannot be streamed, or an option is missing.
    """

    def __init__(self, options: Options, schema: StructType) -> None:
        _require_stream(options)
        columns_in(schema, options)
        # All columns are kept, so that a restart can ask for others.
        self._options = replace(options, columns=())
        self._schema = schema

    def initialOffset(self) -> dict[str, Any]:  # noqa: N802  Spark's name
        """Return the offset at which a stream without a checkpoint starts."""
        return self._offset(0)

    def latestOffset(self) -> dict[str, Any]:  # noqa: N802  Spark's name
        """Request everything that is new, and return the number of the last round.

        Raises:
            GraphError: a request failed; what was received before is kept.
            OptionError: the journal is of another tenant.
        """
        with self._journal.held():
            state = self._of_tenant(self._journal.state())
            with open_client(self._options) as graph:
                state = read_round(Rows(graph, self._options, self._options.concurrency), self._journal, state)
        return self._offset(state.round)

    def partitions(self, start: dict[str, Any], end: dict[str, Any]) -> Sequence[InputPartition]:
        """Return the rows between two offsets: the same ones each time.

        Raises:
            OptionError: the checkpoint does not belong to the journal.
        """
        for offset in (start, end):
            if offset[_JOURNAL] != self._journal.id:
                raise OptionError(
                    f"option 'journal': the checkpoint belongs to another journal than {self._options.journal}; "
                    "give the one that it was written with, or begin with a new checkpoint and a new journal"
                )
        return [InputPartition(rows) for rows in self._journal.rows(start[_ROUND], end[_ROUND])]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """Yield the rows of a round as Arrow batches."""
        table = library("pyarrow.ipc").open_stream(partition.value).read_all()
        yield from in_schema(table, self._schema).to_batches()

    def commit(self, end: dict[str, Any]) -> None:
        """Remove the rows that Spark will not read again."""
        with self._journal.held():
            self._journal.forget(end[_ROUND])

    def stop(self) -> None:
        """Do nothing: nothing is open between calls."""

    @cached_property
    def _journal(self) -> Journal:
        # On the driver only, although executors have a copy of this object.
        options = self._options
        service = options.base_url or CLOUDS[options.cloud].root
        about = {"table": options.table, "service": service_of(service), "raw": str(options.raw).lower()}
        return Journal(Path(str(options.journal)), about)

    def _of_tenant(self, state: State) -> State:
        """Return a state that names the tenant.

        Raises:
            OptionError: it names another tenant.
        """
        tenant = tenant_of(self._options)
        if tenant is None or state.tenant == tenant:
            return state
        if state.tenant is not None:
            raise OptionError(
                f"option 'journal': {self._options.journal} is of the tenant {state.tenant}, but the credential is of "
                f"{tenant}; sign in to that one, or begin with a new journal and a new checkpoint"
            )
        return replace(state, tenant=tenant)

    def _offset(self, number: int) -> dict[str, Any]:
        return {_ROUND: number, _JOURNAL: self._journal.id}


def _require_stream(options: Options) -> None:
    known = (*sorted(OF_ORGANIZERS), *sorted(OF_CALLS))
    if options.table not in known:
        raise OptionError(
            f"the table {options.table!r} cannot be streamed, only {', '.join(known)}; read it in batches"
        )
    if options.journal is None:
        raise OptionError(
            'a stream needs a journal: add .option("journal", …), a folder beside the checkpoint that the driver can '
            "write to"
        )
    if options.until is not None:
        raise OptionError("a stream has no end; remove option 'until', or read a batch")
    if options.table in OF_CALLS:
        refuse_organizers(options)
    elif options.organizers is None:
        raise OptionError(f'whose {options.table}? Add .option("organizers", …)')
